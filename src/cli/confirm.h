/* confirm.h - findings and what an earlier run of `loopsafe verify` said of them.
 *
 * Shape   a finding is known by its fingerprint; one whose fingerprint no run knows by its file, line and code. */
#ifndef LOOPSAFE_CLI_CONFIRM_H
#define LOOPSAFE_CLI_CONFIRM_H

#include "session/session.h"
#include "verify/run_read.h"

/* Fills in the findings' `run`; it borrows from said. */
void confirm_findings(const RunSaids *said, const Result *result);

#endif
