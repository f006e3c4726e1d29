/* tail.h - the lines that a file has got since it was last looked at.
 *
 * Owner   tail_close.
 * Errors  a file that cannot be read has no new lines. */
#ifndef LOOPSAFE_RUNTIME_TAIL_H
#define LOOPSAFE_RUNTIME_TAIL_H

#include "base/buf.h"

typedef struct Tail {
    int file; /* -1: not open */
    Buf text; /* read; the last line may not be whole */
} Tail;

bool tail_open(Tail *tail, const char *path);
/* Whole lines; they hold until the next tail_read. */
Str tail_read(Tail *tail);
void tail_close(Tail *tail);

#endif
