/* Where a top-level name is looked for, best first:
 *
 *   the importing file's own root                          also for names of the standard library
 *   the directories above it, up to the base directory     for namespace packages
 *   base/src, base
 *   the other roots of the project that hold the name
 *   what editable installs map
 *   the environment's directories                          an installed module sees these and its own root only */
#include "project/modules_state.h"
#include "project/standard.h"
#include "base/banned.h"

static void add_place(Modules *modules, uint32_t directory)
{
    if (directory == DIRECTORY_NONE) return;
    list_add(modules->arena, &modules->places, ((Place){directory, UINT32_MAX}));
}

/* ---- the project's top-level names ---- */

static void add_top(Modules *modules, TopIndex *index, Name name, uint32_t directory)
{
    uint32_t number = modules->top_places.count, last = map_find(&index->last, name);
    if (last == MAP_NONE)
        map_put(&index->first, name, number);
    else if (modules->top_places.items[last].directory == directory)
        return;
    else
        modules->top_places.items[last].next = number;
    map_put(&index->last, name, number);
    list_add(modules->arena, &modules->top_places, ((TopPlace){directory, UINT32_MAX}));
}

static Directory *directory_at(const Modules *modules, uint32_t directory)
{
    return &modules->directories.all.items[directory];
}

/* The regular package right below the root that holds the directory. */
static void add_package(Modules *modules, uint32_t root, uint32_t directory)
{
    while (directory_at(modules, directory)->parent != root)
        directory = directory_at(modules, directory)->parent;
    Directory *package = directory_at(modules, directory);
    if (package->is_top) return;
    package->is_top = true;
    add_top(modules, &modules->regular, package->name, root);
}

/* Directories from a root up to the base may be namespace packages below the one above them. */
static void add_namespaces(Modules *modules, uint32_t root)
{
    if (!directories_within(&modules->directories, root, modules->base)) return;
    while (root != modules->base && !directory_at(modules, root)->is_top) {
        Directory *directory = directory_at(modules, root);
        directory->is_top = true;
        root = directory->parent;
        if (!directories_have_init(&modules->directories, root))
            add_top(modules, &modules->namespace, directory->name, root);
    }
}

static void add_tops(Modules *modules)
{
    map_init(&modules->regular.first, modules->arena);
    map_init(&modules->regular.last, modules->arena);
    map_init(&modules->namespace.first, modules->arena);
    map_init(&modules->namespace.last, modules->arena);
    for (size_t i = 0; i < modules->file_count; i++) {
        const Source *source = &modules->directories.sources.items[i];
        uint32_t root = directories_root(&modules->directories, source->directory);
        if (source->directory != root)
            add_package(modules, root, source->directory);
        else
            add_top(modules, &modules->regular, source->stem, root);
        add_namespaces(modules, root);
    }
    modules->has_tops = true;
}

static void add_from_index(Modules *modules, const TopIndex *index, Name top)
{
    for (uint32_t i = map_find(&index->first, top); i != MAP_NONE; i = modules->top_places.items[i].next)
        add_place(modules, modules->top_places.items[i].directory);
}

/* ---- the order ---- */

static void add_above(Modules *modules, uint32_t root)
{
    if (!directories_within(&modules->directories, root, modules->base)) return;
    while (root != modules->base) {
        root = directory_at(modules, root)->parent;
        if (!directories_have_init(&modules->directories, root)) add_place(modules, root);
    }
}

static void add_project(Modules *modules, const Root *root, Name top)
{
    if (!modules->has_tops) add_tops(modules);
    add_above(modules, root->directory);
    add_place(modules, modules->base_source);
    add_place(modules, modules->base);
    add_from_index(modules, &modules->regular, top);
    add_from_index(modules, &modules->namespace, top);
}

static void add_installed(Modules *modules, Name top)
{
    for (uint32_t i = 0; i < modules->editables.count; i++)
        if (modules->editables.items[i].top == top)
            list_add(modules->arena, &modules->places, ((Place){DIRECTORY_NONE, i}));
    for (uint32_t i = 0; i < modules->environment.count; i++)
        add_place(modules, modules->environment.items[i]);
}

/* A namespace package inside site-packages is no place that Python searches. */
static bool is_below_environment(const Modules *modules, uint32_t directory)
{
    for (; directory != DIRECTORY_NONE; directory = directory_at(modules, directory)->parent)
        if (directory_at(modules, directory)->is_environment) return true;
    return false;
}

void places_add_own(Modules *modules, const Root *root, Name top)
{
    if (standard_is_fixed(name_str(top))) return;
    bool is_on_path = !root->is_installed ||
                      (!standard_has(name_str(top)) && !is_below_environment(modules, root->directory));
    if (is_on_path) add_place(modules, root->directory);
}

void places_add_others(Modules *modules, const Root *root, Name top)
{
    if (standard_is_fixed(name_str(top)) || standard_has(name_str(top))) return;
    if (!root->is_installed) add_project(modules, root, top);
    add_installed(modules, top);
}

bool places_end_at(const Modules *modules, uint32_t directory)
{
    const Directory *one = directory_at(modules, directory);
    return directory == modules->base || one->is_environment || str_equal(name_str(one->name), STR("src"));
}
