#include <string.h>

#include "base/pool.h"
#include "project/modules.h"
#include "python/facts_blob.h"
#include "session/manifest.h"
#include "session/result_blob.h"
#include "session/session_state.h"
#include "base/banned.h"

/* An entry that nobody asked for so long is dropped. */
enum { KEPT_DAYS = 30 };

/* One file that the run read, or knew without reading. */
typedef struct Kept {
    PackEntry entry;
    const Unit *unit; /* NULL: it was not analysed */
    Buf facts;        /* what is saved anew */
    bool is_new;      /* not as it stands in the pack */
    bool is_unsure;   /* it changed while the run looked at it, or cannot be told by its stamp */
} Kept;

typedef struct Keeping {
    Session *session;
    VEC(Kept) files;
    bool is_unsure; /* the result is of no one moment */
    bool is_new;    /* the pack has to be written */
} Keeping;

/* --- what was read --- */

static void add_file(Keeping *keeping, size_t item, const Unit *unit)
{
    Session *session = keeping->session;
    const CachedFile *file = &session->cache.files[item];
    bool is_told = file->is_known && file->is_stamped;
    if (is_told) {
        vec_add(&keeping->files, ((Kept){.entry = {.path = session->found.files[item].path,
                                                   .stamp = file->stamp,
                                                   .looked_ns = file->looked_ns,
                                                   .content = file->content,
                                                   .examined = true,
                                                   .wanted = file->wanted,
                                                   .classes = file->classes,
                                                   .facts = {"", 0}},
                                         .unit = unit}));
    } else if (session_is_in_scope(session, item)) {
        keeping->is_unsure = true;
    }
}

static void add_module(Keeping *keeping, const Unit *unit)
{
    FileStamp stamp;
    if (!stamp_read(unit->path.ptr, STAMP_FILE, &stamp)) {
        keeping->is_unsure = true;
        return;
    }
    vec_add(&keeping->files, ((Kept){.entry = {.path = unit->path,
                                               .stamp = stamp,
                                               .looked_ns = keeping->session->cache.begun_ns,
                                               .content = store_hash(unit->bytes),
                                               .classes = {"", 0},
                                               .facts = {"", 0}},
                                     .unit = unit}));
}

static void gather(Keeping *keeping)
{
    Session *session = keeping->session;
    const Program *program = &session->program;
    size_t count = session->found.file_count;
    const Unit **units = arena_array(&session->arena, count, sizeof *units);
    for (size_t i = 0; i < program->units.count; i++) {
        const Unit *unit = program->units.items[i];
        uint32_t item = unit->module_file ? unit->module_file->file : UINT32_MAX;
        if (item < count && session->cache.files[item].is_known)
            units[item] = unit;
        else
            add_module(keeping, unit);
    }
    for (size_t i = 0; i < count; i++)
        add_file(keeping, i, units[i]);
}

/* --- the pack --- */

static bool is_same_entry(const PackEntry *entry, const PackEntry *old, int64_t begun_ns)
{
    if (!stamp_equal(&entry->stamp, &old->stamp) || entry->examined != old->examined) return false;
    return stamp_is_settled(&old->stamp, old->looked_ns) || !stamp_is_settled(&entry->stamp, begun_ns);
}

/* What does not parse is said only of what this run read: no more of it may come out of the cache. */
static bool may_be_saved(const Facts *facts)
{
    size_t damages;
    facts_damages(facts, &damages);
    return damages == 0 && facts_limits_reached(facts) == 0;
}

static void keep_facts(Kept *kept, const PackEntry *old)
{
    const Facts *facts = kept->unit->facts;
    PackEntry *entry = &kept->entry;
    entry->nodes = facts_node_count(facts);
    entry->bytes_parsed = facts_bytes_parsed(facts);
    if (!may_be_saved(facts)) return;
    if (old && old->facts.len && old->nodes == entry->nodes && old->bytes_parsed == entry->bytes_parsed) {
        entry->facts = old->facts;
        return;
    }
    facts_save(facts, &kept->facts);
    entry->facts = buf_str(&kept->facts);
    kept->is_new = true;
}

static void keep_file(void *context, size_t item, size_t worker)
{
    (void)worker;
    Keeping *keeping = context;
    const Cache *cache = &keeping->session->cache;
    Kept *kept = &keeping->files.items[item];
    PackEntry *entry = &kept->entry;
    const PackEntry *old = pack_find(&cache->pack, entry->path);
    if (old && !store_key_equal(old->content, entry->content)) old = NULL;
    if (old && !entry->examined && old->examined) {
        entry->examined = true;
        entry->wanted = old->wanted;
        entry->classes = old->classes;
    }
    kept->is_new = !old || !is_same_entry(entry, old, cache->begun_ns);
    if (kept->unit && !store_key_equal(store_hash(kept->unit->bytes), entry->content)) {
        kept->is_unsure = true;
    } else if (kept->unit) {
        keep_facts(kept, old);
    } else if (old) {
        entry->nodes = old->nodes;
        entry->bytes_parsed = old->bytes_parsed;
        entry->facts = old->facts;
    }
}

/* A path that two units have is told once. */
static size_t once_each(PackEntry *entries, size_t count)
{
    size_t kept = 0;
    if (count) qsort(entries, count, sizeof *entries, pack_entry_compare);
    for (size_t i = 0; i < count; i++)
        if (!kept || !str_equal(entries[i].path, entries[kept - 1].path)) entries[kept++] = entries[i];
    return kept;
}

/* What another run of another part read stays while its file does. */
static void add_others(Keeping *keeping, FactsPack *pack)
{
    const FactsPack *old = &keeping->session->cache.pack, known = *pack;
    for (size_t i = 0; i < old->count; i++) {
        FileStamp stamp;
        if (pack_find(&known, old->entries[i].path)) continue;
        if (stamp_read(old->entries[i].path.ptr, STAMP_FILE, &stamp))
            pack->entries[pack->count++] = old->entries[i];
        else
            keeping->is_new = true;
    }
}

static void write_pack(Keeping *keeping)
{
    Cache *cache = &keeping->session->cache;
    size_t most = keeping->files.count + cache->pack.count;
    FactsPack pack = {.entries = arena_array(&keeping->session->arena, most, sizeof *pack.entries)};
    for (size_t i = 0; i < keeping->files.count; i++) {
        keeping->is_new = keeping->is_new || keeping->files.items[i].is_new;
        if (!keeping->files.items[i].is_unsure) pack.entries[pack.count++] = keeping->files.items[i].entry;
    }
    pack.count = once_each(pack.entries, pack.count);
    add_others(keeping, &pack);
    if (!keeping->is_new) return;
    Buf bytes;
    buf_init(&bytes);
    pack_save(&pack, &bytes);
    if (!store_write(&cache->store, cache->pack_key, buf_str(&bytes))) buf_clear(&bytes);
    buf_free(&bytes);
}

/* --- the result --- */

static Seen seen_directory(Keeping *keeping, const char *path)
{
    Seen seen = {
        .kind = SEEN_DIRECTORY, .path = str_from(path), .looked_ns = keeping->session->cache.begun_ns};
    bool is_seen = stamp_read(path, STAMP_DIRECTORY, &seen.stamp) && manifest_list(path, &seen.content);
    /* What the run found in it may be less or more than what is there now. */
    if (!is_seen || seen.stamp.modified_ns >= seen.looked_ns) keeping->is_unsure = true;
    return seen;
}

static Manifest seen_by(Keeping *keeping)
{
    Session *session = keeping->session;
    size_t looks = modules_look_count(session->modules);
    Manifest seen = {.items = arena_array(&session->arena, keeping->files.count + looks, sizeof *seen.items)};
    for (size_t i = 0; i < keeping->files.count; i++) {
        const PackEntry *entry = &keeping->files.items[i].entry;
        keeping->is_unsure = keeping->is_unsure || keeping->files.items[i].is_unsure;
        seen.items[seen.count++] =
            (Seen){SEEN_FILE, entry->path, entry->stamp, entry->looked_ns, entry->content};
    }
    for (size_t i = 0; i < looks; i++) {
        ModulesLook look = modules_look(session->modules, i);
        if (look.kind == LOOK_LISTED)
            seen.items[seen.count++] = seen_directory(keeping, look.directory);
        else if (look.kind != LOOK_NONE)
            seen.items[seen.count++] = (Seen){.kind = look.kind == LOOK_INIT ? SEEN_INIT : SEEN_NO_INIT,
                                              .path = str_from(look.directory)};
    }
    return seen;
}

static void write_result(Keeping *keeping, const Manifest *seen, const Result *result)
{
    Cache *cache = &keeping->session->cache;
    Buf bytes;
    buf_init(&bytes);
    bytes_add_key(&bytes, cache->state);
    manifest_save(seen, &bytes);
    result_save(result, &bytes);
    if (!store_write(&cache->store, cache->result_key, buf_str(&bytes))) buf_clear(&bytes);
    buf_free(&bytes);
}

void cache_keep(Session *session, const Result *result)
{
    if (!session->cache.is_used) return;
    Keeping keeping = {.session = session};
    gather(&keeping);
    pool_run(session->threads, keeping.files.count, keep_file, &keeping);
    /* Before the cache's own directory is made in one that was listed. */
    Manifest seen = seen_by(&keeping);
    write_pack(&keeping);
    if (!keeping.is_unsure) write_result(&keeping, &seen, result);
    store_prune(&session->cache.store, KEPT_DAYS);
    for (size_t i = 0; i < keeping.files.count; i++)
        buf_free(&keeping.files.items[i].facts);
    vec_free(&keeping.files);
}
