/* frame.h - the names of one scope while its statements are followed.
 *
 *   mark ── body of `if` ──▶ Delta a ┐
 *   (rolled back to the mark)        ├─▶ frame_join
 *        ── body of `else` ─▶ Delta b┘
 *
 * Shape   a slot a name; a journal of what each assignment replaced, so that a branch costs what it assigns.
 * Owner   the unit's arena; a frame outlives its function when a nested function keeps it. */
#ifndef LOOPSAFE_PROGRAM_FRAME_H
#define LOOPSAFE_PROGRAM_FRAME_H

#include "base/map.h"
#include "program/value.h"

typedef enum FrameKind { FRAME_MODULE, FRAME_CLASS, FRAME_FUNCTION, FRAME_COMPREHENSION } FrameKind;

typedef struct FrameSlot {
    Name name;
    const Value *value;
    bool bound; /* assigned at all; value may still be unknown */
} FrameSlot;

typedef struct FrameUndo {
    uint32_t slot;
    FrameSlot before;
} FrameUndo;

typedef struct Frame Frame;
struct Frame {
    FrameKind kind;
    Frame *parent;     /* the scope around it, or NULL */
    uint32_t function; /* of the unit, for FRAME_FUNCTION; else UINT32_MAX */
    uint32_t class_id; /* of the unit, for FRAME_CLASS; else UINT32_MAX */
    uint32_t depth;    /* of the calls in what the function was called with */
    Arena *arena;
    Map index; /* name -> slot */
    FrameSlot *slots;
    uint32_t slot_count, slot_capacity;
    FrameUndo *journal;
    uint32_t journal_count, journal_capacity;
    Map outer; /* names declared global (1) or nonlocal (2) */
};

/* Assignments since a mark, taken out of the frame. */
typedef struct Delta {
    FrameUndo *changes; /* `before` holds the value at the end of the branch */
    uint32_t count;
    bool ends; /* the branch does not reach its end: return, raise */
} Delta;

Frame *frame_new(Arena *arena, FrameKind kind, Frame *parent);
/* The slot of this scope alone, or NULL when the name was never assigned here. */
const FrameSlot *frame_slot(const Frame *frame, Name name);
void frame_assign(Frame *frame, Name name, const Value *value);
/* Forgets the assignment: `del name`. */
void frame_unbind(Frame *frame, Name name);

uint32_t frame_mark(const Frame *frame);
/* Takes what was assigned since the mark and rolls back to it. */
Delta frame_take(Frame *frame, uint32_t mark);
/* Makes each name what it may be after any of the branches that reach their end. */
void frame_join(Frame *frame, const Delta *branches, size_t count);

#endif
