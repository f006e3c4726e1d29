/* store_place.h - where the cache's files lie and how they are called; what store.c and store_clean.c share.
 *
 * Owner   a descriptor belongs to whoever asked for it.
 * Errors  -1 or false, with errno; no symlink is followed but above the cache directory. */
#ifndef LOOPSAFE_SESSION_STORE_PLACE_H
#define LOOPSAFE_SESSION_STORE_PLACE_H

#include <dirent.h>

#include "session/store.h"

/* What a name in the cache directory is, by its form alone. */
typedef enum StoreFile {
    STORE_FILE_FOREIGN,
    STORE_FILE_MARKER,    /* CACHEDIR.TAG, .gitignore */
    STORE_FILE_VERSION,   /* 0.1.0: the directory of a release's entries */
    STORE_FILE_ENTRY,     /* 32 hexadecimal digits */
    STORE_FILE_TEMPORARY, /* tmp-PROCESS-NUMBER */
} StoreFile;

typedef struct StoreName {
    char text[2 * 16 + 1];
} StoreName;

StoreFile store_place_kind(const char *name);
StoreName store_place_name(StoreKey key);

/* The cache directory. */
int store_place_open(const char *directory);
/* A directory inside one. */
int store_place_open_at(int parent, const char *name);
/* The directory of this release's entries. */
int store_place_entries(const char *directory);
/* The same; made, with the cache directory and its markers, where it is not there. */
int store_place_make_entries(const char *directory);
/* The path without slashes at its end, which would lead through a link. */
bool store_place_path(const char *directory, char *path, size_t path_bytes);

/* By index; NULL after the last. CACHEDIR.TAG, which says that the directory is a cache, is the last. */
const char *store_place_marker(size_t index);
/* The file is the marker that this program makes, to the byte. */
bool store_place_marker_is_ours(int place, size_t index);
bool store_place_is_ours(int place);

/* Writes head and body to a temporary file and renames it. */
bool store_place_save(int directory, const char *name, Str head, Str body);
/* A stream of the names in an open directory, from its start. */
DIR *store_place_list(int directory);
/* The next name but `.` and `..`; NULL after the last. */
const char *store_place_next(DIR *stream);

#endif
