/* stop.h - the places on the way from a finding's statement to what blocks, for formats that link to them.
 *
 *   handler L12 ──calls──▶ load L40 ──calls──▶ read L7 blocks in `open`
 *   stop 0                 stop 1              stop 2: the sink
 *
 * Owner   a Stop borrows from the finding. */
#ifndef LOOPSAFE_REPORT_STOP_H
#define LOOPSAFE_REPORT_STOP_H

#include "base/buf.h"
#include "checks/finding.h"

typedef struct Stop {
    const Place *place;
    Str function; /* in which it stands */
    Str verb;     /* "calls", "blocks in", "waits in" */
    Str callee;   /* as a reader would name it */
} Stop;

/* 0: the statement itself blocks. */
size_t stop_count(const Finding *finding);
/* index below stop_count. */
Stop stop_at(const Finding *finding, size_t index);
/* The first that does not stand on the finding's own line. */
size_t stop_first_elsewhere(const Finding *finding);
/* calls `load` */
void stop_add_text(Buf *buf, const Stop *stop);

#endif
