/* bytes.h - numbers and texts in a row: how the cache's entries are written, and read back within bounds.
 *
 * Shape   a number takes 7 bits a byte, a text its length, its bytes and a NUL.
 * Owner   texts that are read borrow from the bytes; they end in NUL.
 * Errors  what does not fit reads as 0 or "", and `bad` stays set. */
#ifndef LOOPSAFE_SESSION_BYTES_H
#define LOOPSAFE_SESSION_BYTES_H

#include "base/buf.h"
#include "session/store.h"

typedef struct ByteReader {
    Str left;
    bool bad;
} ByteReader;

void bytes_add_number(Buf *buf, uint64_t number);
void bytes_add_text(Buf *buf, Str text);
void bytes_add_key(Buf *buf, StoreKey key);

uint64_t bytes_number(ByteReader *reader);
/* A number below `end`. */
uint32_t bytes_below(ByteReader *reader, uint32_t end);
uint32_t bytes_small(ByteReader *reader);
bool bytes_flag(ByteReader *reader);
/* A number of items each of which takes item_bytes or more of what is left. */
size_t bytes_count(ByteReader *reader, size_t item_bytes);
Str bytes_text(ByteReader *reader);
StoreKey bytes_key(ByteReader *reader);

#endif
