/* facts_pack.h - what the last run read off every file, in one entry of the cache.
 *
 *   index: path, stamp, content, triggers, classes, length of the facts │ facts blob │ facts blob │ …
 *
 * Shape   entries sorted by path, each path once; the blobs are aligned for facts_load.
 * Owner   what is loaded borrows from the bytes and the arena.
 * Errors  bytes that do not fit give false; what a blob holds is facts_load's to judge.
 * Threads pack_find: any. */
#ifndef LOOPSAFE_SESSION_FACTS_PACK_H
#define LOOPSAFE_SESSION_FACTS_PACK_H

#include "session/bytes.h"
#include "session/stamp.h"

typedef struct PackEntry {
    Str path; /* as it is opened */
    FileStamp stamp;
    int64_t looked_ns;            /* when the content was looked at, or before */
    StoreKey content;             /* hash of the bytes */
    bool examined;                /* wanted and classes are known: the file was in scope */
    bool wanted;                  /* it holds a trigger */
    Str classes;                  /* base NUL name NUL, for each pair */
    uint64_t nodes, bytes_parsed; /* of the facts: how far they were read */
    Str facts;                    /* a facts blob, or empty */
} PackEntry;

typedef struct FactsPack {
    PackEntry *entries;
    size_t count;
} FactsPack;

/* By path. */
int pack_entry_compare(const void *left, const void *right);
/* Sorts the entries. */
void pack_save(FactsPack *pack, Buf *out);
bool pack_load(Arena *arena, Str bytes, FactsPack *pack) __attribute__((warn_unused_result));
const PackEntry *pack_find(const FactsPack *pack, Str path);

#endif
