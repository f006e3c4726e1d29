/* run_json.h - a run as JSON, for other programs and for `loopsafe check --confirmed-by`.
 *
 *   {"loopsafe_run": 1, "version", "command", "app", "started", "took_ms", "verdict", "exit_code",
 *    "environment": {"python", "framework", "server", "loop", "machine", "guard", "probe"},
 *    "threshold_ms", "noise", "probe_overhead",
 *    "loads": [{"words", "users", "think_ms", "rate", "duration_ms"}],
 *    "endpoints": [{"method", "path", "function", "file", "row", "async", "requests", "exercised", "reason", "upstream_calls",
 *                   "stand_in_calls": {"alone", "before", "after"}: a request, null where none was handled,
 *                   "noise", "verdict", "verdict_reason", "cells": […], "differences": [{"request", "what", "before", "after"}]}],
 *    "findings": [{"code", "message", "path", "row", "end_row", "column", "function", "fingerprint", "after_row",
 *                  "after_end_row", "fix": {"title", "shape", "safe"} or null, "seen", "seen_reason", "verdict",
 *                  "verdict_reason", "endpoints": [0], "stall_ms": {"before", "after"}, "calls": {"before", "after"},
 *                  "call_ms": {"before", "after"}}],
 *    "stalls": [{"tree", "kind", "call", "endpoint", "finding", "missed", "at", "stack", "count", "total_ms", "longest_ms"}],
 *    "predictions": […], "stand_ins", "stubs", "masks", "notices": ["one line"]}
 *
 * Shape   keys never change their meaning while "loopsafe_run" is 1; new ones may come. Times are milliseconds, shares lie
 *         between 0 and 1, "endpoint" and "finding" are positions in the lists or null. A verdict is null where nothing
 *         was to be judged. `started` is the only clock value. */
#ifndef LOOPSAFE_VERIFY_RUN_JSON_H
#define LOOPSAFE_VERIFY_RUN_JSON_H

#include "base/buf.h"
#include "verify/run.h"

enum { RUN_JSON_VERSION = 1 };

void run_json_add(Buf *buf, const Run *run);

#endif
