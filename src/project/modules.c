#include "project/modules.h"

#include "project/modules_state.h"
#include "base/banned.h"

/* ---- paths as they are opened ---- */

/* Relative to the working directory when below it, as discovered files are shown. */
static Str shown(const Modules *modules, Str path)
{
    Str working = modules->directories.all.items[modules->directories.working].path;
    bool is_below = path.len > working.len && path.ptr[working.len] == '/' && str_starts(path, working);
    return is_below ? str_part(path, working.len + 1, path.len) : path;
}

static const char *source_path(const Modules *modules, const Source *source)
{
    if (source->file != UINT32_MAX) return modules->files[source->file].path.ptr;
    Str directory = modules->directories.all.items[source->directory].path;
    Str name = str_join(modules->arena, STR("/"), name_str(source->stem), STR(".py"));
    return shown(modules, str_join(modules->arena, directory, name, STR(""))).ptr;
}

/* ---- roots ---- */

static bool is_packages_name(Name name)
{
    return str_equal(name_str(name), STR("site-packages")) || str_equal(name_str(name), STR("dist-packages"));
}

/* Whether what is found below belongs to somebody else: the nearest directory that says so decides. */
static bool is_installed(const Modules *modules, uint32_t directory)
{
    for (; directory != DIRECTORY_NONE && directory != modules->base;) {
        const Directory *one = &modules->directories.all.items[directory];
        if (is_packages_name(one->name)) return true;
        if (one->is_project_root) return false;
        if (one->is_environment) return true;
        directory = one->parent;
    }
    return directory != modules->base;
}

static uint32_t grown_count(const Modules *modules, uint32_t count)
{
    uint32_t needed = modules->directories.all.count;
    return needed > count * 2 ? needed : count * 2;
}

static void make_room_for_roots(Modules *modules)
{
    uint32_t count = grown_count(modules, modules->root_of_count);
    uint32_t *larger = arena_array(modules->arena, count, sizeof *larger);
    for (uint32_t i = 0; i < count; i++)
        larger[i] = i < modules->root_of_count ? modules->root_of[i] : UINT32_MAX;
    modules->root_of = larger;
    modules->root_of_count = count;
}

uint32_t modules_root_number(Modules *modules, uint32_t directory)
{
    if (directory >= modules->root_of_count) make_room_for_roots(modules);
    if (modules->root_of[directory] != UINT32_MAX) return modules->root_of[directory];
    Root root = {.directory = directory, .is_installed = is_installed(modules, directory)};
    map_init(&root.found, modules->arena);
    list_add(modules->arena, &modules->roots, root);
    return modules->root_of[directory] = modules->roots.count - 1;
}

static uint32_t root_of_source(Modules *modules, const Source *source)
{
    return modules_root_number(modules, directories_root(&modules->directories, source->directory));
}

/* ---- modules ---- */

static bool is_init(const Modules *modules, const Source *source)
{
    return source->stem == modules->directories.init;
}

static Str joined(Arena *arena, Str left, Str right)
{
    if (!left.len || !right.len) return left.len ? left : right;
    return str_join(arena, left, STR("."), right);
}

static Str source_name(const Modules *modules, const Source *source, uint32_t root)
{
    Str package = directories_dotted(&modules->directories, modules->arena, root, source->directory);
    if (is_init(modules, source) && package.len) return package;
    return joined(modules->arena, package, name_str(source->stem));
}

static ModuleRecord *new_record(Modules *modules, uint32_t source_number)
{
    Source source = modules->directories.sources.items[source_number];
    uint32_t root = root_of_source(modules, &source);
    const Root *below = &modules->roots.items[root];
    ModuleRecord *record = arena_alloc(modules->arena, sizeof *record);
    bool is_project = source.file != UINT32_MAX || !below->is_installed;
    record->module = (Module){.name = source_name(modules, &source, below->directory),
                              .path = source_path(modules, &source),
                              .origin = is_project ? MODULE_PROJECT : MODULE_INSTALLED,
                              .is_package = is_init(modules, &source),
                              .file = source.file,
                              .root = root};
    record->modules = modules;
    record->directory = source.directory;
    return record;
}

static void make_room_for_records(Modules *modules)
{
    uint32_t needed = modules->directories.sources.count, count = modules->record_count * 2;
    if (count < needed) count = needed;
    ModuleRecord **larger = arena_array(modules->arena, count, sizeof *larger);
    for (uint32_t i = 0; i < modules->record_count; i++)
        larger[i] = modules->records[i];
    modules->records = larger;
    modules->record_count = count;
}

const Module *modules_of_source(Modules *modules, uint32_t source)
{
    if (source >= modules->record_count) make_room_for_records(modules);
    if (!modules->records[source]) modules->records[source] = new_record(modules, source);
    return &modules->records[source]->module;
}

const Module *modules_of_file(Modules *modules, size_t file)
{
    return modules_of_source(modules, (uint32_t)file);
}

const DiscoveredFile *modules_files(const Modules *modules, size_t *count)
{
    *count = modules->file_count;
    return modules->files;
}

/* ---- namespace packages ---- */

/* The directory below which the name's first part was found. */
static uint32_t directory_above(const Modules *modules, uint32_t directory, Str name)
{
    for (size_t dot = 0; dot != SIZE_MAX; name = str_part(name, dot + 1, name.len)) {
        uint32_t parent = modules->directories.all.items[directory].parent;
        if (parent == DIRECTORY_NONE) break;
        directory = parent;
        dot = str_find_byte(name, '.');
    }
    return directory;
}

static ModuleRecord *new_namespace(Modules *modules, uint32_t directory, Str name)
{
    uint32_t root = modules_root_number(modules, directory_above(modules, directory, name));
    ModuleRecord *record = arena_alloc(modules->arena, sizeof *record);
    record->module = (Module){.name = name_str(names_intern(modules->names, name)),
                              .origin = is_installed(modules, directory) ? MODULE_INSTALLED : MODULE_PROJECT,
                              .is_package = true,
                              .file = UINT32_MAX,
                              .root = root};
    record->modules = modules;
    record->directory = directory;
    return record;
}

/* The first namespace package of a directory stands in the list; the others follow it. */
static ModuleRecord **namespaces_of(Modules *modules, uint32_t directory)
{
    Name path = names_intern(modules->names, modules->directories.all.items[directory].path);
    uint32_t known = map_find(&modules->namespaces, path);
    if (known == MAP_NONE) {
        known = modules->namespace_heads.count;
        list_add(modules->arena, &modules->namespace_heads, NULL);
        map_put(&modules->namespaces, path, known);
    }
    return &modules->namespace_heads.items[known];
}

const Module *modules_namespace(Modules *modules, uint32_t directory, Str name)
{
    ModuleRecord **head = namespaces_of(modules, directory);
    for (ModuleRecord *record = *head; record; record = record->sibling)
        if (str_equal(record->module.name, name)) return &record->module;
    ModuleRecord *record = new_namespace(modules, directory, name);
    record->sibling = *head;
    *head = record;
    return &record->module;
}

/* ---- relative imports ---- */

static const ModuleRecord *record_of(const Module *module)
{
    return (const ModuleRecord *)module;
}

/* The directory's name as a package that has no `__init__.py`: below the nearest place of the search path; "" when it
 * is such a place itself or none is above it. */
static Str namespace_name(Arena *arena, const Modules *modules, uint32_t directory)
{
    uint32_t upper = directory;
    while (upper != DIRECTORY_NONE && !places_end_at(modules, upper))
        upper = modules->directories.all.items[upper].parent;
    if (upper == DIRECTORY_NONE) return STR("");
    return directories_dotted(&modules->directories, arena, upper, directory);
}

/* The directory `level` means; DIRECTORY_NONE: above the file system's root. */
static uint32_t directory_of_level(const ModuleRecord *record, unsigned level)
{
    uint32_t directory = record->directory;
    for (unsigned i = 1; i < level && directory != DIRECTORY_NONE; i++)
        directory = record->modules->directories.all.items[directory].parent;
    return directory;
}

static Str package_name(Arena *arena, const Modules *modules, uint32_t root, uint32_t directory)
{
    bool is_regular = directory != root && directories_within(&modules->directories, directory, root);
    return is_regular ? directories_dotted(&modules->directories, arena, root, directory)
                      : namespace_name(arena, modules, directory);
}

Str modules_absolute(Arena *arena, const Module *from, unsigned level, Str name)
{
    const ModuleRecord *record = record_of(from);
    Modules *modules = record->modules;
    uint32_t root = modules->roots.items[from->root].directory;
    uint32_t directory = directory_of_level(record, level);
    if (directory == DIRECTORY_NONE) return STR("");
    bool is_beside = directory == root && level <= 1 && name.len;
    if (is_beside && search_has(modules, directory, name)) return str_copy(arena, name);
    Str package = package_name(arena, modules, root, directory);
    return package.len ? joined(arena, package, name) : STR("");
}

/* ---- look-up ---- */

const Module *modules_find(Modules *modules, const Module *from, Str name)
{
    if (!name.len) return NULL;
    Name key = names_intern(modules->names, name);
    uint32_t known = map_find(&modules->roots.items[from->root].found, key);
    if (known != MAP_NONE) return modules->answers.items[known];
    Root root = modules->roots.items[from->root];
    const Module *found = search_find(modules, &root, name_str(key));
    map_put(&modules->roots.items[from->root].found, key, modules->answers.count);
    list_add(modules->arena, &modules->answers, found);
    return found;
}

const Module *modules_find_prefix(Modules *modules, const Module *from, Str path, Str *rest)
{
    Str name = path;
    while (name.len) {
        const Module *found = modules_find(modules, from, name);
        *rest = str_part(path, name.len + 1, path.len);
        if (found) return found;
        size_t dot = str_find_last(name, '.');
        name = str_part(name, 0, dot == SIZE_MAX ? 0 : dot);
    }
    *rest = path;
    return NULL;
}

/* ---- setting up ---- */

static void add_file(Modules *modules, size_t file, Str *last_directory, uint32_t *last)
{
    Str path = modules->files[file].path;
    size_t slash = str_find_last(path, '/');
    Str directory = str_part(path, 0, slash == SIZE_MAX ? 0 : slash + 1);
    Str name = str_after_last(path, '/');
    if (!file || !str_equal(directory, *last_directory)) {
        *last = directories_get(&modules->directories, directory);
        *last_directory = directory;
    }
    directories_add_file(&modules->directories, *last, name, (uint32_t)file);
}

static void add_files(Modules *modules)
{
    Str directory = {0};
    uint32_t number = DIRECTORY_NONE;
    for (size_t i = 0; i < modules->file_count; i++)
        add_file(modules, i, &directory, &number);
}

static void add_environment(Modules *modules, const Environment *environment)
{
    for (size_t i = 0; i < environment->directory_count; i++) {
        uint32_t directory = directories_find(&modules->directories, str_from(environment->directories[i]));
        if (directory == DIRECTORY_NONE) continue;
        modules->directories.all.items[directory].is_environment = true;
        list_add(modules->arena, &modules->environment, directory);
    }
}

static Name first_part(Modules *modules, Str name)
{
    return names_intern(modules->names, str_part(name, 0, str_find_byte(name, '.')));
}

/* setuptools writes a module's path without its suffix, others with it. */
static Editable editable_file(Modules *modules, Str path)
{
    size_t slash = str_find_last(path, '/');
    Str stem = str_after_last(path, '/');
    if (str_ends(stem, STR(".py"))) stem.len -= strlen(".py");
    Str directory = slash == SIZE_MAX ? STR("") : str_part(path, 0, slash + 1);
    return (Editable){.directory = directories_find(&modules->directories, directory),
                      .stem = names_intern(modules->names, stem)};
}

static void add_editable(Modules *modules, const EditableModule *mapped)
{
    Str path = str_from(mapped->path);
    Editable editable = {.directory = directories_find(&modules->directories, path)};
    if (editable.directory == DIRECTORY_NONE) editable = editable_file(modules, path);
    if (editable.directory == DIRECTORY_NONE || !mapped->name.len) return;
    editable.name = mapped->name;
    editable.top = first_part(modules, mapped->name);
    list_add(modules->arena, &modules->editables, editable);
}

/* Directories of discovered files get their roots before anything is classified. */
static void mark_roots(Modules *modules)
{
    for (size_t i = 0; i < modules->file_count; i++) {
        uint32_t directory = modules->directories.sources.items[i].directory;
        uint32_t root = directories_root(&modules->directories, directory);
        modules->directories.all.items[root].is_project_root = true;
    }
    for (size_t i = 0; i < modules->file_count; i++)
        root_of_source(modules, &modules->directories.sources.items[i]);
}

Modules *modules_new(Arena *arena, Names *names, const DiscoveredFile *files, size_t file_count,
                     const char *base_directory, const Environment *environment)
{
    Modules *modules = arena_alloc(arena, sizeof *modules);
    *modules = (Modules){.arena = arena, .names = names, .files = files, .file_count = file_count};
    directories_init(&modules->directories, arena, names);
    map_init(&modules->namespaces, arena);
    add_files(modules);
    modules->base = directories_get(&modules->directories, str_from(base_directory));
    Str source = str_join(arena, modules->directories.all.items[modules->base].path, STR("/src"), STR(""));
    modules->base_source = directories_find(&modules->directories, source);
    if (environment) add_environment(modules, environment);
    for (size_t i = 0; environment && i < environment->editable_count; i++)
        add_editable(modules, &environment->editables[i]);
    mark_roots(modules);
    return modules;
}

/* ---- what was asked ---- */

size_t modules_look_count(const Modules *modules)
{
    return modules->directories.all.count;
}

ModulesLook modules_look(const Modules *modules, size_t index)
{
    const Directory *directory = &modules->directories.all.items[index];
    ModulesLook look = {.directory = directory->path.len ? directory->path.ptr : "/"};
    if (directory->is_listed)
        look.kind = LOOK_LISTED;
    else if (directory->init != INIT_UNKNOWN)
        look.kind = directory->init == INIT_PRESENT ? LOOK_INIT : LOOK_NO_INIT;
    return look;
}
