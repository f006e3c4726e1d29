/* wording.h - what a finding says about a blocking call. */
#ifndef LOOPSAFE_CHECKS_WORDING_H
#define LOOPSAFE_CHECKS_WORDING_H

#include "rules/catalogue.h"

/* The callable as a reader knows it: without "builtins.". */
Str wording_name(const Rule *rule);
/* "waits for an HTTP response". */
const char *wording_effect(Effect effect);
/* "`requests.get` waits for an HTTP response on the event loop" */
Str wording_message(Arena *arena, const Rule *rule, Str entered);
/* "write `await httpx.AsyncClient.get(...)` (package httpx)"; empty when the table names nothing better. */
Str wording_advice(Arena *arena, const Rule *rule);
/* Why nothing else runs meanwhile. */
Str wording_why(Arena *arena, const Rule *rule);

#endif
