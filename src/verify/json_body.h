/* json_body.h - JSON answers of A, A again and B: what differs between A and B where A agrees with itself.
 *
 * Shape   keys in any order; numbers that are no integers to 12 digits. A value that differs between the two runs of A is
 *         masked by its path: in lists for all items when it differs in more than half of them ($.items[*].id), else for
 *         this one. A mask leaves a value's type to be compared; a type, a length or a key that A itself does not hold
 *         still is masked with all below it.
 * Order   differences as they stand in A. */
#ifndef LOOPSAFE_VERIFY_JSON_BODY_H
#define LOOPSAFE_VERIFY_JSON_BODY_H

#include "verify/differences.h"

/* False: one of them is not JSON, nothing was compared. */
bool json_body_compare(Differences *differences, Str before, Str again, Str after)
    __attribute__((warn_unused_result));

#endif
