/* diagnostics.h - findings as the client shows them.
 *
 * Shape   severities: high an error, medium a warning, low information, info a hint. The chain is related information,
 *         the fingerprint `data`.
 * Order   as in every report.
 * Threads one. */
#ifndef LOOPSAFE_SERVER_DIAGNOSTICS_H
#define LOOPSAFE_SERVER_DIAGNOSTICS_H

#include "server/server_state.h"

/* One diagnostic as a value. */
void diagnostic_write(Server *server, JsonOut *out, Run *run, const Finding *finding);
/* After a run: of all its documents that are still as they were; with all_files of the other files too. before: the
 * root's last run, or NULL. */
void diagnostics_publish(Server *server, const Root *root, Run *run, const Run *before);
/* Nothing any more. */
void diagnostics_clear(Server *server, Str uri);

#endif
