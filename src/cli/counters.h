/* counters.h - what a run cost, one `name value` a line. */
#ifndef LOOPSAFE_CLI_COUNTERS_H
#define LOOPSAFE_CLI_COUNTERS_H

#include "base/buf.h"
#include "session/session.h"

void counters_add(Buf *buf, const Counters *counters);

#endif
