/* check_print.h - what `loopsafe check` prints of a run, with and without fixes.
 *
 * Errors  trouble with the output is said, and gives the exit code. */
#ifndef LOOPSAFE_CLI_CHECK_PRINT_H
#define LOOPSAFE_CLI_CHECK_PRINT_H

#include "cli/check_settings.h"
#include "session/fixing.h"

/* The report of what was found; fixed: what became of the rest, or NULL. Returns the exit code. */
int check_print(const CheckSettings *settings, const Session *session, const Result *result,
                const Fixed *fixed);
/* The same without findings. */
int check_print_fixed(const CheckSettings *settings, const Fixed *fixed, int exit_code);
/* What would be changed, as a diff. */
int check_print_diff(const CheckSettings *settings, const Fixed *fixed);
/* What could not be read, and that nothing was found to read. */
void check_print_troubles(const Result *result);

#endif
