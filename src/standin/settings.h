/* settings.h - what loopsafe tells the stand-in when it starts it: a file of JSON that runtime/stand_in.c writes.
 *
 * Owner   the arena.
 * Errors  a Fail with the file's name; the answers are read along and give their own. */
#ifndef LOOPSAFE_STANDIN_SETTINGS_H
#define LOOPSAFE_STANDIN_SETTINGS_H

#include "probe/routes.h"
#include "standin/answers.h"

typedef struct HostDelay {
    Str host; /* small letters, perhaps with a port */
    uint64_t delay_ns;
} HostDelay;

typedef struct Settings {
    const char *authority; /* where the certificate is to be written */
    const char *journal;
    const char *postgres;       /* socket of the database server; NULL: none */
    const char *postgres_front; /* socket of its front, to be made */
    uint16_t postgres_port;     /* of the front; 0: one that is free */
    Routes *routes;
    uint64_t delay_ns;
    const HostDelay *delays;
    size_t delay_count;
    const Answers *answers;
} Settings;

bool settings_read(Arena *arena, const char *path, Settings *settings, Fail *fail)
    __attribute__((warn_unused_result));
/* Of a host as a request names it, or as its destination says ("host:port"); either may be empty. */
uint64_t settings_delay(const Settings *settings, Str host, Str destination);

#endif
