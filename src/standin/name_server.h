/* name_server.h - answers questions for addresses the way the probe does, for libraries that ask name servers themselves.
 *
 * Shape   A: 127.66.x.y of the name (probe/routes.h); every other question: the name exists and has no such record.
 * Errors  what is no question is not answered. */
#ifndef LOOPSAFE_STANDIN_NAME_SERVER_H
#define LOOPSAFE_STANDIN_NAME_SERVER_H

#include "base/fail.h"
#include "base/str.h"
#include "probe/routes.h"

enum { NAME_SERVER_ROOM = 512 };

/* The answer's length; 0: none. answer: NAME_SERVER_ROOM bytes. */
size_t name_server_answer(Routes *routes, Str question, unsigned char *answer);
/* Serves a datagram socket from a thread of its own. */
bool name_server_serve(int socket, Routes *routes, Fail *fail);

#endif
