#define _GNU_SOURCE
#include "probe/guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "probe/note.h"
#include "probe/place.h"
#include "probe/route.h"

#include "base/banned.h"

static bool lies_below(const char *path, const char *folder)
{
    size_t length = strnlen(folder, sizeof route_table()->folder);
    return length && strncmp(path, folder, length) == 0 && path[length] == '/' && !strstr(path, "/../");
}

/* Where programs write what the machine's keeper reads: no answer comes back, and many refuse to start without it. */
static bool is_system_log(const char *path)
{
    return strcmp(path, "/dev/log") == 0 || strncmp(path, "/run/systemd/journal/", 21) == 0;
}

/* A socket that is older than the run is somebody else's: a database, a container engine, an agent with keys. */
static bool path_is_allowed(const char *path)
{
    struct stat status;
    if (lies_below(path, route_table()->folder) || is_system_log(path)) return true;
    return stat(path, &status) != 0 || status.st_ctime >= route_table()->started_s;
}

static bool is_allowed(const Place *place)
{
    switch (place->kind) {
    case PLACE_LOCAL:
    case PLACE_OPENING:
    case PLACE_KERNEL:
        return true;
    case PLACE_PATH:
        return path_is_allowed(place->host);
    case PLACE_NAME:
    case PLACE_OUTSIDE:
    case PLACE_NEIGHBOURS:
    case PLACE_UNKNOWN:
        break;
    }
    return false;
}

bool guard_allows(const struct sockaddr *address, socklen_t length)
{
    if (!route_table() || !address) return true;
    int error = errno;
    Place place;
    place_read(&place, route_table(), address, length);
    bool allowed = is_allowed(&place);
    if (!allowed && record_refused) {
        char text[ROUTES_TEXT_BYTES + 8];
        route_describe(address, length, text, sizeof text);
        record_refused(text);
    }
    errno = error;
    return allowed;
}
