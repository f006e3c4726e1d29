/* shape.h - what a shape of a fix is: one file fix_NAME.c that exports `const FixShape fix_NAME`; the build finds it.
 *
 *   Report (finding + subject) ──propose──▶ Draft (edits, or why there are none) ──▶ Fix
 *
 * Shape   a shape looks at one finding and either leaves it alone, refuses it with a reason, or fills the draft. It reads
 *         facts and text, and changes nothing but the draft.
 * Threads several files at once: nothing of the program is changed. */
#ifndef LOOPSAFE_FIXES_SHAPE_H
#define LOOPSAFE_FIXES_SHAPE_H

#include "fixes/draft.h"

/* Which of several fixes of one finding is preferred: the first. */
typedef enum FixRank {
    RANK_MISUSE,       /* what was meant: await it, keep it */
    RANK_TWIN,         /* the asynchronous form of the same call */
    RANK_CONCURRENT,   /* independent awaits together */
    RANK_DROP_ASYNC,   /* a plain function, which the framework runs in a thread */
    RANK_LIBRARY_SWAP, /* another library */
    RANK_COLOUR,       /* the helpers on the way become coroutines */
    RANK_OFFLOAD,      /* the same call, in a thread */
    RANK_COLOUR_THREAD /* where nothing else has edits: coroutines on the way, what blocks in a thread */
} FixRank;

typedef struct FixShape {
    const char *name; /* "await-twin": stands in reports */
    FixRank rank;
    /* Calls draft_* functions; a draft without edits and without a refusal says that the shape does not fit. */
    void (*propose)(Draft *draft);
} FixShape;

extern const FixShape *const fix_shapes[]; /* made by the build from src/fixes/fix_*.c */
extern const size_t fix_shape_count;

#endif
