/* answers.h - what A, A again and B answered to the same request.
 *
 *   A ≠ A again  ─▶ masked: A itself does not hold it still (times, numbers drawn, ids)
 *   A ≠ B        ─▶ a difference, where it is not masked
 *
 * Shape   compared are the status, the headers Content-Type and Location, the names of the cookies that are set, and the
 *         body: JSON by its values (json_body.h), text by its words (text_body.h), other bytes whole. */
#ifndef LOOPSAFE_VERIFY_ANSWERS_H
#define LOOPSAFE_VERIFY_ANSWERS_H

#include "load/load.h"
#include "verify/differences.h"

/* Adds to the request that was begun last (differences_begin). */
void answers_compare(Differences *differences, const LoadAnswer *before, const LoadAnswer *again,
                     const LoadAnswer *after);
/* The value of a header, without blanks at its ends; ptr NULL: it is not among them. */
Str answer_header(const LoadAnswer *answer, Str name);
/* Why an answer is none, in one line of the server's own words: "422: field required", "no answer: connection refused". */
Str answer_trouble(Arena *arena, const LoadAnswer *answer);

#endif
