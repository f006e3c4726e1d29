/* words.h - measured numbers, places and stalls as a reader would say them; every view uses the same words. */
#ifndef LOOPSAFE_VERIFY_WORDS_H
#define LOOPSAFE_VERIFY_WORDS_H

#include "base/buf.h"
#include "verify/run.h"

/* "0.02 ms", "4.2 ms", "103 ms", "2,048 ms" */
void words_add_ms(Buf *buf, uint64_t nanoseconds);
/* "1,234,567" */
void words_add_count(Buf *buf, uint64_t count);
/* "84 %", "0.4 %"; never "0 %" of more than nothing nor "100 %" of less than all. */
void words_add_share(Buf *buf, double share);
/* "9.8", "187" */
void words_add_rate(Buf *buf, double per_second);
/* "once", "12 times" */
void words_add_times(Buf *buf, uint64_t count);

/* "GET /a, GET /b and 84 more", in the arena. */
Str words_list(Arena *arena, const Str *items, size_t count);
/* The first line, blanks at its ends dropped, at most so many bytes, with `…` where it is cut. */
Str words_short(Arena *arena, Str text, size_t most);

/* Function of a library, as its user would write it: "requests.get", "httpx.AsyncClient"; of a file of the project its
 * function alone. */
void words_add_function(Buf *buf, const RunFrame *frame);
/* The frame outside the project that the innermost one of the project has called; NULL: it called none. */
const RunFrame *stack_callee(const RunStack *stack);
/* "recv in requests.get (app.py:12)", "computing in json.loads (app.py:9)"; without duration. */
void stall_add_words(Buf *buf, const RunStall *stall);
/* The outermost frame outside the project that makes an object: its class's `__init__`, or what makes TLS ready.
 * NULL: none does. */
const RunFrame *stall_construction(const RunStall *stall);
/* The innermost frame outside the project that makes TLS ready; NULL: none does. */
const RunFrame *stall_tls(const RunStall *stall);

#endif
