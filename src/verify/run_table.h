/* run_table.h - a run for a terminal: endpoints with their numbers before and after, findings with their verdicts, what the
 * analyser missed, and what stood in for the outside.
 *
 *                        req/s         p50 ms         p99 ms     longest ms        stalled
 *   GET /report  FIXED
 *     20 users …    9.8 → 187   2,048 → 105    2,050 → 122      2,048 → 8    100 → 0.4 %
 *
 * Shape   lines of at most `columns` cells where texts of others allow it; what comes from the application is made fit for
 *         a terminal. */
#ifndef LOOPSAFE_VERIFY_RUN_TABLE_H
#define LOOPSAFE_VERIFY_RUN_TABLE_H

#include "base/buf.h"
#include "verify/run.h"

typedef struct RunTableStyle {
    bool color;
    bool plain;       /* the terminal has no UTF-8: arrows are written with ASCII */
    unsigned columns; /* of the terminal; 0: 80. More than 120 are not used */
} RunTableStyle;

void run_table_add(Buf *buf, const Run *run, const RunTableStyle *style);

#endif
