/* usage.h - what the machine gave a thread: time on a processor, time it was ready and waited for one, how often it slept.
 *
 * Errors  a kernel that does not tell gives zeros.
 * Threads the thread itself. */
#ifndef LOOPSAFE_PROBE_USAGE_H
#define LOOPSAFE_PROBE_USAGE_H

#include <stdint.h>

typedef struct Usage {
    uint64_t at_ns, cpu_ns, runqueue_ns;
    uint64_t sleeps; /* times that it gave the processor away itself, or waited for a page from a file */
} Usage;

/* A descriptor for usage_read, high up so that the application's own numbers stay as they are; -1: none. */
int usage_open(void);
Usage usage_read(int file, uint64_t now_ns);

#endif
