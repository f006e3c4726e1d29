#include "verify/line_map.h"

#include "base/banned.h"

LineMap line_map_new(Arena *arena, Str before, Str after)
{
    LineMap map = {0};
    map.count = diff_changes(arena, before, after, &map.changes);
    return map;
}

/* The change that holds the line of A, or the last one before it; NULL: none. */
static const DiffChange *change_at(const LineMap *map, size_t line)
{
    const DiffChange *last = NULL;
    for (size_t i = 0; i < map->count && map->changes[i].before <= line; i++)
        last = &map->changes[i];
    return last;
}

/* Where a range that begins at the line begins in B, or where one that ends before the line ends. */
static size_t map_start(const LineMap *map, size_t line)
{
    const DiffChange *change = change_at(map, line);
    if (!change) return line;
    return line < change->before_end ? change->after : change->after_end + (line - change->before_end);
}

static size_t map_end(const LineMap *map, size_t last)
{
    const DiffChange *change = change_at(map, last);
    if (!change) return last + 1;
    return last < change->before_end ? change->after_end
                                     : change->after_end + (last - change->before_end) + 1;
}

LineRows line_map_rows(const LineMap *map, LineRows before)
{
    if (!before.row1) return before;
    size_t last = before.end_row1 < before.row1 ? before.row1 : before.end_row1;
    size_t start = map_start(map, before.row1 - 1), end = map_end(map, last - 1);
    if (end <= start) return (LineRows){0};
    return (LineRows){(uint32_t)start + 1, (uint32_t)end};
}

bool line_map_touches(const LineMap *map, LineRows after)
{
    for (size_t i = 0; i < map->count; i++) {
        const DiffChange *change = &map->changes[i];
        bool is_gone = change->after == change->after_end;
        bool begins = change->after + is_gone < after.end_row1 + (size_t)is_gone;
        bool ends = change->after_end >= after.row1;
        if (begins && ends) return true;
    }
    return false;
}
