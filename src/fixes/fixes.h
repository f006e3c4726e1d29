/* fixes.h - from a finding to its fixes.
 *
 *   Report ──each shape──▶ Fix …, the preferred one first ──▶ Report.finding.fixes
 *
 * Owner   fixes live in the results arena that is handed in.
 * Errors  none: what cannot be mended says why in Finding.unfixed.
 * Threads read-only on the program; several files at once. */
#ifndef LOOPSAFE_FIXES_FIXES_H
#define LOOPSAFE_FIXES_FIXES_H

#include "checks/check.h"
#include "fixes/settings.h"

/* Fills the fixes of the report's finding. */
void fixes_propose(const Program *program, const Unit *unit, const FixSettings *settings, Arena *results,
                   Report *report);

#endif
