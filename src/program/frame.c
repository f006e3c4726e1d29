#include "program/frame.h"

#include <string.h>

#include "base/banned.h"

Frame *frame_new(Arena *arena, FrameKind kind, Frame *parent)
{
    Frame *frame = arena_alloc(arena, sizeof *frame);
    frame->kind = kind;
    frame->parent = parent;
    frame->function = frame->class_id = UINT32_MAX;
    frame->arena = arena;
    map_init(&frame->index, arena);
    map_init(&frame->outer, arena);
    return frame;
}

const FrameSlot *frame_slot(const Frame *frame, Name name)
{
    uint32_t slot = map_find(&frame->index, name);
    return slot == MAP_NONE || !frame->slots[slot].bound ? NULL : &frame->slots[slot];
}

static void *grown(Arena *arena, const void *items, uint32_t count, uint32_t *capacity, size_t item_bytes)
{
    *capacity = *capacity ? *capacity * 2 : 8;
    void *larger = arena_array(arena, *capacity, item_bytes);
    if (count) memcpy(larger, items, count * item_bytes);
    return larger;
}

static uint32_t slot_for(Frame *frame, Name name)
{
    uint32_t slot = map_find(&frame->index, name);
    if (slot != MAP_NONE) return slot;
    if (frame->slot_count == frame->slot_capacity)
        frame->slots =
            grown(frame->arena, frame->slots, frame->slot_count, &frame->slot_capacity, sizeof *frame->slots);
    frame->slots[frame->slot_count] = (FrameSlot){.name = name};
    map_put(&frame->index, name, frame->slot_count);
    return frame->slot_count++;
}

static void change_slot(Frame *frame, uint32_t slot, const Value *value, bool bound)
{
    if (frame->journal_count == frame->journal_capacity)
        frame->journal = grown(frame->arena, frame->journal, frame->journal_count, &frame->journal_capacity,
                               sizeof *frame->journal);
    frame->journal[frame->journal_count++] = (FrameUndo){slot, frame->slots[slot]};
    frame->slots[slot].value = value;
    frame->slots[slot].bound = bound;
}

void frame_assign(Frame *frame, Name name, const Value *value)
{
    if (name) change_slot(frame, slot_for(frame, name), value, true);
}

void frame_unbind(Frame *frame, Name name)
{
    if (name) change_slot(frame, slot_for(frame, name), NULL, false);
}

uint32_t frame_mark(const Frame *frame)
{
    return frame->journal_count;
}

/* The oldest entry of each slot says what it was at the mark; walking backwards restores it last. */
Delta frame_take(Frame *frame, uint32_t mark)
{
    Delta delta = {0};
    uint32_t most = frame->journal_count - mark;
    if (!most) return delta;
    delta.changes = arena_array(frame->arena, most, sizeof *delta.changes);
    for (uint32_t i = frame->journal_count; i-- > mark;) {
        uint32_t slot = frame->journal[i].slot;
        bool seen = false;
        for (uint32_t k = 0; k < delta.count && !seen; k++)
            seen = delta.changes[k].slot == slot;
        if (!seen) delta.changes[delta.count++] = (FrameUndo){slot, frame->slots[slot]};
        frame->slots[slot] = frame->journal[i].before;
    }
    frame->journal_count = mark;
    return delta;
}

static const FrameUndo *change_of(const Delta *delta, uint32_t slot)
{
    for (uint32_t i = 0; i < delta->count; i++)
        if (delta->changes[i].slot == slot) return &delta->changes[i];
    return NULL;
}

/* What one slot may be after all branches that go on; an unbound name in one of them adds nothing. */
static void join_slot(Frame *frame, const Delta *branches, size_t count, uint32_t slot)
{
    FrameSlot now = frame->slots[slot], joined = {.name = now.name};
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (branches[i].ends) continue;
        const FrameUndo *change = change_of(&branches[i], slot);
        FrameSlot end = change ? change->before : now;
        if (!end.bound) continue;
        joined.value = first ? end.value : value_join(frame->arena, joined.value, end.value);
        joined.bound = true;
        first = false;
    }
    if (!first) change_slot(frame, slot, joined.value, joined.bound);
}

void frame_join(Frame *frame, const Delta *branches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (branches[i].ends) continue;
        for (uint32_t k = 0; k < branches[i].count; k++) {
            uint32_t slot = branches[i].changes[k].slot;
            bool done = false;
            for (size_t before = 0; before < i && !done; before++)
                done = !branches[before].ends && change_of(&branches[before], slot);
            if (!done) join_slot(frame, branches, count, slot);
        }
    }
}
