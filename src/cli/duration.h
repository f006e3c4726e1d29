/* duration.h - times as people type them: 100ms, 3s, 0.5s, 2m.
 *
 * Errors  anything else is a Fail that names the option. */
#ifndef LOOPSAFE_CLI_DURATION_H
#define LOOPSAFE_CLI_DURATION_H

#include "base/fail.h"
#include "base/str.h"

/* Without a unit the number counts seconds. At most a day. */
bool duration_parse(Str text, const char *option, uint64_t *ns, Fail *fail)
    __attribute__((warn_unused_result));
/* A number above 0 with an optional fraction. */
bool quantity_parse(Str text, const char *option, double *number, Fail *fail)
    __attribute__((warn_unused_result));

#endif
