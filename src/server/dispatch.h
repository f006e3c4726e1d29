/* dispatch.h - one message of the client: which method it is, and who answers.
 *
 * Errors  a message that is none, a method that is not known, one at the wrong time: an error to the client, and a line
 *         through `complain` where it is the client's mistake.
 * Threads one. */
#ifndef LOOPSAFE_SERVER_DISPATCH_H
#define LOOPSAFE_SERVER_DISPATCH_H

#include "server/server_state.h"

void dispatch_message(Server *server, Str body);

#endif
