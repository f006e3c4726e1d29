/* effects.h - what A, A again and B did to the outside during the same request: calls to other hosts, mails, statements, commands.
 *
 * Shape   as multisets: of each call B makes as many as A, or as many as lies between A and A again. Calls that differ
 *         between the two runs of A in some words only (ids, times among the values) are one call with these words masked,
 *         and so are bodies. Order counts where A twice keeps the same one, unless the fix is one that changes it.
 * Order   differences as A made the calls, then what B adds. */
#ifndef LOOPSAFE_VERIFY_EFFECTS_H
#define LOOPSAFE_VERIFY_EFFECTS_H

#include "runtime/outside.h"
#include "verify/differences.h"

typedef struct Effects {
    const OutsideCall *calls; /* in the order of their times */
    size_t count;
} Effects;

/* Adds to the request that was begun last. any_order: an applied fix makes calls at the same time. */
void effects_compare(Differences *differences, Effects before, Effects again, Effects after, bool any_order);

#endif
