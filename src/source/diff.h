/* diff.h - what changed in a file, as `git apply` and `patch -p1` take it.
 *
 *   --- a/app/main.py
 *   +++ b/app/main.py
 *   @@ -1,4 +1,5 @@
 *
 * Shape   unified, 3 lines around a change; lines end at a newline byte and stay as they are, whatever their encoding.
 *         A path with odd bytes is quoted as git quotes.
 * Cost    lines times changes; beyond LIMIT_DIFF_CHANGES all between the first and the last change is one change. */
#ifndef LOOPSAFE_SOURCE_DIFF_H
#define LOOPSAFE_SOURCE_DIFF_H

#include "base/buf.h"

/* Lines [before, before_end) became [after, after_end), counted from 0; an empty side: lines were added, or are gone. */
typedef struct DiffChange {
    size_t before, before_end, after, after_end;
} DiffChange;

/* What changed, in order and apart from each other; in the arena. */
size_t diff_changes(Arena *arena, Str before, Str after, const DiffChange **changes);
/* Nothing when the texts are equal. path: relative to where the diff is to be applied; an absolute
 * one is taken from the root. */
void diff_add(Buf *buf, Str path, Str before, Str after);

#endif
