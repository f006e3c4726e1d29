/* note.h - what route.c and guard.c tell the writer of records; where none is linked nothing is noted.
 *
 * Shape   text is "host:port", or what else says best where a connection was to go.
 * Threads any; called with errno to be kept. */
#ifndef LOOPSAFE_PROBE_NOTE_H
#define LOOPSAFE_PROBE_NOTE_H

__attribute__((weak)) void record_refused(const char *text);
__attribute__((weak)) void record_routed(const char *text);

#endif
