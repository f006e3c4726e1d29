/* html_shares.h - what the time of stalls went to, and how the page names and colours it.
 *
 * Order   from the floor of a chart upwards. */
#ifndef LOOPSAFE_VERIFY_HTML_SHARES_H
#define LOOPSAFE_VERIFY_HTML_SHARES_H

#include "verify/html_page.h"

typedef enum Share { SHARE_BLOCKED, SHARE_CPU, SHARE_GIL, SHARE_QUEUE, SHARES } Share;

typedef struct ShareLook {
    const char *tone; /* class of the style sheet */
    const char *name; /* "blocked" */
    const char *help; /* what it means */
} ShareLook;

extern const ShareLook share_looks[SHARES];

/* Nanoseconds, which add up to the tick's. */
void tick_shares(const RunTick *tick, uint64_t shares_ns[SHARES]);
void cell_shares(const RunCell *cell, uint64_t shares_ns[SHARES]);
/* "blocked 300 ms, computing 12 ms": those that are there, largest first. */
void shares_words(const Page *page, const uint64_t shares_ns[SHARES]);

#endif
