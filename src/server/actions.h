/* actions.h - fixes as code actions.
 *
 *   a fix of a finding in the range      ──▶ quickfix, preferred when it is the first and safe
 *   all safe fixes of a file that do not
 *   get in each other's way              ──▶ source.fixAll.loopsafe
 *
 * Shape   edits are only handed out for texts that are as they were when they were analysed: a question about a newer
 *         text waits for its analysis, an edit of another file that was changed since is left out.
 * Threads one. */
#ifndef LOOPSAFE_SERVER_ACTIONS_H
#define LOOPSAFE_SERVER_ACTIONS_H

#include "server/server_state.h"

#define ACTION_FIX_ALL "source.fixAll.loopsafe"

/* Answers textDocument/codeAction, or keeps it until the text was analysed; keeps copies. */
void actions_ask(Server *server, const cJSON *id, const cJSON *params);
/* Answers what waited for the analyses that have ended. */
void actions_settle(Server *server);
/* The client no longer wants the answer. */
void actions_cancel(Server *server, const cJSON *id);
/* At the end. */
void actions_drop(Server *server);

#endif
