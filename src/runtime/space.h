/* space.h - where other people's code runs: a network of its own with nothing but loopback, limits, folders of its own.
 *
 *   space_enter        this process and all it starts get a network namespace in which only 127.0.0.0/8 and ::1 exist
 *   space_folder_new   a folder for the run; space_folder_free removes it
 *   space_copy_tree    a copy of a project in it
 *
 * Order   space_enter comes first: before a thread is started and before any code of the user runs.
 * Errors  what the kernel refuses is a Fail that names the call and what to do about it. */
#ifndef LOOPSAFE_RUNTIME_SPACE_H
#define LOOPSAFE_RUNTIME_SPACE_H

#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"

typedef enum SpaceGuard {
    SPACE_NAMESPACE, /* the kernel keeps every packet inside */
    SPACE_GUARD_ONLY /* only the probe's interposed calls do; the user has agreed */
} SpaceGuard;

typedef struct SpaceOpening {
    Str host; /* as the user wrote it */
    uint16_t port;
    char address[16]; /* 127.67.x.y inside, where a relay outside the namespace takes it to the host */
} SpaceOpening;

/* host:port pairs that the user opens (--allow-network). False and a Fail: the kernel refuses; the caller decides whether the
 * guard alone will do. openings: addresses are filled in. */
bool space_enter(SpaceOpening *openings, size_t opening_count, Fail *fail)
    __attribute__((warn_unused_result));
/* True when this process sees no network but loopback. */
bool space_is_closed(void);
/* Ends the relays. */
void space_leave(void);

/* A new folder below the temporary one, with home/ and tmp/ in it. */
const char *space_folder_new(Arena *arena, Fail *fail);
void space_folder_free(const char *folder);

typedef struct SpaceCopy {
    size_t files, bytes;
    size_t skipped; /* sockets, devices, links that lead out of the tree, files that could not be read */
} SpaceCopy;
/* Copies a project; leaves out version control, environments, caches. */
bool space_copy_tree(const char *from, const char *to, SpaceCopy *copy, Fail *fail)
    __attribute__((warn_unused_result));

#endif
