#define _GNU_SOURCE
#include "project/directories.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/banned.h"

enum { FIRST_SLOTS = 1024, FILE_SYSTEM_ROOT = 0 };

static const Str PYTHON_SUFFIX = {".py", 3};

/* ---- entries ---- */

static size_t slot_of(const Directories *directories, uint32_t directory, Name name, EntryKind kind)
{
    uint32_t hash = (name->hash ^ (directory * 2 + (uint32_t)kind)) * 0x9E3779B1u;
    size_t mask = directories->entry_slots - 1, at = (hash ^ hash >> 15) & mask;
    const Entry *entry = &directories->entries[at];
    while (entry->name && (entry->name != name || entry->directory != directory || entry->kind != kind)) {
        at = (at + 1) & mask;
        entry = &directories->entries[at];
    }
    return at;
}

static void grow_entries(Directories *directories)
{
    Entry *old = directories->entries;
    size_t count = directories->entry_slots;
    directories->entry_slots = count ? count * 2 : FIRST_SLOTS;
    directories->entries =
        arena_array(directories->arena, directories->entry_slots, sizeof *directories->entries);
    for (size_t i = 0; i < count; i++)
        if (old[i].name)
            directories->entries[slot_of(directories, old[i].directory, old[i].name, old[i].kind)] = old[i];
}

/* The first entry of a name stays. */
static void add_entry(Directories *directories, uint32_t directory, Name name, EntryKind kind,
                      uint32_t number)
{
    if ((directories->entry_count + 1) * 2 > directories->entry_slots) grow_entries(directories);
    Entry *entry = &directories->entries[slot_of(directories, directory, name, kind)];
    if (entry->name) return;
    *entry = (Entry){name, directory, kind, number};
    directories->entry_count++;
}

uint32_t directories_entry(const Directories *directories, uint32_t directory, Name name, EntryKind kind)
{
    const Entry *entry = &directories->entries[slot_of(directories, directory, name, kind)];
    return entry->name ? entry->number : UINT32_MAX;
}

/* ---- the tree ---- */

static Directory *at(const Directories *directories, uint32_t directory)
{
    return &directories->all.items[directory];
}

static uint32_t add_directory(Directories *directories, uint32_t parent, Name name, Str path)
{
    Directory directory = {.path = path, .name = name, .parent = parent, .root = DIRECTORY_NONE};
    list_add(directories->arena, &directories->all, directory);
    return directories->all.count - 1;
}

static Str path_below(const Directories *directories, uint32_t directory, Str name)
{
    return str_join(directories->arena, at(directories, directory)->path, STR("/"), name);
}

static uint32_t add_child(Directories *directories, uint32_t parent, Name name, Str path)
{
    uint32_t child = add_directory(directories, parent, name, path);
    add_entry(directories, parent, name, ENTRY_DIRECTORY, child);
    return child;
}

/* What a link means, with an entry under the link's own name; DIRECTORY_NONE: nothing. */
static uint32_t follow_link(Directories *directories, uint32_t parent, Name name, Str path)
{
    char *target = realpath(path.ptr, NULL);
    uint32_t found = target ? directories_find(directories, str_from(target)) : DIRECTORY_NONE;
    if (found != DIRECTORY_NONE) add_entry(directories, parent, name, ENTRY_DIRECTORY, found);
    free(target);
    return found;
}

/* must_exist: it does, whatever the disk says now. */
static uint32_t child_of(Directories *directories, uint32_t parent, Str part, bool must_exist)
{
    Name name = names_intern(directories->names, part);
    uint32_t known = directories_entry(directories, parent, name, ENTRY_DIRECTORY);
    if (known != UINT32_MAX) return known;
    Str path = path_below(directories, parent, part);
    struct stat info;
    bool exists = lstat(path.ptr, &info) == 0;
    if (exists && S_ISLNK(info.st_mode)) {
        uint32_t found = follow_link(directories, parent, name, path);
        if (found != DIRECTORY_NONE) return found;
    }
    bool is_usable = must_exist || (exists && S_ISDIR(info.st_mode));
    return is_usable ? add_child(directories, parent, name, path) : DIRECTORY_NONE;
}

static uint32_t step(Directories *directories, uint32_t from, Str part, bool must_exist)
{
    if (!part.len || str_equal(part, STR("."))) return from;
    if (!str_equal(part, STR(".."))) return child_of(directories, from, part, must_exist);
    uint32_t parent = at(directories, from)->parent;
    return parent == DIRECTORY_NONE ? from : parent;
}

static uint32_t walk_path(Directories *directories, Str path, bool must_exist)
{
    bool is_absolute = path.len && path.ptr[0] == '/';
    uint32_t found = is_absolute ? FILE_SYSTEM_ROOT : directories->working;
    while (path.len && found != DIRECTORY_NONE) {
        size_t slash = str_find_byte(path, '/');
        found = step(directories, found, str_part(path, 0, slash), must_exist);
        path = str_part(path, slash == SIZE_MAX ? path.len : slash + 1, path.len);
    }
    return found;
}

uint32_t directories_find(Directories *directories, Str path)
{
    return walk_path(directories, path, false);
}

uint32_t directories_get(Directories *directories, Str path)
{
    return walk_path(directories, path, true);
}

bool directories_within(const Directories *directories, uint32_t directory, uint32_t other)
{
    while (directory != other && directory != DIRECTORY_NONE)
        directory = at(directories, directory)->parent;
    return directory == other && other != DIRECTORY_NONE;
}

Str directories_dotted(const Directories *directories, Arena *arena, uint32_t upper, uint32_t directory)
{
    size_t skip = at(directories, upper)->path.len + 1;
    Str path = at(directories, directory)->path;
    Str text = str_part(path, skip, path.len);
    if (directory == upper) return STR("");
    char *dotted = arena_copy(arena, text.ptr, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (dotted[i] == '/') dotted[i] = '.';
    return (Str){dotted, text.len};
}

/* ---- sources ---- */

static uint32_t add_source(Directories *directories, uint32_t directory, Name stem, uint32_t file)
{
    list_add(directories->arena, &directories->sources, ((Source){directory, stem, file}));
    return directories->sources.count - 1;
}

static void mark_discovered(Directories *directories, uint32_t directory)
{
    while (directory != DIRECTORY_NONE && !at(directories, directory)->is_discovered) {
        at(directories, directory)->is_discovered = true;
        directory = at(directories, directory)->parent;
    }
}

uint32_t directories_add_file(Directories *directories, uint32_t directory, Str file_name, uint32_t file)
{
    bool is_python = str_ends(file_name, PYTHON_SUFFIX) && file_name.len > PYTHON_SUFFIX.len;
    Str stem = is_python ? str_part(file_name, 0, file_name.len - PYTHON_SUFFIX.len) : file_name;
    Name name = names_intern(directories->names, stem);
    uint32_t source = add_source(directories, directory, name, file);
    mark_discovered(directories, directory);
    if (is_python) add_entry(directories, directory, name, ENTRY_SOURCE, source);
    if (is_python && name == directories->init) at(directories, directory)->init = INIT_PRESENT;
    return source;
}

static void find_source(Directories *directories, uint32_t directory, Name stem)
{
    if (directories_entry(directories, directory, stem, ENTRY_SOURCE) != UINT32_MAX) return;
    add_entry(directories, directory, stem, ENTRY_SOURCE,
              add_source(directories, directory, stem, UINT32_MAX));
}

/* ---- listing ---- */

typedef enum OnDisk { DISK_OTHER, DISK_FILE, DISK_DIRECTORY, DISK_LINKED_DIRECTORY } OnDisk;

static OnDisk kind_on_disk(DIR *stream, const struct dirent *entry)
{
    if (entry->d_type == DT_REG) return DISK_FILE;
    if (entry->d_type == DT_DIR) return DISK_DIRECTORY;
    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN) return DISK_OTHER;
    struct stat info;
    if (fstatat(dirfd(stream), entry->d_name, &info, 0) != 0) return DISK_OTHER;
    if (S_ISREG(info.st_mode)) return DISK_FILE;
    return S_ISDIR(info.st_mode) ? DISK_LINKED_DIRECTORY : DISK_OTHER;
}

/* Imports cannot name what holds a dot. */
static bool is_part(Str name)
{
    return name.len && str_find_byte(name, '.') == SIZE_MAX;
}

static void take_directory(Directories *directories, uint32_t directory, Str part, bool may_be_link)
{
    Name name = names_intern(directories->names, part);
    if (directories_entry(directories, directory, name, ENTRY_DIRECTORY) != UINT32_MAX) return;
    if (may_be_link)
        child_of(directories, directory, part, false);
    else
        add_child(directories, directory, name, path_below(directories, directory, part));
}

static void take_entry(Directories *directories, uint32_t directory, DIR *stream, const struct dirent *entry)
{
    Str name = str_from(entry->d_name);
    Str stem = str_ends(name, PYTHON_SUFFIX) ? str_part(name, 0, name.len - PYTHON_SUFFIX.len) : (Str){0};
    if (!is_part(name) && !is_part(stem)) return;
    OnDisk kind = kind_on_disk(stream, entry);
    if (kind == DISK_FILE && stem.len)
        find_source(directories, directory, names_intern(directories->names, stem));
    else if (kind >= DISK_DIRECTORY && is_part(name))
        take_directory(directories, directory, name, kind == DISK_LINKED_DIRECTORY);
}

static const char *path_to_open(const Directories *directories, uint32_t directory)
{
    return directory == FILE_SYSTEM_ROOT ? "/" : at(directories, directory)->path.ptr;
}

void directories_list(Directories *directories, uint32_t directory)
{
    if (at(directories, directory)->is_listed) return;
    at(directories, directory)->is_listed = true;
    DIR *stream = opendir(path_to_open(directories, directory));
    if (!stream) return;
    for (const struct dirent *entry; (entry = readdir(stream));)
        take_entry(directories, directory, stream, entry);
    closedir(stream);
}

/* ---- packages ---- */

static InitState look_for_init(Directories *directories, uint32_t directory)
{
    if (directories_entry(directories, directory, directories->init, ENTRY_SOURCE) != UINT32_MAX)
        return INIT_PRESENT;
    if (at(directories, directory)->is_listed) return INIT_ABSENT;
    Str path = path_below(directories, directory, STR("__init__.py"));
    struct stat info;
    if (stat(path.ptr, &info) != 0 || !S_ISREG(info.st_mode)) return INIT_ABSENT;
    find_source(directories, directory, directories->init);
    return INIT_PRESENT;
}

bool directories_have_init(Directories *directories, uint32_t directory)
{
    Directory *asked = at(directories, directory);
    if (asked->init == INIT_UNKNOWN) asked->init = look_for_init(directories, directory);
    return asked->init == INIT_PRESENT;
}

uint32_t directories_root(Directories *directories, uint32_t directory)
{
    uint32_t root = directory;
    while (at(directories, root)->root == DIRECTORY_NONE && directories_have_init(directories, root) &&
           at(directories, root)->parent != DIRECTORY_NONE)
        root = at(directories, root)->parent;
    if (at(directories, root)->root != DIRECTORY_NONE) root = at(directories, root)->root;
    while (directory != root) {
        at(directories, directory)->root = root;
        directory = at(directories, directory)->parent;
    }
    at(directories, root)->root = root;
    return root;
}

void directories_init(Directories *directories, Arena *arena, Names *names)
{
    *directories = (Directories){.arena = arena, .names = names};
    directories->init = names_intern(names, STR("__init__"));
    grow_entries(directories);
    add_directory(directories, DIRECTORY_NONE, names_intern(names, STR("")), STR(""));
    char *working = realpath(".", NULL);
    directories->working = working ? directories_get(directories, str_from(working)) : FILE_SYSTEM_ROOT;
    free(working);
}
