#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "session/store_place.h"

#include "base/banned.h"

enum {
    HOUR_S = 60 * 60,
    DAY_S = 24 * HOUR_S,
    CLEAN_TRIES = 3 /* a run that is writing adds files meanwhile */
};

/* One walk over the cache directory that removes files. */
typedef struct Sweep {
    bool everything;
    time_t now;
    unsigned days; /* an older entry goes; not asked when everything does */
    int error;     /* errno of the first file that could not be removed */
    StoreCleaned removed;
} Sweep;

typedef void (*SweepStep)(Sweep *sweep, int directory, const char *name);

static void note_error(Sweep *sweep)
{
    if (!sweep->error && errno != ENOENT) sweep->error = errno;
}

static void sweep_each(Sweep *sweep, int directory, SweepStep step)
{
    DIR *stream = store_place_list(directory);
    if (!stream) {
        note_error(sweep);
        return;
    }
    for (const char *name; (name = store_place_next(stream));)
        step(sweep, directory, name);
    closedir(stream);
}

static bool is_due(const Sweep *sweep, StoreFile kind, time_t written)
{
    double most_s = kind == STORE_FILE_TEMPORARY ? HOUR_S : (double)sweep->days * DAY_S;
    return sweep->everything || difftime(sweep->now, written) > most_s;
}

static void remove_file(Sweep *sweep, int directory, const char *name, size_t bytes)
{
    if (unlinkat(directory, name, 0) != 0) {
        note_error(sweep);
        return;
    }
    sweep->removed.files++;
    sweep->removed.bytes += bytes;
}

/* A link or a directory under a name of ours is not ours. */
static void sweep_file(Sweep *sweep, int directory, const char *name)
{
    struct stat info;
    StoreFile kind = store_place_kind(name);
    if (fstatat(directory, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        note_error(sweep);
    else if (!S_ISREG(info.st_mode) || (kind != STORE_FILE_ENTRY && kind != STORE_FILE_TEMPORARY))
        sweep->removed.foreign = true;
    else if (is_due(sweep, kind, info.st_mtime))
        remove_file(sweep, directory, name, (size_t)info.st_size);
}

static bool is_occupied(int error)
{
    return error == ENOTEMPTY || error == EEXIST;
}

static void sweep_version(Sweep *sweep, int place, const char *name)
{
    int entries = store_place_open_at(place, name);
    if (entries < 0) {
        if (errno == ENOTDIR || errno == ELOOP)
            sweep->removed.foreign = true;
        else
            note_error(sweep);
        return;
    }
    sweep_each(sweep, entries, sweep_file);
    close(entries);
    bool in_use = !sweep->everything && strcmp(name, LOOPSAFE_VERSION) == 0;
    if (!in_use && unlinkat(place, name, AT_REMOVEDIR) != 0 && !is_occupied(errno)) note_error(sweep);
}

static void sweep_top(Sweep *sweep, int place, const char *name)
{
    switch (store_place_kind(name)) {
    case STORE_FILE_MARKER:
        return;
    case STORE_FILE_VERSION:
        sweep_version(sweep, place, name);
        return;
    case STORE_FILE_TEMPORARY:
        sweep_file(sweep, place, name);
        return;
    case STORE_FILE_ENTRY:
    case STORE_FILE_FOREIGN:
        sweep->removed.foreign = true;
    }
}

void store_prune(const Store *store, unsigned days)
{
    Sweep sweep = {.now = time(NULL), .days = days};
    int place = store_place_open(store->directory);
    if (place < 0) return;
    if (store_place_is_ours(place)) sweep_each(&sweep, place, sweep_top);
    close(place);
}

static void sweep_marker(Sweep *sweep, int place, size_t index)
{
    struct stat info;
    const char *name = store_place_marker(index);
    if (fstatat(place, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        note_error(sweep);
    else if (store_place_marker_is_ours(place, index))
        remove_file(sweep, place, name, (size_t)info.st_size);
    else
        sweep->removed.foreign = true;
}

/* The markers go last, and only when nothing else is left: the tag is the leave to go on. */
static void sweep_markers(Sweep *sweep, int place)
{
    for (size_t i = 0; store_place_marker(i); i++)
        if (!sweep->removed.foreign && !sweep->error) sweep_marker(sweep, place, i);
}

static void remove_directory(Sweep *sweep, const char *directory)
{
    char path[LIMIT_PATH_BYTES];
    if (!store_place_path(directory, path, sizeof path) || rmdir(path) != 0) note_error(sweep);
}

static void sweep_all(Sweep *sweep, int place, const char *directory)
{
    for (int tries = 0; tries < CLEAN_TRIES; tries++) {
        sweep->error = 0;
        sweep_each(sweep, place, sweep_top);
        sweep_markers(sweep, place);
        if (sweep->removed.foreign || sweep->error) return;
        remove_directory(sweep, directory);
        if (!is_occupied(sweep->error)) return;
    }
}

static bool cannot_remove(Fail *fail, const char *directory, int error)
{
    return fail_at(fail, directory, 0, "cannot be removed: %s", strerror(error));
}

static bool not_ours(Fail *fail, const char *directory)
{
    return fail_at(fail, directory, 0, "is no cache directory of loopsafe; nothing was removed");
}

bool store_clean(const char *directory, StoreCleaned *cleaned, Fail *fail)
{
    Sweep sweep = {.everything = true};
    *cleaned = sweep.removed;
    int place = store_place_open(directory);
    if (place < 0 && errno == ENOENT) return true;
    if (place < 0 && (errno == ENOTDIR || errno == ELOOP)) return not_ours(fail, directory);
    if (place < 0) return cannot_remove(fail, directory, errno);
    bool ours = store_place_is_ours(place);
    if (ours) sweep_all(&sweep, place, directory);
    close(place);
    *cleaned = sweep.removed;
    if (!ours) return not_ours(fail, directory);
    return !sweep.error || cannot_remove(fail, directory, sweep.error);
}
