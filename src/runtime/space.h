/* space.h - where other people's code runs: a network of its own with nothing but loopback, folders of its own.
 *
 *   space_enter        this process and all it starts get a network namespace in which only 127.0.0.0/8 and ::1 exist
 *   space_folder_new   a folder for the run; space_folder_free removes it
 *   space_copy_tree    a copy of a project in it
 *
 * Order   space_enter comes first: before a thread is started and before any code of the user runs.
 * Owner   space_leave ends what space_enter has started; the namespace itself stays until the process ends.
 * Errors  what the kernel refuses is a Fail that names the call and what to do about it. */
#ifndef LOOPSAFE_RUNTIME_SPACE_H
#define LOOPSAFE_RUNTIME_SPACE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"

/* host:port that the user opens (--allow-network). */
typedef struct SpaceOpening {
    Str host; /* as the user wrote it */
    uint16_t port;
    char address[16]; /* 127.67.x.y inside, where the relay outside the namespace takes it to the host */
} SpaceOpening;

typedef struct Space {
    bool closed; /* the kernel keeps every packet inside; false: only the probe's interposed calls do */
    pid_t relay; /* the process outside that serves the openings; 0: none */
    int control; /* its end of a socket: closing it ends the relay */
} Space;

/* False and a Fail: the kernel refuses, and the process is where it was; the caller decides whether the guard alone will do. The
 * openings work either way: their addresses are filled in. */
bool space_enter(Space *space, SpaceOpening *openings, size_t opening_count, Fail *fail)
    __attribute__((warn_unused_result));
/* True when this process sees no network but loopback. */
bool space_is_closed(void);
/* Ends the relay and all processes below this one, also those that their parents have left behind: call it when all others are
 * ended, and before the run's folder goes. */
void space_leave(Space *space);

/* A new folder below the temporary one; NULL and a Fail. */
const char *space_folder_new(Arena *arena, Fail *fail);
/* Removes it with all that is in it, and follows no link. False: something is left. */
bool space_folder_free(const char *folder);

typedef struct SpaceCopy {
    size_t files, bytes;
    size_t skipped; /* sockets, devices, links that lead out of the tree, files that could not be read */
} SpaceCopy;
/* Copies a project with modes and times; leaves out version control, environments, caches. `to` is made. */
bool space_copy_tree(const char *from, const char *to, SpaceCopy *copy, Fail *fail)
    __attribute__((warn_unused_result));

#endif
