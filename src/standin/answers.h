/* answers.h - what the stand-in answers: the user's file, else {"ok": true}.
 *
 *   {"answers": [{"host": "api.example.com", "method": "GET", "path": "/v1/items",
 *                 "status": 200, "headers": {"X-Page": "1"}, "json": [1, 2], "delay_ms": 40}]}
 *
 * Shape   the first entry that fits answers; all of its keys may be left out. host: with or without the port, `*.example.com`
 *         too; path: a pattern for the path without its query, `*` is any text. "body" is text, "json" any value.
 * Owner   the arena.
 * Errors  a file that is not of this shape is a Fail with the place in it. */
#ifndef LOOPSAFE_STANDIN_ANSWERS_H
#define LOOPSAFE_STANDIN_ANSWERS_H

#include "base/fail.h"
#include "base/str.h"

typedef struct Answer {
    unsigned status;
    Str headers; /* lines that end in CRLF, Content-Type among them */
    Str body;
    uint64_t delay_ns; /* UINT64_MAX: the host's */
} Answer;

typedef struct Answers Answers;

/* path NULL: none but {"ok": true}. */
const Answers *answers_read(Arena *arena, const char *path, Fail *fail);
const Answer *answers_find(const Answers *answers, Str host, Str method, Str target);

#endif
