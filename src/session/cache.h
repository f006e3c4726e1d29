/* cache.h - what a run leaves for the next one: its result, and what it read off every file.
 *
 *   nothing changed   ──▶ the result is told again                        (cache_replay)
 *   a file changed    ──▶ all other files' facts come out of the pack     (cache_skips, cache_facts)
 *
 * Shape   two entries of the store: the result with the manifest of all that it depends on, one for each way of asking;
 *         and the facts pack, one for each directory that is worked in. The output is the same with and without.
 * Owner   the session's arena; class texts: the workers' units arenas.
 * Errors  none: a cache that cannot be read or written is none.
 * Threads cache_skips, cache_take, cache_facts: one file, one thread. The rest: the session's. */
#ifndef LOOPSAFE_SESSION_CACHE_H
#define LOOPSAFE_SESSION_CACHE_H

#include <stdatomic.h>

#include "session/facts_pack.h"
#include "session/session.h"

/* One discovered file. */
typedef struct CachedFile {
    FileStamp stamp;
    bool is_stamped; /* taken before the file was read */
    bool is_known;   /* content, wanted and classes are */
    bool wanted;
    int64_t looked_ns;
    StoreKey content;
    Str classes;
    const PackEntry *entry; /* of the same content, or NULL */
} CachedFile;

typedef struct Cache {
    bool is_used;
    Store store;
    int64_t begun_ns;
    StoreKey result_key, state; /* where the result lies; what must be the same for it to hold, files aside */
    StoreKey pack_key;
    FactsPack pack;
    CachedFile *files;
    atomic_size_t loaded; /* files whose facts or lack of them came from the pack */
} Cache;

/* After the files and the environment were found. */
void cache_begin(Session *session);
/* The result of an earlier run that saw the same; false: there is none. */
bool cache_replay(Session *session, Result *result) __attribute__((warn_unused_result));
/* Reads the pack. */
void cache_open_pack(Session *session);
/* The file is what it was and holds nothing that runs on a loop: it need not be opened. */
bool cache_skips(Session *session, size_t item) __attribute__((warn_unused_result));
/* The file's bytes; true: whether it is wanted and its classes are known from an earlier run. */
bool cache_take(Session *session, size_t item, Str bytes) __attribute__((warn_unused_result));
/* The saved facts of these bytes, or NULL. */
Facts *cache_facts(Cache *cache, Arena *arena, Names *names, Parser *parser, Str path, Str bytes, Str text);
/* After the run: leaves pack and result for the next one. */
void cache_keep(Session *session, const Result *result);

#endif
