/* span.h - places in a file.
 *
 * Shape   a Span is a half-open range of byte offsets into the decoded text; a Position is what people read:
 *         row and column count from 1, columns count Unicode code points (as ruff's JSON does). */
#ifndef LOOPSAFE_SOURCE_SPAN_H
#define LOOPSAFE_SOURCE_SPAN_H

#include <stdint.h>

typedef struct Span {
    uint32_t start;
    uint32_t end;
} Span;

typedef struct Position {
    uint32_t row1;
    uint32_t column1;
} Position;

#endif
