/* store.h - the cache's files: blobs under a key, never half written, never believed when damaged.
 *
 *   .loopsafe_cache/            CACHEDIR.TAG, .gitignore ("*")
 *   .loopsafe_cache/0.1.0/KEY   header (magic, format version, length, checksum) + the bytes as they were handed in
 *
 * Shape   a key is 128 bits of xxHash over what decides the content; written to a temporary file beside and renamed, so
 *         that a reader sees the old bytes or the new ones; concurrent runs need no lock: the last one wins.
 * Owner   the arena handed in.
 * Errors  none for the caller: a cache that cannot be read is empty, one that cannot be written stays as it is; a file
 *         whose header, length or checksum is wrong is removed and counts as absent. A directory that exists, holds
 *         other files and has no CACHEDIR.TAG of ours is never written to, nor is a link in the directory's place.
 * Threads hashing: any; one Store, one thread; any number of processes. */
#ifndef LOOPSAFE_SESSION_STORE_H
#define LOOPSAFE_SESSION_STORE_H

#include "base/arena.h"
#include "base/fail.h"
#include "base/str.h"

/* Where the cache lies below the project when nothing else was asked for. */
#define STORE_DIRECTORY ".loopsafe_cache"

typedef struct StoreKey {
    uint64_t high, low;
} StoreKey;

/* 128 bits of XXH3 over the bytes. */
StoreKey store_hash(Str bytes);
bool store_key_equal(StoreKey left, StoreKey right);

/* A hash over a sequence of parts: order and borders count ("ab", "c" is not "a", "bc"). A plain value: nothing to
 * free, a copy goes on from where it was made. */
typedef struct StoreHasher {
    StoreKey parts; /* over those added so far */
} StoreHasher;

StoreHasher store_hasher_begin(void);
void store_hasher_add(StoreHasher *hasher, Str part);
void store_hasher_add_number(StoreHasher *hasher, uint64_t number);
void store_hasher_add_key(StoreHasher *hasher, StoreKey key);
StoreKey store_hasher_end(const StoreHasher *hasher);

typedef struct Store {
    const char *directory; /* .loopsafe_cache, or another that was asked for */
    Arena *arena;
} Store;

/* Nothing is touched before the first read or write. */
Store store_open(Arena *arena, const char *directory);
/* The bytes under the key, verified, aligned for any type and followed by a NUL that is not counted; false: not there
 * (or damaged, then removed). */
bool store_read(const Store *store, StoreKey key, Str *bytes);
/* Creates the directory with its two marker files when needed. False when it could not be written, or is larger than
 * LIMIT_BLOB_BYTES: what was under the key still is. */
bool store_write(const Store *store, StoreKey key, Str bytes);
/* Removes entries that were not read or written for so many days (by access through this program: the mtime is
 * refreshed by a read that is older than a day), and temporary files older than an hour. */
void store_prune(const Store *store, unsigned days);

typedef struct StoreCleaned {
    size_t files; /* removed, markers included */
    size_t bytes;
    bool foreign; /* other files lie there: they stay, with the directory and its markers */
} StoreCleaned;
/* Removes the cache directory: only files this program makes, never what else lies there, never through a symlink.
 * False and a Fail: it is no cache of ours (nothing was touched), or something of ours could not be removed. */
bool store_clean(const char *directory, StoreCleaned *cleaned, Fail *fail)
    __attribute__((warn_unused_result));

#endif
