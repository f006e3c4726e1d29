#include "verify/differences.h"

#include <string.h>

#include "base/limits.h"
#include "verify/words.h"
#include "base/banned.h"

void differences_init(Differences *differences, Arena *arena)
{
    *differences = (Differences){.arena = arena};
}

void differences_free(Differences *differences)
{
    vec_free(&differences->items);
    vec_free(&differences->masks);
}

void differences_begin(Differences *differences, Str request)
{
    differences->request = str_copy(differences->arena, request);
    differences->first = differences->items.count;
    differences->left_out = 0;
}

size_t differences_count(const Differences *differences)
{
    return differences->items.count - differences->first + differences->left_out;
}

/* The last one in the list stands for all that have no room, itself included. */
static void leave_out(Differences *differences)
{
    RunDifference *last = &differences->items.items[differences->items.count - 1];
    differences->left_out++;
    last->what = STR("further differences");
    last->before = STR("");
    last->after = str_format(differences->arena, "%zu more", differences->left_out + 1);
}

static Str shown(Arena *arena, Str value)
{
    return str_copy(arena, words_short(arena, value, LIMIT_RUN_VALUE));
}

void differences_add(Differences *differences, Str what, Str before, Str after)
{
    Arena *arena = differences->arena;
    if (differences->items.count - differences->first == LIMIT_RUN_DIFFERENCES) {
        leave_out(differences);
        return;
    }
    RunDifference difference = {differences->request, str_copy(arena, what), shown(arena, before),
                                shown(arena, after)};
    vec_add(&differences->items, difference);
}

void differences_mask(Differences *differences, Str what)
{
    Str line = str_join(differences->arena, differences->request, STR(": "), shown(differences->arena, what));
    for (size_t i = 0; i < differences->masks.count; i++)
        if (str_equal(differences->masks.items[i], line)) return;
    if (differences->masks.count < LIMIT_RUN_MASKS)
        vec_add(&differences->masks, line);
    else
        differences->masks_left_out++;
}

const RunDifference *differences_list(const Differences *differences, size_t *count)
{
    *count = differences->items.count;
    RunDifference *list = arena_array(differences->arena, *count, sizeof *list);
    if (*count) memcpy(list, differences->items.items, *count * sizeof *list);
    return list;
}

const Str *differences_masks(const Differences *differences, size_t *count)
{
    size_t listed = differences->masks.count;
    Str *list = arena_array(differences->arena, listed + 1, sizeof *list);
    if (listed) memcpy(list, differences->masks.items, listed * sizeof *list);
    if (differences->masks_left_out)
        list[listed++] = str_format(differences->arena, "and %zu more", differences->masks_left_out);
    *count = listed;
    return list;
}
