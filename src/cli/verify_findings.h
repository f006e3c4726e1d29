/* verify_findings.h - what the analysis says of the application that verify is about to run: findings, and fixed texts.
 *
 * Shape   the working directory is the tree, so that all paths are relative to it.
 * Owner   everything is copied into the arena: no session and no thread is left behind.
 * Errors  the session's. */
#ifndef LOOPSAFE_CLI_VERIFY_FINDINGS_H
#define LOOPSAFE_CLI_VERIFY_FINDINGS_H

#include "cli/progress.h"
#include "cli/verify_settings.h"

/* Fills in findings, and with --fix the edits of the plan. */
bool verify_findings(Arena *arena, VerifySettings *settings, VerifyPlan *plan, Progress *progress, Fail *fail)
    __attribute__((warn_unused_result));

#endif
