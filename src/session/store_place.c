#define _GNU_SOURCE
#include "session/store_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"

#include "base/banned.h"

enum {
    MARKER_BYTES_MOST = 256,
    TEMPORARY_TRIES = 1000 /* files that killed runs of the same process number left behind */
};

typedef struct Marker {
    const char *name;
    const char *text;
} Marker;

/* In the order in which they are written: the tag stands for a directory that is complete. */
static const Marker MARKERS[] = {
    {".gitignore", "# Made by loopsafe.\n*\n"},
    {"CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55\n"
                     "# This directory is a cache made by loopsafe; 'loopsafe clean' removes it.\n"
                     "# For information about cache directory tags see https://bford.info/cachedir/\n"},
};

enum { MARKER_COUNT = sizeof MARKERS / sizeof MARKERS[0], MARKER_TAG = MARKER_COUNT - 1 };

static bool all_in(const char *text, const char *bytes)
{
    return text[0] && !text[strspn(text, bytes)];
}

static bool is_temporary(const char *name)
{
    return str_starts(str_from(name), STR("tmp-")) && all_in(name + 4, "0123456789-");
}

static bool is_version(const char *name)
{
    return name[0] >= '0' && name[0] <= '9' && strchr(name, '.') &&
           all_in(name, "0123456789.-+abcdefghijklmnopqrstuvwxyz");
}

StoreFile store_place_kind(const char *name)
{
    for (size_t i = 0; i < MARKER_COUNT; i++)
        if (strcmp(name, MARKERS[i].name) == 0) return STORE_FILE_MARKER;
    if (is_temporary(name)) return STORE_FILE_TEMPORARY;
    if (strlen(name) == sizeof(StoreName) - 1 && all_in(name, "0123456789abcdef")) return STORE_FILE_ENTRY;
    return is_version(name) ? STORE_FILE_VERSION : STORE_FILE_FOREIGN;
}

StoreName store_place_name(StoreKey key)
{
    StoreName name;
    snprintf(name.text, sizeof name.text, "%016llx%016llx", (unsigned long long)key.high,
             (unsigned long long)key.low);
    return name;
}

bool store_place_path(const char *directory, char *path, size_t path_bytes)
{
    size_t length = strlen(directory);
    while (length > 1 && directory[length - 1] == '/')
        length--;
    if (length >= path_bytes) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(path, directory, length);
    path[length] = '\0';
    return true;
}

int store_place_open_at(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int store_place_open(const char *directory)
{
    char path[LIMIT_PATH_BYTES];
    return store_place_path(directory, path, sizeof path) ? store_place_open_at(AT_FDCWD, path) : -1;
}

/* Opens a directory inside an open one and closes the outer one. */
static int step_into(int place, const char *name)
{
    int inner = store_place_open_at(place, name);
    int error = errno;
    close(place);
    errno = error;
    return inner;
}

int store_place_entries(const char *directory)
{
    int place = store_place_open(directory);
    return place < 0 ? -1 : step_into(place, LOOPSAFE_VERSION);
}

/* What cannot be made shows when the directory is opened. */
static void make_directories(char *path)
{
    for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
    mkdir(path, 0777);
}

static int open_or_make(const char *directory)
{
    char path[LIMIT_PATH_BYTES];
    int place = store_place_open(directory);
    if (place >= 0 || errno != ENOENT || !store_place_path(directory, path, sizeof path)) return place;
    if (path[0]) make_directories(path);
    return store_place_open(directory);
}

const char *store_place_marker(size_t index)
{
    return index < MARKER_COUNT ? MARKERS[index].name : NULL;
}

/* Not more than fits; 0 as well when there is no such file. */
static size_t read_start(int place, const char *name, char *bytes, size_t size)
{
    struct stat info;
    int descriptor = openat(place, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (descriptor < 0) return 0;
    ssize_t got = fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode) ? read(descriptor, bytes, size) : 0;
    close(descriptor);
    return got > 0 ? (size_t)got : 0;
}

bool store_place_marker_is_ours(int place, size_t index)
{
    char found[MARKER_BYTES_MOST];
    size_t length = read_start(place, MARKERS[index].name, found, sizeof found);
    return str_equal((Str){found, length}, str_from(MARKERS[index].text));
}

bool store_place_is_ours(int place)
{
    return store_place_marker_is_ours(place, MARKER_TAG);
}

DIR *store_place_list(int directory)
{
    int again = store_place_open_at(directory, ".");
    if (again < 0) return NULL;
    DIR *stream = fdopendir(again);
    if (!stream) close(again);
    return stream;
}

const char *store_place_next(DIR *stream)
{
    for (;;) {
        const struct dirent *entry = readdir(stream);
        if (!entry) return NULL;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) return entry->d_name;
    }
}

/* No name there but those that may be. */
static bool holds_only(int directory, bool (*may_be)(int directory, const char *name))
{
    DIR *stream = store_place_list(directory);
    if (!stream) return false;
    bool only = true;
    for (const char *name; only && (name = store_place_next(stream));)
        only = may_be(directory, name);
    closedir(stream);
    return only;
}

static bool may_be_with_entries(int directory, const char *name)
{
    (void)directory;
    StoreFile kind = store_place_kind(name);
    return kind == STORE_FILE_ENTRY || kind == STORE_FILE_TEMPORARY;
}

/* What another run that makes the cache in this moment has written so far, or what was written in the moment in which
 * another run removed it: this release's entries without the tag. */
static bool may_be_unmarked(int place, const char *name)
{
    StoreFile kind = store_place_kind(name);
    if (kind == STORE_FILE_MARKER || kind == STORE_FILE_TEMPORARY) return true;
    if (strcmp(name, LOOPSAFE_VERSION) != 0) return false;
    int entries = store_place_open_at(place, name);
    if (entries < 0) return errno == ENOENT;
    bool only = holds_only(entries, may_be_with_entries);
    close(entries);
    return only;
}

/* A marker that somebody else put there stays. */
static bool mark(int place, const Marker *marker)
{
    struct stat info;
    if (fstatat(place, marker->name, &info, AT_SYMLINK_NOFOLLOW) == 0) return true;
    return store_place_save(place, marker->name, STR(""), str_from(marker->text));
}

static bool claim(int place)
{
    if (store_place_is_ours(place)) return true;
    if (!holds_only(place, may_be_unmarked)) return false;
    for (size_t i = 0; i < MARKER_COUNT; i++)
        if (!mark(place, &MARKERS[i])) return false;
    return store_place_is_ours(place);
}

int store_place_make_entries(const char *directory)
{
    int place = open_or_make(directory);
    if (place < 0) return -1;
    if (claim(place) && (mkdirat(place, LOOPSAFE_VERSION, 0777) == 0 || errno == EEXIST))
        return step_into(place, LOOPSAFE_VERSION);
    close(place);
    return -1;
}

typedef struct Temporary {
    char name[48];
    int descriptor;
} Temporary;

static bool open_temporary(int directory, Temporary *temporary)
{
    temporary->descriptor = -1;
    for (int number = 0; number < TEMPORARY_TRIES && temporary->descriptor < 0; number++) {
        snprintf(temporary->name, sizeof temporary->name, "tmp-%ld-%d", (long)getpid(), number);
        temporary->descriptor =
            openat(directory, temporary->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (temporary->descriptor < 0 && errno != EEXIST) return false;
    }
    return temporary->descriptor >= 0;
}

bool store_place_save(int directory, const char *name, Str head, Str body)
{
    Temporary temporary;
    if (!open_temporary(directory, &temporary)) return false;
    bool saved = io_write_stream(temporary.descriptor, head) && io_write_stream(temporary.descriptor, body);
    if (close(temporary.descriptor) != 0) saved = false;
    if (saved) saved = renameat(directory, temporary.name, directory, name) == 0;
    if (!saved) unlinkat(directory, temporary.name, 0);
    return saved;
}
