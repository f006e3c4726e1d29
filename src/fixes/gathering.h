/* gathering.h - what every fix asks that starts several awaits together: the place, names for results.
 *
 * Owner   texts live in the draft's arena.
 * Threads read-only on the program. */
#ifndef LOOPSAFE_FIXES_GATHERING_H
#define LOOPSAFE_FIXES_GATHERING_H

#include "fixes/draft.h"

/* Refuses where the file runs on a loop of another library than the language's own. */
bool gathering_has_loop(Draft *draft);
/* Refuses where a handler or a `finally` around the node may go on with what the awaits before the failed one left:
 * the names, comma-separated words of text, are read there. */
bool gathering_may_fail(Draft *draft, const Around *around, Str left);
/* Some handler of exceptions stands around the node, or around a call of the function that is known. */
bool gathering_is_handled(const Draft *draft, const Around *around);

/* The function's text has the name as a name: a string or an attribute of that spelling is none. */
bool gathering_uses_name(const Unit *unit, Span span, Str name);
/* wanted, if it is a name that is free in the function; else with a number behind it. taken: names of the same fix. */
Str gathering_free_name(const Draft *draft, Str wanted, const Str *taken, size_t taken_count);
/* What is got from a call of that name: "orders" of load_orders, "fetch_result" of fetch. */
Str gathering_result_name(const Draft *draft, Str callee);
/* What does it for one: "load_one_page" of load_page, "fetch_one" of fetch. */
Str gathering_worker_name(const Draft *draft, Str callee);

#endif
