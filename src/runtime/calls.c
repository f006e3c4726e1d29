#include "runtime/calls.h"

#include <string.h>

#include "base/banned.h"

static void merge(OutsideCall *to, const OutsideCall *left, size_t left_count, const OutsideCall *right,
                  size_t right_count)
{
    while (left_count || right_count) {
        bool from_left = left_count && (!right_count || left->at_ns <= right->at_ns);
        *to++ = from_left ? *left++ : *right++;
        if (from_left)
            left_count--;
        else
            right_count--;
    }
}

void calls_sort(Calls *calls)
{
    size_t count = calls->items.count;
    OutsideCall *room = memory_alloc((count + 1) * sizeof *room);
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t left = count - at < width ? count - at : width;
            size_t right = count - at - left < width ? count - at - left : width;
            const OutsideCall *run = calls->items.items + at;
            merge(room + at, run, left, run + left, right);
        }
        memcpy(calls->items.items, room, count * sizeof *room);
    }
    free(room);
}
