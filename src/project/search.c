/* Along the parts of a dotted name, at each step as Python does: in the first place that holds a package or module of
 * that name; if none does, in all directories of that name together, which are a namespace package.
 *
 * Unlike Python a package that does not hold what follows does not end the search: the places are a guess. */
#include "base/limits.h"
#include "project/modules_state.h"
#include "base/banned.h"

typedef enum HitKind { HIT_NONE, HIT_NAMESPACE, HIT_MODULE, HIT_PACKAGE } HitKind;

typedef struct Hit {
    HitKind kind;
    uint32_t directory; /* of a package or namespace package */
    uint32_t source;    /* of a module, or a package's `__init__.py` */
    uint32_t parts;     /* how many parts of the name were used */
} Hit;

typedef struct Search {
    Modules *modules;
    Str name;
    Name parts[LIMIT_NAME_PARTS];
    uint32_t part_count;
} Search;

/* ---- one step ---- */

static Hit package_hit(Directories *directories, uint32_t directory)
{
    uint32_t source = directories_entry(directories, directory, directories->init, ENTRY_SOURCE);
    return (Hit){HIT_PACKAGE, directory, source, 1};
}

static Hit known_hit(Directories *directories, uint32_t child, uint32_t source)
{
    if (child != UINT32_MAX && directories_have_init(directories, child))
        return package_hit(directories, child);
    if (source != UINT32_MAX) return (Hit){HIT_MODULE, DIRECTORY_NONE, source, 1};
    return (Hit){child == UINT32_MAX ? HIT_NONE : HIT_NAMESPACE, child, SOURCE_NONE, 1};
}

/* What was discovered is looked at first, so that most names need no directory to be read. */
static Hit discovered_hit(Directories *directories, uint32_t directory, Name part)
{
    uint32_t child = directories_entry(directories, directory, part, ENTRY_DIRECTORY);
    uint32_t source = directories_entry(directories, directory, part, ENTRY_SOURCE);
    if (child != UINT32_MAX && !directories->all.items[child].is_discovered) child = UINT32_MAX;
    if (source != UINT32_MAX && directories->sources.items[source].file == UINT32_MAX) source = UINT32_MAX;
    return known_hit(directories, child, source);
}

static Hit directory_hit(Directories *directories, uint32_t directory, Name part)
{
    Hit hit = discovered_hit(directories, directory, part);
    if (hit.kind >= HIT_MODULE) return hit;
    directories_list(directories, directory);
    return known_hit(directories, directories_entry(directories, directory, part, ENTRY_DIRECTORY),
                     directories_entry(directories, directory, part, ENTRY_SOURCE));
}

bool search_has(Modules *modules, uint32_t directory, Str name)
{
    Str part = str_part(name, 0, str_find_byte(name, '.'));
    return directory_hit(&modules->directories, directory, names_intern(modules->names, part)).kind !=
           HIT_NONE;
}

/* Whether the name is the editable's or below it. */
static bool is_mapped(Str name, Str editable)
{
    return str_starts(name, editable) && (name.len == editable.len || name.ptr[editable.len] == '.');
}

static uint32_t count_parts(Str name)
{
    uint32_t count = 1;
    for (size_t i = 0; i < name.len; i++)
        count += name.ptr[i] == '.';
    return count;
}

static Hit editable_hit(Search *search, const Editable *editable)
{
    if (!is_mapped(search->name, editable->name)) return (Hit){0};
    Directories *directories = &search->modules->directories;
    Hit hit = editable->stem ? directory_hit(directories, editable->directory, editable->stem)
                             : known_hit(directories, editable->directory, SOURCE_NONE);
    hit.parts = count_parts(editable->name);
    return hit;
}

static Hit look(Search *search, Place place, uint32_t part)
{
    Directories *directories = &search->modules->directories;
    if (place.directory != DIRECTORY_NONE)
        return directory_hit(directories, place.directory, search->parts[part]);
    return editable_hit(search, &search->modules->editables.items[place.editable]);
}

/* ---- all steps ---- */

static const Module *find_below(Search *search, uint32_t first, uint32_t part);

/* What follows a part that has a file; `part` is the next one. */
static const Module *follow(Search *search, Hit hit, uint32_t part)
{
    Modules *modules = search->modules;
    if (part == search->part_count) return modules_of_source(modules, hit.source);
    if (hit.kind != HIT_PACKAGE) return NULL;
    uint32_t first = modules->places.count;
    list_add(modules->arena, &modules->places, ((Place){hit.directory, UINT32_MAX}));
    const Module *found = find_below(search, first, part);
    modules->places.count = first;
    return found;
}

static const Module *find_regular(Search *search, uint32_t first, uint32_t end, uint32_t part)
{
    for (uint32_t i = first; i < end; i++) {
        Hit hit = look(search, search->modules->places.items[i], part);
        const Module *found = hit.kind >= HIT_MODULE ? follow(search, hit, part + hit.parts) : NULL;
        if (found) return found;
    }
    return NULL;
}

/* Appends the directories that the part may mean together. Editable ones that use several parts stand alone. */
static void add_portions(Search *search, uint32_t first, uint32_t end, uint32_t part, uint32_t parts)
{
    Modules *modules = search->modules;
    for (uint32_t i = first; i < end; i++) {
        Hit hit = look(search, modules->places.items[i], part);
        if (hit.kind == HIT_NAMESPACE && hit.parts == parts)
            list_add(modules->arena, &modules->places, ((Place){hit.directory, UINT32_MAX}));
    }
}

static const Module *find_namespace(Search *search, uint32_t first, uint32_t end, uint32_t part,
                                    uint32_t parts)
{
    Modules *modules = search->modules;
    add_portions(search, first, end, part, parts);
    const Module *found = NULL;
    if (modules->places.count > end)
        found = part + parts == search->part_count
                    ? modules_namespace(modules, modules->places.items[end].directory, search->name)
                    : find_below(search, end, part + parts);
    modules->places.count = end;
    return found;
}

/* The name's parts from `part` on, below the places from `first` on. */
static const Module *find_below(Search *search, uint32_t first, uint32_t part)
{
    uint32_t end = search->modules->places.count;
    const Module *found = find_regular(search, first, end, part);
    uint32_t most = part == 0 && search->modules->editables.count ? search->part_count : 1;
    for (uint32_t parts = 1; parts <= most && !found; parts++)
        found = find_namespace(search, first, end, part, parts);
    return found;
}

/* False: no import can say so. */
static bool split(Search *search)
{
    for (Str rest = search->name;;) {
        size_t dot = str_find_byte(rest, '.');
        Str part = str_part(rest, 0, dot);
        if (!part.len || search->part_count == LIMIT_NAME_PARTS) return false;
        search->parts[search->part_count++] = names_intern(search->modules->names, part);
        if (dot == SIZE_MAX) return true;
        rest = str_part(rest, dot + 1, rest.len);
    }
}

const Module *search_find(Modules *modules, const Root *root, Str name)
{
    Search search = {.modules = modules, .name = name};
    if (!split(&search)) return NULL;
    modules->places.count = 0;
    places_add_own(modules, root, search.parts[0]);
    const Module *found = find_regular(&search, 0, modules->places.count, 0);
    if (found) return found;
    places_add_others(modules, root, search.parts[0]);
    return find_below(&search, 0, 0);
}
