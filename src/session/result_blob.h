/* result_blob.h - what a run found as bytes, to be reported again without looking.
 *
 * Owner   what is loaded borrows from the blob and the arena.
 * Errors  bytes that do not fit give false: counts, texts and kinds that are loaded are within bounds.
 * Order   as saved. Counters are not part of it: they say what a run cost. */
#ifndef LOOPSAFE_SESSION_RESULT_BLOB_H
#define LOOPSAFE_SESSION_RESULT_BLOB_H

#include "session/bytes.h"
#include "session/session.h"

void result_save(const Result *result, Buf *out);
bool result_load(Arena *arena, ByteReader *reader, Result *result) __attribute__((warn_unused_result));

#endif
