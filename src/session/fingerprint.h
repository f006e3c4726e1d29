/* fingerprint.h - a finding's identity that survives edits elsewhere in the file.
 *
 * Shape   128 bits of path, function, code, sink and the how-many-eth of these it is; no line number.
 *         A group is 128 bits of the sink's file, function and name. */
#ifndef LOOPSAFE_SESSION_FINGERPRINT_H
#define LOOPSAFE_SESSION_FINGERPRINT_H

#include "checks/check.h"
#include "source/discover.h"

/* Fills the fingerprints that are still empty; reports are those of one file, in the order of finding_compare. */
void fingerprint_reports(Report *reports, size_t count, Str project_path);
/* Fills the groups of those that have a sink; files: all discovered ones. */
void fingerprint_groups(Report *reports, size_t count, const DiscoveredFile *files, Str project_path);

#endif
