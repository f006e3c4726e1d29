#define _GNU_SOURCE
#include "source/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/banned.h"

typedef enum EntryKind { ENTRY_OTHER, ENTRY_FILE, ENTRY_LINK, ENTRY_DIRECTORY } EntryKind;

typedef struct Entry {
    size_t name; /* in Listing.names, ends in NUL */
    EntryKind kind;
} Entry;

/* What a directory holds that matters: directories, Python files, and whether there are ignore files. */
typedef struct Listing {
    VEC(Entry) entries;
    Buf names;
    IgnoreFiles ignore_files;
} Listing;

/* One root being walked. */
typedef struct Place {
    Walk *walk;
    const WalkRoot *root;
    Buf path; /* absolute, of the directory that is read */
} Place;

static const char *trouble_text(int error)
{
    switch (error) {
    case EACCES:
    case EPERM:
        return "permission denied";
    case ENOENT:
    case ENOTDIR:
        return "no such file or directory";
    case ELOOP:
        return "link loop";
    case ENAMETOOLONG:
        return "the path is too long";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    default:
        return "cannot be read";
    }
}

static Str shown_path(const Place *place, Str path)
{
    const WalkRoot *root = place->root;
    if (root->shared_bytes != SIZE_MAX) return str_part(path, root->shared_bytes, path.len);
    return str_join(place->walk->arena, root->shown, str_part(path, root->path.len + 1, path.len), STR(""));
}

static void add_trouble(const Place *place, const char *what)
{
    Str path = str_copy(place->walk->arena, buf_str(&place->path));
    Str shown = shown_path(place, path);
    if (!shown.len) shown = STR(".");
    vec_add(&place->walk->troubles, ((DiscoverTrouble){shown, what}));
}

static void push_name(Place *place, const char *name)
{
    buf_add_byte(&place->path, '/');
    buf_add_text(&place->path, name);
}

/* ---- listing ---- */

static bool is_python_name(Str name)
{
    return str_ends(name, STR(".py")) || str_ends(name, STR(".pyi"));
}

static EntryKind kind_of_mode(mode_t mode)
{
    if (S_ISREG(mode)) return ENTRY_FILE;
    if (S_ISLNK(mode)) return ENTRY_LINK;
    return S_ISDIR(mode) ? ENTRY_DIRECTORY : ENTRY_OTHER;
}

static EntryKind kind_of(int directory, const struct dirent *entry)
{
    switch (entry->d_type) {
    case DT_REG:
        return ENTRY_FILE;
    case DT_LNK:
        return ENTRY_LINK;
    case DT_DIR:
        return ENTRY_DIRECTORY;
    case DT_UNKNOWN:
        break;
    default:
        return ENTRY_OTHER;
    }
    struct stat info;
    if (fstatat(directory, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) return ENTRY_OTHER;
    return kind_of_mode(info.st_mode);
}

/* True when the name is one that only steers the walk. */
static bool note_special(Listing *listing, Str name)
{
    if (!name.len || name.ptr[0] != '.') return false;
    if (str_equal(name, STR(".ignore")))
        listing->ignore_files.has_ignore = true;
    else if (str_equal(name, STR(".gitignore")))
        listing->ignore_files.has_gitignore = true;
    else if (str_equal(name, STR(".git")))
        listing->ignore_files.has_git = true;
    else
        return str_equal(name, STR(".")) || str_equal(name, STR(".."));
    return true;
}

/* Reads the whole directory; 0 or the error. */
static int read_listing(DIR *directory, Listing *listing)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry) return errno;
        Str name = str_from(entry->d_name);
        if (note_special(listing, name)) continue;
        bool is_python = is_python_name(name);
        if (!is_python && entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN) continue;
        EntryKind kind = kind_of(dirfd(directory), entry);
        if (kind == ENTRY_OTHER || (kind != ENTRY_DIRECTORY && !is_python)) continue;
        vec_add(&listing->entries, ((Entry){listing->names.len, kind}));
        buf_add(&listing->names, (Str){name.ptr, name.len + 1});
    }
}

/* ---- files ---- */

static void add_file(Place *place, Str path, Str target)
{
    FoundFile file = {.path = path,
                      .target = target,
                      .shown = shown_path(place, path),
                      .project_path = str_part(path, place->root->project_bytes, path.len),
                      .root = place->root->index};
    vec_add(&place->walk->files, file);
}

/* An editor's lock, `.#name`, is a link to nothing and no Python file. */
static bool is_editor_lock(const char *name)
{
    return name[0] == '.' && name[1] == '#';
}

static void take_link(Place *place, int directory, const char *name)
{
    struct stat info;
    if (fstatat(directory, name, &info, 0) != 0) {
        if (!is_editor_lock(name))
            add_trouble(place, errno == ENOENT ? "link to nothing" : trouble_text(errno));
        return;
    }
    if (!S_ISREG(info.st_mode)) return;
    Str path = str_copy(place->walk->arena, buf_str(&place->path));
    char *target = realpath(path.ptr, NULL);
    if (!target) {
        add_trouble(place, trouble_text(errno));
        return;
    }
    add_file(place, path, str_copy(place->walk->arena, str_from(target)));
    free(target);
    place->walk->has_links = true;
}

static bool is_left_out(Place *place, const IgnoreLevel *level, bool is_directory)
{
    Walk *walk = place->walk;
    if (exclude_set_has(walk->exclude, buf_str(&place->path))) {
        walk->excluded_count++;
        return true;
    }
    if (!ignore_levels_leave_out(level, buf_str(&place->path), is_directory)) return false;
    walk->ignored_count++;
    return true;
}

/* ---- directories ---- */

static void walk_directory(Place *place, int descriptor, const IgnoreLevel *above, size_t depth);

static void enter_directory(Place *place, int parent, const char *name, const IgnoreLevel *level,
                            size_t depth)
{
    if (depth > LIMIT_DIRECTORY_DEPTH) {
        add_trouble(place, "too deep");
        return;
    }
    int descriptor = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0)
        add_trouble(place, trouble_text(errno));
    else
        walk_directory(place, descriptor, level, depth);
}

static void take_entry(Place *place, int directory, const char *name, EntryKind kind,
                       const IgnoreLevel *level, size_t depth)
{
    size_t length = place->path.len;
    push_name(place, name);
    buf_add_byte(&place->path, '\0');
    place->path.len--;
    if (place->path.len >= LIMIT_PATH_BYTES) {
        add_trouble(place, "the path is too long");
    } else if (!is_left_out(place, level, kind == ENTRY_DIRECTORY)) {
        if (kind == ENTRY_DIRECTORY) {
            enter_directory(place, directory, name, level, depth + 1);
        } else if (kind == ENTRY_LINK) {
            take_link(place, directory, name);
        } else {
            Str path = str_copy(place->walk->arena, buf_str(&place->path));
            add_file(place, path, path);
        }
    }
    place->path.len = length;
}

/* Owns the descriptor. */
static void walk_directory(Place *place, int descriptor, const IgnoreLevel *above, size_t depth)
{
    DIR *directory = fdopendir(descriptor);
    if (!directory) {
        add_trouble(place, trouble_text(errno));
        close(descriptor);
        return;
    }
    Listing listing = {0};
    int error = read_listing(directory, &listing);
    if (error) add_trouble(place, trouble_text(error));
    const IgnoreLevel *level = above;
    if (place->walk->respect_ignore_files) {
        Str path = str_copy(place->walk->arena, buf_str(&place->path));
        level = ignore_level_open(&place->walk->ignore, above, path, listing.ignore_files);
    }
    for (size_t i = 0; i < listing.entries.count; i++) {
        const Entry *entry = &listing.entries.items[i];
        take_entry(place, dirfd(directory), listing.names.data + entry->name, entry->kind, level, depth);
    }
    vec_free(&listing.entries);
    buf_free(&listing.names);
    closedir(directory);
}

void walk_root(Walk *walk, const WalkRoot *root)
{
    Place place = {.walk = walk, .root = root};
    buf_init(&place.path);
    buf_add(&place.path, root->path);
    const IgnoreLevel *above =
        walk->respect_ignore_files ? ignore_levels_above(&walk->ignore, root->path) : NULL;
    int descriptor = open(root->path.len ? root->path.ptr : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        add_trouble(&place, trouble_text(errno));
    else
        walk_directory(&place, descriptor, above, 0);
    buf_free(&place.path);
}
