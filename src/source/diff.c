#include "source/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/vec.h"
#include "base/banned.h"

enum { AROUND = 3 }; /* lines shown before and after a change */

/* Lines with their ends, from one that was not shared on. */
typedef struct DiffLines {
    Str *items;
    uint32_t *hashes;
    size_t count, capacity;
} DiffLines;

typedef struct Diff {
    DiffLines before, after;
    VEC(DiffChange) changes; /* in order, apart from each other */
} Diff;

/* --- lines --- */

static void add_line(DiffLines *lines, Str line)
{
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity ? lines->capacity * 2 : 256;
        lines->items = memory_resize(lines->items, lines->capacity * sizeof *lines->items);
        lines->hashes = memory_resize(lines->hashes, lines->capacity * sizeof *lines->hashes);
    }
    lines->hashes[lines->count] = str_hash(line);
    lines->items[lines->count++] = line;
}

static DiffLines split(Str text)
{
    DiffLines lines = {0};
    while (text.len) {
        size_t end = str_find_byte(text, '\n');
        size_t length = end == SIZE_MAX ? text.len : end + 1;
        add_line(&lines, str_part(text, 0, length));
        text = str_drop(text, length);
    }
    return lines;
}

static void lines_free(DiffLines *lines)
{
    free(lines->items);
    free(lines->hashes);
}

static bool is_same(const Diff *diff, size_t before, size_t after)
{
    return diff->before.hashes[before] == diff->after.hashes[after] &&
           str_equal(diff->before.items[before], diff->after.items[after]);
}

/* --- changes: the shortest way through the grid of lines, as Myers (1986) finds it --- */

/* What lies between the equal lines at both ends. */
typedef struct Middle {
    Diff *diff;
    size_t before, after; /* where it starts */
    int rows, columns;    /* its lines before and after */
    int most;             /* changed lines that are looked for */
    int *reached; /* by steps, then diagonal: how far down the furthest way of that many changes leads */
} Middle;

/* Ways of `steps` changes end on diagonals -steps .. steps. */
static int *reached_by(const Middle *middle, int steps)
{
    return middle->reached + (ptrdiff_t)steps * steps + steps;
}

static int slide(const Middle *middle, int row, int diagonal)
{
    while (row < middle->rows && row - diagonal < middle->columns &&
           is_same(middle->diff, middle->before + (size_t)row, middle->after + (size_t)(row - diagonal)))
        row++;
    return row;
}

/* Rows grow by removed lines, columns by added ones; a diagonal is row minus column. The last change before a diagonal
 * adds a line, or it removes one. */
static bool is_added(const int *last, int steps, int diagonal)
{
    return diagonal == -steps || (diagonal != steps && last[diagonal - 1] < last[diagonal + 1]);
}

static int step_to(const Middle *middle, int steps, int diagonal)
{
    if (!steps) return 0;
    const int *last = reached_by(middle, steps - 1);
    return is_added(last, steps, diagonal) ? last[diagonal + 1] : last[diagonal - 1] + 1;
}

/* The least number of changes, or -1: more than are looked for. */
static int search(Middle *middle)
{
    size_t room = 0;
    for (int steps = 0; steps <= middle->most; steps++) {
        size_t items = (size_t)(steps + 1) * (size_t)(steps + 1);
        if (items > room) {
            room = 2 * items;
            middle->reached = memory_resize(middle->reached, room * sizeof *middle->reached);
        }
        for (int diagonal = -steps; diagonal <= steps; diagonal += 2) {
            int row = slide(middle, step_to(middle, steps, diagonal), diagonal);
            reached_by(middle, steps)[diagonal] = row;
            if (row == middle->rows && row - diagonal == middle->columns) return steps;
        }
    }
    return -1;
}

/* Back from the end: one changed line a step, the last first. */
static void add_steps(Middle *middle, int steps)
{
    int row = middle->rows, diagonal = middle->rows - middle->columns;
    for (; steps; steps--) {
        const int *last = reached_by(middle, steps - 1);
        bool adds = is_added(last, steps, diagonal);
        diagonal += adds ? 1 : -1;
        row = last[diagonal];
        DiffChange change = {.before = middle->before + (size_t)row,
                             .after = middle->after + (size_t)(row - diagonal)};
        change.before_end = change.before + !adds;
        change.after_end = change.after + adds;
        vec_add(&middle->diff->changes, change);
    }
}

static void reverse(Diff *diff)
{
    for (size_t i = 0, k = diff->changes.count; i + 1 < k; i++) {
        DiffChange change = diff->changes.items[i];
        diff->changes.items[i] = diff->changes.items[--k];
        diff->changes.items[k] = change;
    }
}

/* Changes that touch are one. */
static void join(Diff *diff)
{
    size_t kept = 0;
    for (size_t i = 0; i < diff->changes.count; i++) {
        DiffChange change = diff->changes.items[i], *last = kept ? &diff->changes.items[kept - 1] : NULL;
        if (last && last->before_end == change.before && last->after_end == change.after) {
            last->before_end = change.before_end;
            last->after_end = change.after_end;
        } else {
            diff->changes.items[kept++] = change;
        }
    }
    diff->changes.count = kept;
}

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

static void find_changes(Diff *diff)
{
    size_t start = 0, end = 0, before = diff->before.count, after = diff->after.count;
    while (start < least(before, after) && is_same(diff, start, start))
        start++;
    while (end < least(before, after) - start && is_same(diff, before - end - 1, after - end - 1))
        end++;
    size_t rows = before - start - end, columns = after - start - end;
    if (!rows && !columns) return;
    Middle middle = {diff, start, start, 0, 0, LIMIT_DIFF_CHANGES, NULL};
    bool fits = rows <= LIMIT_FILE_BYTES && columns <= LIMIT_FILE_BYTES;
    middle.rows = fits ? (int)rows : 0;
    middle.columns = fits ? (int)columns : 0;
    int steps = fits && rows && columns ? search(&middle) : -1;
    if (steps < 0)
        vec_add(&diff->changes, ((DiffChange){start, start + rows, start, start + columns}));
    else
        add_steps(&middle, steps);
    if (steps >= 0) reverse(diff);
    join(diff);
    free(middle.reached);
}

/* --- writing --- */

static bool is_odd(char byte)
{
    unsigned char code = (unsigned char)byte;
    return code < ' ' || code >= 0x7f || byte == '"' || byte == '\\';
}

static void add_quoted(Buf *buf, Str path)
{
    for (size_t i = 0; i < path.len; i++) {
        unsigned code = (unsigned char)path.ptr[i];
        if (path.ptr[i] == '"' || path.ptr[i] == '\\')
            buf_format(buf, "\\%c", path.ptr[i]);
        else if (is_odd(path.ptr[i]))
            buf_format(buf, "\\%03o", code);
        else
            buf_add_byte(buf, path.ptr[i]);
    }
}

static bool needs_quotes(Str path)
{
    for (size_t i = 0; i < path.len; i++)
        if (is_odd(path.ptr[i])) return true;
    return false;
}

/* Behind a path with blanks a tab says where it ends. */
static void add_path(Buf *buf, const char *side, Str path)
{
    bool quotes = needs_quotes(path);
    if (quotes) buf_add_byte(buf, '"');
    buf_add_text(buf, side);
    add_quoted(buf, path);
    if (quotes)
        buf_add_byte(buf, '"');
    else if (str_find_byte(path, ' ') != SIZE_MAX)
        buf_add_byte(buf, '\t');
    buf_add_byte(buf, '\n');
}

static void add_lines(Buf *buf, char sign, const DiffLines *lines, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++) {
        buf_add_byte(buf, sign);
        buf_add(buf, lines->items[i]);
        if (!str_ends(lines->items[i], STR("\n"))) buf_add_text(buf, "\n\\ No newline at end of file\n");
    }
}

/* `12,3`: the line and how many; of none the line before. */
static void add_range(Buf *buf, size_t start, size_t end)
{
    buf_add_number(buf, start == end ? start : start + 1);
    if (end - start != 1) buf_format(buf, ",%zu", end - start);
}

/* The changes from first up to last, with the lines around them. */
static void add_hunk(Buf *buf, const Diff *diff, size_t first, size_t last)
{
    const DiffChange *changes = diff->changes.items;
    size_t lead = least(changes[first].before, AROUND);
    size_t trail = least(diff->before.count - changes[last].before_end, AROUND);
    size_t at = changes[first].before - lead;
    buf_add_text(buf, "@@ -");
    add_range(buf, at, changes[last].before_end + trail);
    buf_add_text(buf, " +");
    add_range(buf, changes[first].after - lead, changes[last].after_end + trail);
    buf_add_text(buf, " @@\n");
    for (size_t i = first; i <= last; i++) {
        add_lines(buf, ' ', &diff->before, at, changes[i].before);
        add_lines(buf, '-', &diff->before, changes[i].before, changes[i].before_end);
        add_lines(buf, '+', &diff->after, changes[i].after, changes[i].after_end);
        at = changes[i].before_end;
    }
    add_lines(buf, ' ', &diff->before, at, at + trail);
}

static void add_hunks(Buf *buf, const Diff *diff)
{
    for (size_t first = 0; first < diff->changes.count;) {
        size_t last = first;
        while (last + 1 < diff->changes.count &&
               diff->changes.items[last + 1].before - diff->changes.items[last].before_end <= 2 * AROUND)
            last++;
        add_hunk(buf, diff, first, last);
        first = last + 1;
    }
}

static Diff diff_of(Str before, Str after)
{
    Diff diff = {.before = split(before), .after = split(after)};
    find_changes(&diff);
    return diff;
}

static void diff_free(Diff *diff)
{
    lines_free(&diff->before);
    lines_free(&diff->after);
    vec_free(&diff->changes);
}

size_t diff_changes(Arena *arena, Str before, Str after, const DiffChange **changes)
{
    Diff diff = diff_of(before, after);
    size_t count = diff.changes.count;
    DiffChange *copy = arena_array(arena, count, sizeof *copy);
    if (count) memcpy(copy, diff.changes.items, count * sizeof *copy);
    *changes = copy;
    diff_free(&diff);
    return count;
}

void diff_add(Buf *buf, Str path, Str before, Str after)
{
    if (str_equal(before, after)) return;
    while (str_starts(path, STR("/")))
        path = str_drop(path, 1);
    Diff diff = diff_of(before, after);
    buf_add_text(buf, "--- ");
    add_path(buf, "a/", path);
    buf_add_text(buf, "+++ ");
    add_path(buf, "b/", path);
    add_hunks(buf, &diff);
    diff_free(&diff);
}
