/* note.h - the lines below an excerpt: `= label: text`, and the calls that lead to a stall with their source. */
#ifndef LOOPSAFE_REPORT_NOTE_H
#define LOOPSAFE_REPORT_NOTE_H

#include "report/report.h"

/* `= label: `; the text and the line's end are the caller's. */
void note_open(Buf *buf, size_t margin, const char *label, bool color);
/* The source line under the note that it belongs to; empty: nothing. */
void note_source(Buf *buf, size_t margin, Str source);
void note_hops(Buf *buf, const Hop *hops, size_t count, size_t margin, bool color);
/* Where the primitive is called. */
void note_sink(Buf *buf, const Finding *finding, size_t margin, bool color);
/* The hops of a finding, then its sink; nothing when the statement itself blocks. */
void note_chain(Buf *buf, const Finding *finding, size_t margin, bool color);

#endif
