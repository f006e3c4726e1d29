/* lines.h - which line an instruction of a code object stands on.
 *
 * Shape   the three formats of layout.h: pairs of a byte distance and a line distance (lnotab, to 3.9), ranges with an own
 *         line each (3.10), locations with lines and columns (from 3.11).
 * Errors  0: the table cannot be read.
 * Threads any, also signal handlers. */
#ifndef LOOPSAFE_PROBE_LINES_H
#define LOOPSAFE_PROBE_LINES_H

#include <stdint.h>

#include "probe/layout.h"

/* table: the bytes object. offset: of the instruction, in bytes; before the first one: the function's first line. */
uint32_t line_of(LineFormat format, uint64_t table, uint32_t first1, int64_t offset);

#endif
