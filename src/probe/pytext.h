/* pytext.h - the text of a string object, read out of memory.
 *
 * Shape   UTF-8; bytes of a file's name that are no UTF-8 (surrogates U+DC80 to U+DCFF) as they are on the disk.
 * Errors  0: no such string.
 * Threads any, also signal handlers. */
#ifndef LOOPSAFE_PROBE_PYTEXT_H
#define LOOPSAFE_PROBE_PYTEXT_H

#include "probe/layout.h"

/* Bytes written, at most size; what is longer is cut. */
size_t pytext_read(const Layout *layout, uint64_t object, char *text, size_t size);

#endif
