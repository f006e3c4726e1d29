/* span.h - places in a file.
 *
 * Shape   a Span is a half-open range of byte offsets into the decoded text; a Position is what people read:
 *         row and column count from 1, columns count Unicode code points (as ruff's JSON does). */
#ifndef LOOPSAFE_SOURCE_SPAN_H
#define LOOPSAFE_SOURCE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Span {
    uint32_t start;
    uint32_t end;
} Span;

/* inner stands in outer, or is it. */
static inline bool span_holds(Span outer, Span inner)
{
    return outer.start <= inner.start && inner.end <= outer.end;
}

typedef struct Position {
    uint32_t row1;
    uint32_t column1;
} Position;

#endif
