#define _GNU_SOURCE
#include "verify/app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/vec.h"
#include "source/discover.h"

#include "base/banned.h"

/* --- paths --- */

static bool is_directory(const char *path)
{
    struct stat found;
    return stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static bool is_package(Arena *arena, Str folder)
{
    return access(str_join(arena, folder, STR("/"), STR("__init__.py")).ptr, F_OK) == 0;
}

static Str parent_of(Str path)
{
    size_t slash = str_find_last(path, '/');
    return slash == SIZE_MAX ? STR("") : str_part(path, 0, slash);
}

/* The first folder, from the file's up, that is no package: what its imports count from. */
static Str import_root(Arena *arena, Str file)
{
    Str folder = str_copy(arena, parent_of(file));
    while (folder.len && is_package(arena, folder))
        folder = str_copy(arena, parent_of(folder));
    return folder;
}

/* shop/main.py -> shop.main */
static Str module_name(Arena *arena, Str file)
{
    Str stem = str_ends(file, STR(".py")) ? str_part(file, 0, file.len - 3) : file;
    if (str_ends(stem, STR("/__init__"))) stem = parent_of(stem);
    char *name = arena_copy(arena, stem.ptr, stem.len);
    for (size_t i = 0; i < stem.len; i++)
        if (name[i] == '/') name[i] = '.';
    return (Str){name, stem.len};
}

static const char *resolved(Arena *arena, const char *path, Fail *fail)
{
    char *whole = realpath(path, NULL);
    if (!whole) {
        fail_at(fail, path, 0, "%s", strerror(errno));
        return NULL;
    }
    const char *kept = arena_copy(arena, whole, strlen(whole));
    free(whole);
    return kept;
}

/* What of `path` stands below `folder`; ptr NULL: it lies elsewhere. */
static Str below(Str path, Str folder)
{
    if (!str_starts(path, folder)) return (Str){0};
    if (path.len == folder.len) return STR("");
    return path.ptr[folder.len] == '/' ? str_drop(path, folder.len + 1) : (Str){0};
}

/* --- a file --- */

static const char *const APP_NAMES[] = {"app", "application", "api"};
enum { APP_NAME_COUNT = sizeof APP_NAMES / sizeof *APP_NAMES };

/* The line begins with `name =` or `name: … =`. */
static bool binds(Str line, Str name)
{
    if (!str_equal(str_word(line, 0), name)) return false;
    Str rest = str_trim(str_drop(line, name.len));
    if (!rest.len || (rest.ptr[0] != '=' && rest.ptr[0] != ':')) return false;
    return rest.ptr[0] == '=' ? rest.len > 1 && rest.ptr[1] != '=' : str_find_byte(rest, '=') != SIZE_MAX;
}

/* The name of an application that a module binds at its top level; NULL: none. */
static const char *bound_app(Str text)
{
    size_t best = APP_NAME_COUNT;
    while (text.len) {
        Str line = str_before(text, '\n');
        for (size_t i = 0; i < best; i++)
            if (binds(line, str_from(APP_NAMES[i]))) best = i;
        text = str_drop(text, line.len < text.len ? line.len + 1 : line.len);
    }
    return best < APP_NAME_COUNT ? APP_NAMES[best] : NULL;
}

static const char *bound_app_of(Arena *arena, const char *path)
{
    Str text;
    return io_read_file(arena, path, LIMIT_FILE_BYTES, &text) == IO_OK ? bound_app(text) : NULL;
}

/* file: absolute; attribute NULL: looked for. tree NULL: the working directory when the import root lies in it. */
static bool place_file(Arena *arena, const char *tree, const char *file, const char *attribute,
                       AppPlace *place, Fail *fail)
{
    Str root = import_root(arena, str_from(file));
    if (!attribute) attribute = bound_app_of(arena, file);
    if (!attribute)
        return fail_at(fail, file, 0, "no application here: name it, as in '%s:create_app'", file);
    const char *here = tree ? tree : resolved(arena, ".", fail);
    if (!here) return false;
    place->root = below(root, str_from(here));
    place->tree = here;
    if (!place->root.ptr) *place = (AppPlace){.tree = root.ptr, .root = STR("")};
    Str module = module_name(arena, below(str_from(file), root));
    place->app = str_join(arena, module, STR(":"), str_from(attribute)).ptr;
    return true;
}

/* --- a folder --- */

typedef struct Candidate {
    Str path;
    size_t depth, rank;
} Candidate;

static size_t rank_of(Str path)
{
    static const char *const names[] = {"main.py", "app.py",    "api.py",
                                        "asgi.py", "server.py", "application.py"};
    Str name = str_after_last(path, '/');
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_equal(name, str_from(names[i]))) return i;
    return SIZE_MAX;
}

static size_t depth_of(Str path)
{
    size_t depth = 0;
    for (size_t i = 0; i < path.len; i++)
        depth += path.ptr[i] == '/';
    return depth;
}

static int compare_candidates(const Candidate *left, const Candidate *right)
{
    if (left->depth != right->depth) return left->depth < right->depth ? -1 : 1;
    return left->rank < right->rank ? -1 : left->rank > right->rank;
}

static bool two_apps(const char *folder, const Candidate *one, const Candidate *other, Fail *fail)
{
    return fail_at(fail, folder, 0, "which application? '%.*s' or '%.*s'", (int)one->path.len, one->path.ptr,
                   (int)other->path.len, other->path.ptr);
}

static bool place_folder(Arena *arena, const char *folder, AppPlace *place, Fail *fail)
{
    DiscoverOptions options = {
        .roots = &folder, .root_count = 1, .base_directory = folder, .respect_gitignore = true};
    options.exclude = discover_default_exclude(&options.exclude_count);
    Discovered found;
    if (!discover_files(arena, &options, &found, fail)) return false;
    Candidate best = {.depth = SIZE_MAX}, second = {.depth = SIZE_MAX};
    for (size_t i = 0; i < found.file_count; i++) {
        Candidate one = {found.files[i].path, depth_of(found.files[i].path), rank_of(found.files[i].path)};
        if (one.rank == SIZE_MAX || !bound_app_of(arena, one.path.ptr)) continue;
        if (compare_candidates(&one, &best) < 0) {
            second = best;
            best = one;
        } else if (compare_candidates(&one, &second) < 0) {
            second = one;
        }
    }
    if (!best.path.ptr)
        return fail_at(fail, folder, 0, "no application found: name it, as in 'package.main:app'");
    if (second.path.ptr && compare_candidates(&best, &second) == 0)
        return two_apps(folder, &best, &second, fail);
    const char *file = resolved(arena, best.path.ptr, fail);
    return file && place_file(arena, folder, file, NULL, place, fail);
}

/* --- a word --- */

/* The colon before the attribute; SIZE_MAX: there is none. */
static size_t attribute_at(Str word)
{
    size_t colon = str_find_last(word, ':');
    return colon == SIZE_MAX || str_find_byte(str_drop(word, colon), '/') != SIZE_MAX ? SIZE_MAX : colon;
}

static bool place_module(Arena *arena, Str word, size_t colon, AppPlace *place, Fail *fail)
{
    place->tree = resolved(arena, ".", fail);
    if (!place->tree) return false;
    place->root = STR("");
    place->app = colon == SIZE_MAX ? str_join(arena, word, STR(":"), STR("app")).ptr : word.ptr;
    /* The layout with sources below src/. */
    Str package =
        str_part(word, 0, str_find_byte(word, '.') == SIZE_MAX ? word.len : str_find_byte(word, '.'));
    if (access(str_copy(arena, package).ptr, F_OK) != 0 &&
        access(str_join(arena, STR("src/"), package, STR("")).ptr, F_OK) == 0)
        place->root = STR("src");
    return true;
}

bool app_find(Arena *arena, const char *word, AppPlace *place, Fail *fail)
{
    *place = (AppPlace){.root = STR("")};
    Str whole = str_from(word);
    if (is_directory(word)) {
        const char *folder = resolved(arena, word, fail);
        return folder && place_folder(arena, folder, place, fail);
    }
    size_t colon = attribute_at(whole);
    Str named = colon == SIZE_MAX ? whole : str_part(whole, 0, colon);
    if (!str_ends(named, STR(".py"))) return place_module(arena, whole, colon, place, fail);
    const char *file = resolved(arena, str_copy(arena, named).ptr, fail);
    return file && place_file(arena, NULL, file, colon == SIZE_MAX ? NULL : word + colon + 1, place, fail);
}
