#include "program/paths.h"

#include <string.h>

#include "program/types.h"
#include "base/banned.h"

enum { FIRST_SIZE = 1024 };

void paths_init(Paths *paths, Arena *arena, const Catalogue *catalogue)
{
    *paths = (Paths){.arena = arena, .catalogue = catalogue, .size = FIRST_SIZE, .below_size = FIRST_SIZE};
    paths->entries = memory_alloc(FIRST_SIZE * sizeof *paths->entries);
    memset(paths->entries, 0, FIRST_SIZE * sizeof *paths->entries);
    paths->below = memory_alloc(FIRST_SIZE * sizeof *paths->below);
    memset(paths->below, 0, FIRST_SIZE * sizeof *paths->below);
}

void paths_free(Paths *paths)
{
    free(paths->entries);
    free(paths->below);
}

/* --- by text --- */

static PathEntry **slot_of(PathEntry **entries, size_t size, Str path, uint32_t hash)
{
    size_t at = hash & (size - 1);
    while (entries[at] && (entries[at]->hash != hash || !str_equal(entries[at]->path, path)))
        at = (at + 1) & (size - 1);
    return &entries[at];
}

static void grow_entries(Paths *paths)
{
    size_t size = paths->size * 2;
    PathEntry **larger = memory_alloc(size * sizeof *larger);
    memset(larger, 0, size * sizeof *larger);
    for (size_t i = 0; i < paths->size; i++) {
        PathEntry *entry = paths->entries[i];
        if (entry) *slot_of(larger, size, entry->path, entry->hash) = entry;
    }
    free(paths->entries);
    paths->entries = larger;
    paths->size = size;
}

static PathEntry *new_entry(Paths *paths, Str path, uint32_t hash)
{
    const Catalogue *catalogue = paths->catalogue;
    PathEntry *entry = arena_alloc(paths->arena, sizeof *entry);
    Handover handover;
    entry->path = str_copy(paths->arena, path);
    entry->hash = hash;
    entry->has_rule = catalogue_find(catalogue, path, &entry->rule);
    entry->has_handover = catalogue_handover(catalogue, path, 0, &handover);
    entry->traits = catalogue_traits(catalogue, path);
    entry->attribute = catalogue_attribute(catalogue, path);
    entry->returns = catalogue_returns(catalogue, path);
    entry->is_known = entry->has_rule || entry->has_handover || entry->attribute.len || entry->returns.len ||
                      entry->traits & TRAITS_OF_WAITING || catalogue_is_type(catalogue, path) ||
                      type_is_of_language(path);
    return entry;
}

static PathEntry *entry_of(Paths *paths, Str path)
{
    uint32_t hash = str_hash(path);
    PathEntry **slot = slot_of(paths->entries, paths->size, path, hash);
    if (*slot) return *slot;
    if (paths->count * 2 >= paths->size) {
        grow_entries(paths);
        slot = slot_of(paths->entries, paths->size, path, hash);
    }
    *slot = new_entry(paths, path, hash);
    paths->count++;
    return *slot;
}

const PathEntry *paths_find(Paths *paths, Str path)
{
    return entry_of(paths, path);
}

enum { SHORT_PATH = 120 };

static PathEntry *joined_entry(Paths *paths, Str above, Name name)
{
    char text[SHORT_PATH];
    Str last = name_str(name);
    size_t length = above.len + 1 + last.len;
    if (length > sizeof text) return entry_of(paths, str_join(paths->arena, above, STR("."), last));
    memcpy(text, above.ptr, above.len);
    text[above.len] = '.';
    memcpy(text + above.len + 1, last.ptr, last.len);
    return entry_of(paths, (Str){text, length});
}

Str paths_joined(Paths *paths, Str above, Name name)
{
    return joined_entry(paths, above, name)->path;
}

bool paths_know_member(Paths *paths, Str class, Name name)
{
    PathEntry *entry = joined_entry(paths, class, name);
    Rule rule;
    if (!entry->member_asked) {
        entry->member_asked = true;
        entry->is_member = entry->attribute.len || entry->returns.len ||
                           catalogue_member(paths->catalogue, class, name_str(name), &rule);
    }
    return entry->is_member;
}

/* --- by the entry above and a name --- */

static PathBelow *below_slot(PathBelow *below, size_t size, const PathEntry *above, Name name)
{
    size_t at = (above->hash * 31u ^ name->hash) & (size - 1);
    while (below[at].above && (below[at].above != above || below[at].name != name))
        at = (at + 1) & (size - 1);
    return &below[at];
}

static void grow_below(Paths *paths)
{
    size_t size = paths->below_size * 2;
    PathBelow *larger = memory_alloc(size * sizeof *larger);
    memset(larger, 0, size * sizeof *larger);
    for (size_t i = 0; i < paths->below_size; i++) {
        PathBelow *old = &paths->below[i];
        if (old->above) *below_slot(larger, size, old->above, old->name) = *old;
    }
    free(paths->below);
    paths->below = larger;
    paths->below_size = size;
}

const PathEntry *paths_below(Paths *paths, Str path, Name name)
{
    const PathEntry *above = entry_of(paths, path);
    PathBelow *slot = below_slot(paths->below, paths->below_size, above, name);
    if (slot->above) return slot->entry;
    Str joined = str_join(paths->arena, above->path, STR("."), name_str(name));
    PathEntry *entry = entry_of(paths, catalogue_canonical(paths->catalogue, joined));
    if (paths->below_count * 2 >= paths->below_size) {
        grow_below(paths);
        slot = below_slot(paths->below, paths->below_size, above, name);
    }
    *slot = (PathBelow){above, name, entry};
    paths->below_count++;
    return entry;
}
