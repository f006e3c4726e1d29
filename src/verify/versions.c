#include "verify/versions.h"

#include "base/io.h"
#include "base/limits.h"
#include "verify/statement.h"
#include "base/banned.h"

typedef struct VersionNode {
    Version version;
    struct VersionNode *next;
} VersionNode;

struct Versions {
    Arena *arena;
    const char *folders[TREES];
    VersionNode *first;
};

Versions *versions_new(Arena *arena, const char *const folders[TREES])
{
    Versions *versions = arena_alloc(arena, sizeof *versions);
    *versions = (Versions){.arena = arena};
    for (size_t tree = 0; tree < TREES; tree++)
        versions->folders[tree] = folders[tree];
    return versions;
}

static Str read_text(const Versions *versions, size_t tree, Str path)
{
    Str text = STR("");
    if (!versions->folders[tree]) return text;
    Str file = str_join(versions->arena, str_from(versions->folders[tree]), STR("/"), path);
    return io_read_file(versions->arena, file.ptr, LIMIT_FILE_BYTES, &text) == IO_OK ? text : STR("");
}

static VersionNode *read_version(Versions *versions, Str path)
{
    VersionNode *node = arena_alloc(versions->arena, sizeof *node);
    *node = (VersionNode){.version = {.path = path}, .next = versions->first};
    for (size_t tree = 0; tree < TREES; tree++)
        node->version.texts[tree] = read_text(versions, tree, path);
    node->version.map =
        line_map_new(versions->arena, node->version.texts[TREE_BEFORE], node->version.texts[TREE_AFTER]);
    versions->first = node;
    return node;
}

const Version *versions_file(Versions *versions, Str path)
{
    VersionNode *node = versions->first;
    while (node && !str_equal(node->version.path, path))
        node = node->next;
    return node ? &node->version : &read_version(versions, path)->version;
}

bool versions_changed(Versions *versions, Str path, uint32_t after_row1)
{
    const Version *version = versions_file(versions, path);
    if (!after_row1 || !version->map.count) return false;
    return line_map_touches(&version->map, function_rows(version->texts[TREE_AFTER], after_row1));
}
