#include "session/cache.h"

#include "python/facts_blob.h"
#include "session/cache_key.h"
#include "session/manifest.h"
#include "session/result_blob.h"
#include "session/session_state.h"
#include "base/banned.h"

static const char *directory_of(Session *session)
{
    const Options *options = &session->options;
    if (options->cache_directory) return options->cache_directory;
    Str base = str_from(options->base_directory);
    return str_join(&session->arena, base, STR("/" STORE_DIRECTORY), STR("")).ptr;
}

void cache_begin(Session *session)
{
    Cache *cache = &session->cache;
    cache->files = arena_array(&session->arena, session->found.file_count, sizeof *cache->files);
    if (session->options.no_cache) return;
    cache->begun_ns = stamp_now_ns();
    cache->store = store_open(&session->arena, directory_of(session));
    cache->is_used = cache_state(session, &cache->state);
    cache->pack_key = cache_key_of_pack(session);
    cache->result_key = cache_key_of_result(session);
}

/* --- the result --- */

/* The result stays where it is, behind a manifest that is up to date. */
static void renew(Cache *cache, const Manifest *manifest, Str result)
{
    Buf entry;
    buf_init(&entry);
    bytes_add_key(&entry, cache->state);
    manifest_save(manifest, &entry);
    buf_add(&entry, result);
    if (!store_write(&cache->store, cache->result_key, buf_str(&entry))) buf_clear(&entry);
    buf_free(&entry);
}

bool cache_replay(Session *session, Result *result)
{
    Cache *cache = &session->cache;
    Str entry;
    if (!cache->is_used || !store_read(&cache->store, cache->result_key, &entry)) return false;
    ByteReader reader = {.left = entry};
    if (!store_key_equal(bytes_key(&reader), cache->state)) return false;
    Manifest manifest;
    bool renewed;
    if (!manifest_load(&session->arena, &reader, &manifest)) return false;
    if (!manifest_holds(&manifest, session->threads, cache->begun_ns, &renewed)) return false;
    Str saved = reader.left;
    if (!result_load(&session->arena, &reader, result)) return false;
    result->counters.files_found = session->found.file_count;
    result->counters.files_skipped = result->out_of_scope_count;
    result->counters.result_from_cache = 1;
    if (renewed) renew(cache, &manifest, saved);
    return true;
}

/* --- the pack --- */

void cache_open_pack(Session *session)
{
    Cache *cache = &session->cache;
    Str bytes;
    if (!cache->is_used || !store_read(&cache->store, cache->pack_key, &bytes)) return;
    if (!pack_load(&session->arena, bytes, &cache->pack)) cache->pack = (FactsPack){0};
}

bool cache_skips(Session *session, size_t item)
{
    Cache *cache = &session->cache;
    CachedFile *file = &cache->files[item];
    if (!cache->is_used) return false;
    Str path = session->found.files[item].path;
    if (overlay_find(session->options.overlay, path.ptr)) return false;
    file->is_stamped = stamp_read(path.ptr, STAMP_FILE, &file->stamp);
    const PackEntry *entry = pack_find(&cache->pack, path);
    if (!file->is_stamped || !entry || !entry->examined || entry->wanted) return false;
    if (!stamp_equal(&file->stamp, &entry->stamp) || !stamp_is_settled(&file->stamp, entry->looked_ns))
        return false;
    file->is_known = true;
    file->content = entry->content;
    file->looked_ns = entry->looked_ns;
    file->classes = entry->classes;
    file->entry = entry;
    atomic_fetch_add(&cache->loaded, 1);
    return true;
}

bool cache_take(Session *session, size_t item, Str bytes)
{
    Cache *cache = &session->cache;
    CachedFile *file = &cache->files[item];
    if (!cache->is_used) return false;
    file->is_known = true;
    file->content = store_hash(bytes);
    file->looked_ns = cache->begun_ns;
    const PackEntry *entry = pack_find(&cache->pack, session->found.files[item].path);
    if (!entry || !store_key_equal(entry->content, file->content)) return false;
    file->entry = entry;
    if (!entry->examined) return false;
    file->wanted = entry->wanted;
    file->classes = entry->classes;
    return true;
}

Facts *cache_facts(Cache *cache, Arena *arena, Names *names, Parser *parser, Str path, Str bytes, Str text)
{
    const PackEntry *entry = pack_find(&cache->pack, path);
    if (!entry || !entry->facts.len || !store_key_equal(entry->content, store_hash(bytes))) return NULL;
    Facts *facts = facts_load(arena, names, parser, text, entry->facts);
    if (facts) atomic_fetch_add(&cache->loaded, 1);
    return facts;
}
