/* store.h - puts records, stacks, frames and texts into the shared memory, each stack, frame and text once.
 *
 * Shape   places as record.h says; 0: none, or no room (counted in `lost`).
 * Owner   tables of what is already there lie in memory of their own, made once by store_open.
 * Errors  a full area: the entry is left out.
 * Threads all but store_record between store_lock and store_unlock. A lane's thread must be paused (lane.h) while it holds
 *         the lock: the signal's handler takes it, too. */
#ifndef LOOPSAFE_PROBE_STORE_H
#define LOOPSAFE_PROBE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "probe/record.h"

/* Places of what is there, by hash; 0: free. */
typedef struct StoreTable {
    uint32_t *slots;
    uint32_t mask;
} StoreTable;

/* What tells one place in the interpreter's code from another, and the number that it got. */
typedef struct FrameKey {
    uint64_t code, file, name, lines;
    int64_t offset;
    uint64_t first1;
} FrameKey;

typedef struct KnownFrame {
    FrameKey key;
    uint32_t number; /* as store_frame gives it; 0: free */
} KnownFrame;

enum { STORE_KNOWN_FRAMES = 4096 };

typedef struct Store {
    ProbeHeader *header;
    ProbeRecord *records;
    ProbeFrame *frames;
    uint32_t *stacks;
    char *texts;
    StoreTable known_frames, known_stacks, known_texts;
    KnownFrame
        *known; /* STORE_KNOWN_FRAMES of them, by hash; a later one takes the place of an earlier one */
    atomic_flag locked;
    /* Room for what is being put together, under the lock. */
    char text[LIMIT_PROBE_NAME_BYTES * 4];
    uint32_t stack[LIMIT_PROBE_DEPTH];
} Store;

bool store_open(Store *store, ProbeHeader *header);

void store_lock(Store *store);
void store_unlock(Store *store);
uint32_t store_text(Store *store, const char *text, size_t size);
/* The frame's number plus one; 0: no room. */
uint32_t store_frame(Store *store, const ProbeFrame *frame);
/* Where the frame of that key is or will be noted. */
KnownFrame *store_known(Store *store, const FrameKey *key);
uint32_t store_stack(Store *store, const uint32_t *frames, size_t count);

void store_record(Store *store, const ProbeRecord *record);

#endif
