#include "session/facts_pack.h"

#include <stdlib.h>

#include "base/banned.h"

enum { ALIGNMENT = 16, LEAST_BYTES = 2 + 5 + sizeof(StoreKey) + 2 + 2 + 3 };

static size_t padding_of(size_t bytes)
{
    return (ALIGNMENT - bytes % ALIGNMENT) % ALIGNMENT;
}

int pack_entry_compare(const void *left, const void *right)
{
    return str_compare(((const PackEntry *)left)->path, ((const PackEntry *)right)->path);
}

static void save_entry(const PackEntry *entry, Buf *out)
{
    bytes_add_text(out, entry->path);
    bytes_add_number(out, entry->stamp.bytes);
    bytes_add_number(out, entry->stamp.inode);
    bytes_add_number(out, (uint64_t)entry->stamp.modified_ns);
    bytes_add_number(out, (uint64_t)entry->stamp.changed_ns);
    bytes_add_number(out, (uint64_t)entry->looked_ns);
    bytes_add_key(out, entry->content);
    bytes_add_number(out, entry->examined);
    bytes_add_number(out, entry->wanted);
    bytes_add_text(out, entry->classes);
    bytes_add_number(out, entry->nodes);
    bytes_add_number(out, entry->bytes_parsed);
    bytes_add_number(out, entry->facts.len);
}

void pack_save(FactsPack *pack, Buf *out)
{
    if (pack->count) qsort(pack->entries, pack->count, sizeof *pack->entries, pack_entry_compare);
    bytes_add_number(out, pack->count);
    for (size_t i = 0; i < pack->count; i++)
        save_entry(&pack->entries[i], out);
    for (size_t i = 0; i < pack->count; i++) {
        if (!pack->entries[i].facts.len) continue;
        buf_add_repeat(out, '\0', padding_of(out->len));
        buf_add(out, pack->entries[i].facts);
    }
}

/* The facts' place is not known yet: only their length is. */
static void load_entry(ByteReader *reader, PackEntry *entry)
{
    entry->path = bytes_text(reader);
    entry->stamp.bytes = bytes_number(reader);
    entry->stamp.inode = bytes_number(reader);
    entry->stamp.modified_ns = (int64_t)bytes_number(reader);
    entry->stamp.changed_ns = (int64_t)bytes_number(reader);
    entry->looked_ns = (int64_t)bytes_number(reader);
    entry->content = bytes_key(reader);
    entry->examined = bytes_flag(reader);
    entry->wanted = bytes_flag(reader);
    entry->classes = bytes_text(reader);
    entry->nodes = bytes_number(reader);
    entry->bytes_parsed = bytes_number(reader);
    entry->facts = (Str){"", (size_t)bytes_number(reader)};
}

static bool place_facts(Str bytes, size_t at, FactsPack *pack)
{
    for (size_t i = 0; i < pack->count; i++) {
        Str *facts = &pack->entries[i].facts;
        if (!facts->len) continue;
        at += padding_of(at);
        if (at > bytes.len || facts->len > bytes.len - at) return false;
        *facts = (Str){bytes.ptr + at, facts->len};
        at += facts->len;
    }
    return at == bytes.len;
}

bool pack_load(Arena *arena, Str bytes, FactsPack *pack)
{
    ByteReader reader = {.left = bytes};
    pack->count = bytes_count(&reader, LEAST_BYTES);
    pack->entries = arena_array(arena, pack->count, sizeof *pack->entries);
    for (size_t i = 0; i < pack->count && !reader.bad; i++) {
        load_entry(&reader, &pack->entries[i]);
        if (i && pack_entry_compare(&pack->entries[i - 1], &pack->entries[i]) >= 0) reader.bad = true;
    }
    if (!reader.bad && place_facts(bytes, bytes.len - reader.left.len, pack)) return true;
    *pack = (FactsPack){0};
    return false;
}

const PackEntry *pack_find(const FactsPack *pack, Str path)
{
    if (!pack->count) return NULL;
    PackEntry wanted = {.path = path};
    return bsearch(&wanted, pack->entries, pack->count, sizeof *pack->entries, pack_entry_compare);
}
