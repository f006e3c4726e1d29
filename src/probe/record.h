/* record.h - the memory that the probe and loopsafe share: written inside the application, read from outside.
 *
 *   0                ProbeHeader: settings (loopsafe writes), counters and sizes (the probe writes)
 *   records_at       ProbeRecord[record_capacity]
 *   frames_at        ProbeFrame[frame_capacity]        one a (function, line); names in the texts
 *   stacks_at        uint32_t[stack_capacity]          count, then that many frame numbers, innermost first
 *   texts_at         char[text_capacity]               file and function names, each ends in NUL
 *
 * Shape   a file in memory, mapped shared by both; its descriptor reaches the application through PROBE_FD_VARIABLE.
 *         Areas only grow; what no longer fits is counted in `lost`. Numbers are the machine's own, times are
 *         nanoseconds of CLOCK_MONOTONIC, so that loopsafe cuts phases out of them by its own clock.
 * Owner   loopsafe makes the file and lays it out (probe_area_new of runtime/area.h); a crash of the application leaves it whole.
 * Threads many writers: a slot is taken by an atomic addition, and its `kind` or the area's `ready` is stored last, with
 *         release; a reader that sees it sees the rest. */
#ifndef LOOPSAFE_PROBE_RECORD_H
#define LOOPSAFE_PROBE_RECORD_H

#include <stdatomic.h>
#include <stdint.h>

#define PROBE_MAGIC 0x3150534cu /* "LSP1" */
#define PROBE_FD_VARIABLE "LOOPSAFE_PROBE_FD"

enum { PROBE_VERSION = 2, PROBE_LANES = 16, PROBE_NOTICES = 8, PROBE_NOTICE_BYTES = 252 };

typedef enum ProbeMode {
    PROBE_MODE_NONE,     /* no loop has started yet */
    PROBE_MODE_FRAMES,   /* frames are read from memory: exact lines, also while native code holds the GIL */
    PROBE_MODE_WATCHDOG, /* unknown interpreter: a thread that takes the GIL and asks it; `notice` says why */
} ProbeMode;

typedef enum ProbeKind {
    PROBE_EMPTY,
    PROBE_TICK, /* the loop ran longer than stall_ns without returning to its selector */
    PROBE_CALL, /* a libc call in a tick took call_ns or longer */
    PROBE_SAMPLE, /* the loop computes: where it was found, and the time since the tick's start or the last sample */
    PROBE_GIL,     /* the loop's thread waited call_ns or longer for the GIL */
    PROBE_REFUSED, /* a connection or datagram to the outside was refused; `text` names "host:port" */
    PROBE_ROUTED,  /* a connection was led to a stand-in or service; `text` names "host:port" */
    PROBE_LOOP,    /* a thread entered (for_ns 0) or left its loop */
} ProbeKind;

/* 64 bytes. */
typedef struct ProbeRecord {
    _Atomic uint32_t kind; /* ProbeKind */
    uint16_t lane;         /* number of the loop's thread, from 0; PROBE_LANES: none */
    uint16_t call;         /* PROBE_CALL: a number for probe_call_name (call_name.h) */
    uint32_t stack;        /* where in the stacks; 0: unknown */
    uint32_t text;         /* where in the texts; 0: none */
    uint64_t at_ns;        /* start */
    uint64_t for_ns;       /* duration; of a sample its weight */
    /* Of a tick: what its time went to. The rest of for_ns is the thread running. */
    uint32_t blocked_us;  /* in libc calls that wait */
    uint32_t gil_us;      /* waiting for the GIL */
    uint32_t cpu_us;      /* on a processor */
    uint32_t runqueue_us; /* ready, but the machine ran something else, or a hypervisor another machine */
    uint64_t tick;        /* number of the tick in its lane, counted from 1; 0: none */
} ProbeRecord;

typedef struct ProbeFrame {
    uint32_t file;     /* where in the texts: the file's name as the interpreter has it */
    uint32_t function; /* where in the texts: qualified name, of old interpreters the plain one */
    uint32_t line1;    /* being executed; 0: unknown */
    uint32_t first1;   /* first line of the function */
} ProbeFrame;

/* One line for the user, ends in NUL. */
typedef struct ProbeNotice {
    _Atomic uint32_t ready;
    char text[PROBE_NOTICE_BYTES];
} ProbeNotice;

typedef struct ProbeHeader {
    uint32_t magic, version;
    /* Set before the application starts. */
    uint64_t records_at, frames_at, stacks_at, texts_at, size; /* bytes from the start of the file */
    uint32_t record_capacity, frame_capacity, stack_capacity, text_capacity; /* entries */
    /* Settings, which may change while the application runs. */
    _Atomic uint64_t stall_ns; /* a tick longer than this is recorded, and sampled when it computes */
    _Atomic uint64_t call_ns;  /* a call or a wait for the GIL that takes as long is recorded; 0: every one */
    _Atomic uint64_t sample_ns; /* between two samples of one tick */
    /* What the probe says of itself. */
    _Atomic uint32_t mode;           /* ProbeMode */
    _Atomic uint32_t python_version; /* as PY_VERSION_HEX; 0: no interpreter yet */
    _Atomic int32_t pid;             /* of the process that is watched: the first that enters a loop */
    _Atomic uint32_t notice_count;   /* wanted; those beyond PROBE_NOTICES are not there */
    ProbeNotice notices[PROBE_NOTICES];
    /* Counters. */
    _Atomic uint32_t record_count, frame_count, stack_count,
        text_count;               /* entries taken, never more than the capacity */
    _Atomic uint64_t lost;        /* entries for which there was no room */
    _Atomic uint64_t ticks;       /* of all loops, long or short */
    _Atomic uint64_t calls;       /* interposed calls in ticks */
    _Atomic uint64_t samples;     /* stacks taken by signal */
    _Atomic uint64_t bad_samples; /* of these, torn ones that were dropped */
    _Atomic uint64_t longest_tick_ns;
    _Atomic uint64_t tick_at_ns
        [PROBE_LANES]; /* start of the tick that has not ended yet; 0: the loop is in its selector */
} ProbeHeader;

#endif
