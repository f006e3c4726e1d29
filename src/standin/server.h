/* server.h - the stand-in's loop: all connections in one thread, each answer when it is due.
 *
 * Shape   epoll; a timer of the kernel wakes it to the microsecond. Listens on 127.0.0.1 alone.
 * Errors  no descriptor left: it accepts again when a connection has ended. */
#ifndef LOOPSAFE_STANDIN_SERVER_H
#define LOOPSAFE_STANDIN_SERVER_H

#include "standin/connection.h"

/* Serves for ever; returns only when the kernel refuses what it cannot do without. */
bool server_serve(Desk *desk, int listener, Fail *fail);

#endif
