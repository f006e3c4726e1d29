/* fingerprint.h - a finding's identity that survives edits elsewhere in the file.
 *
 * Shape   128 bits of path, function, code, sink and the how-many-eth of these it is; no line number. */
#ifndef LOOPSAFE_SESSION_FINGERPRINT_H
#define LOOPSAFE_SESSION_FINGERPRINT_H

#include "checks/check.h"

/* Fills the fingerprints that are still empty; reports are those of one file, in the order of finding_compare. */
void fingerprint_reports(Report *reports, size_t count, Str project_path);

#endif
