/* memory.h - reads memory of this process that may be gone: a wrong address is an answer, not a crash.
 *
 * Errors  false: nothing is there, or the kernel does not allow it.
 * Threads any, also signal handlers; errno is left alone. */
#ifndef LOOPSAFE_PROBE_MEMORY_H
#define LOOPSAFE_PROBE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool memory_read(uint64_t address, void *target, size_t size);
/* Of a pointer or object. */
bool memory_read_word(uint64_t address, uint64_t *word);

/* Reads byte after byte, a block at a time. */
typedef struct ByteReader {
    uint64_t address, end;
    unsigned char block[256];
    size_t at, filled;
} ByteReader;

/* The bytes of a bytes object. False: there is none. */
bool bytes_open(ByteReader *reader, uint64_t object);
/* The next byte; -1: the end. */
int bytes_next(ByteReader *reader);

#endif
