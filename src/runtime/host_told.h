/* host_told.h - the lines that a host tells, read into it.
 *
 * Errors  a line that is none of those in host.h is left out: the application shares the pipe's process, so that what comes
 *         out of it may be anything. */
#ifndef LOOPSAFE_RUNTIME_HOST_TOLD_H
#define LOOPSAFE_RUNTIME_HOST_TOLD_H

#include "runtime/host.h"

typedef enum HostEvent { HOST_OTHER, HOST_LOADED, HOST_READY, HOST_FAILED } HostEvent;

HostEvent host_take(Host *host, Str line);
#endif
