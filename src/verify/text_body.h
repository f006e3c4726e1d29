/* text_body.h - answers in HTML or plain text of A, A again and B: what differs between A and B where A agrees with itself.
 *
 * Shape   words that differ between the two runs of A are masked when both have as many words, else the lines that differ.
 * Order   differences as they stand in A, a line each. */
#ifndef LOOPSAFE_VERIFY_TEXT_BODY_H
#define LOOPSAFE_VERIFY_TEXT_BODY_H

#include "verify/differences.h"

void text_body_compare(Differences *differences, Str before, Str again, Str after);

#endif
