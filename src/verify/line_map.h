/* line_map.h - where the lines of a file stand after it was changed.
 *
 *   A  1 2 [3 4] 5 6        a range maps to the lines that took its place: 3 → 3..5, 5 → 6
 *   B  1 2 [3 4 5] 6 7      a range of which no line is left is gone
 *
 * Shape   made from the two texts (source/diff.h); rows count from 1.
 * Owner   the arena it was made in. */
#ifndef LOOPSAFE_VERIFY_LINE_MAP_H
#define LOOPSAFE_VERIFY_LINE_MAP_H

#include "source/diff.h"

typedef struct LineMap {
    const DiffChange *changes;
    size_t count;
} LineMap;

typedef struct LineRows {
    uint32_t row1, end_row1; /* both are part of it; 0: gone */
} LineRows;

LineMap line_map_new(Arena *arena, Str before, Str after);
LineRows line_map_rows(const LineMap *map, LineRows before);
/* One of these rows of B is new, or one of A is gone from between them. */
bool line_map_touches(const LineMap *map, LineRows after);

#endif
