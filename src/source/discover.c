#define _GNU_SOURCE
#include "source/discover.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"
#include "source/walk.h"
#include "base/banned.h"

static const Str DEFAULT_EXCLUDE[] = {
    {".bzr", 4},
    {".direnv", 7},
    {".eggs", 5},
    {".git", 4},
    {".git-rewrite", 12},
    {".hg", 3},
    {".ipynb_checkpoints", 18},
    {".loopsafe_cache", 15},
    {".mypy_cache", 11},
    {".nox", 4},
    {".pants.d", 8},
    {".pyenv", 6},
    {".pytest_cache", 13},
    {".pytype", 7},
    {".ruff_cache", 11},
    {".svn", 4},
    {".tox", 4},
    {".venv", 5},
    {".vscode", 7},
    {"__pypackages__", 14},
    {"_build", 6},
    {"buck-out", 8},
    {"build", 5},
    {"dist", 4},
    {"node_modules", 12},
    {"site-packages", 13},
    {"venv", 4},
};

/* What marks the root of a project. */
static const char *const PROJECT_MARKS[] = {"/pyproject.toml", "/setup.py",       "/setup.cfg",
                                            "/loopsafe.toml",  "/.loopsafe.toml", "/.git"};

typedef struct Job {
    Arena *arena;
    const DiscoverOptions *options;
    Str working_directory; /* absolute, no links; "" is the file system's root */
    Str base_directory;
    ExcludeSet exclude;
    Walk walk;
    Str project_of; /* directory whose project_bytes were asked for last */
    size_t project_bytes;
} Job;

const Str *discover_default_exclude(size_t *count)
{
    *count = sizeof DEFAULT_EXCLUDE / sizeof *DEFAULT_EXCLUDE;
    return DEFAULT_EXCLUDE;
}

/* ---- paths ---- */

static bool is_below(Str path, Str directory)
{
    return path.len > directory.len && path.ptr[directory.len] == '/' && str_starts(path, directory);
}

/* Absolute and without links, "" for the root; false: errno says why. */
static bool real_path(Arena *arena, const char *path, Str *real)
{
    char *text = realpath(path, NULL);
    if (!text) return false;
    *real = strcmp(text, "/") == 0 ? STR("") : str_copy(arena, str_from(text));
    free(text);
    return true;
}

/* Without empty and `.` parts; *climbs: it holds `..`. */
static Str clean_path(Arena *arena, Str path, bool *climbs)
{
    Buf buf;
    buf_init(&buf);
    bool is_absolute = path.len && path.ptr[0] == '/';
    *climbs = false;
    while (path.len) {
        size_t slash = str_find_byte(path, '/');
        Str part = str_part(path, 0, slash);
        path = str_part(path, slash == SIZE_MAX ? path.len : slash + 1, path.len);
        if (!part.len || str_equal(part, STR("."))) continue;
        if (str_equal(part, STR(".."))) *climbs = true;
        if (buf.len || is_absolute) buf_add_byte(&buf, '/');
        buf_add(&buf, part);
    }
    Str clean = str_copy(arena, buf_str(&buf));
    buf_free(&buf);
    return is_absolute && !clean.len ? STR("/") : clean;
}

/* How a root is shown; "" for the working directory. */
static Str shown_root(Job *job, const char *typed, Str real)
{
    bool climbs;
    Str clean = clean_path(job->arena, str_from(typed), &climbs);
    bool is_absolute = clean.len && clean.ptr[0] == '/';
    if (!climbs && !is_absolute) return clean;
    Str here = job->working_directory;
    if (!climbs && is_below(clean, here)) return str_part(clean, here.len + 1, clean.len);
    if (is_below(real, here)) return str_part(real, here.len + 1, real.len);
    return str_equal(real, here) ? STR("") : clean;
}

static bool holds_mark(Str directory)
{
    char path[LIMIT_PATH_BYTES + 32];
    if (directory.len >= LIMIT_PATH_BYTES) return false;
    if (directory.len) memcpy(path, directory.ptr, directory.len);
    for (size_t i = 0; i < sizeof PROJECT_MARKS / sizeof *PROJECT_MARKS; i++) {
        memcpy(path + directory.len, PROJECT_MARKS[i], strlen(PROJECT_MARKS[i]) + 1);
        if (access(path, F_OK) == 0) return true;
    }
    return false;
}

/* Bytes of the project's root, its slash included, in a path below the directory. */
static size_t project_bytes_of(Job *job, Str directory)
{
    if (job->project_of.ptr && str_equal(job->project_of, directory)) return job->project_bytes;
    job->project_of = directory;
    Str above = directory;
    while (above.len && !holds_mark(above))
        above = str_part(above, 0, str_find_last(above, '/'));
    job->project_bytes = holds_mark(above) ? above.len + 1 : directory.len + 1;
    return job->project_bytes;
}

/* ---- roots ---- */

/* A root is left out by an exclude pattern only when that is forced; nothing above the base directory (or else
 * the project) is judged. */
static bool is_root_excluded(Job *job, Str path, size_t project_bytes)
{
    if (!job->options->force_exclude) return false;
    Str base = job->base_directory;
    size_t above_bytes = is_below(path, base) ? base.len : project_bytes - 1;
    if (!exclude_set_has_part(&job->exclude, path, above_bytes)) return false;
    job->walk.excluded_count++;
    return true;
}

static void add_directory(Job *job, const char *typed, Str path, size_t index)
{
    size_t project_bytes = project_bytes_of(job, path);
    if (is_root_excluded(job, path, project_bytes)) return;
    Str shown = shown_root(job, typed, path);
    Str here = job->working_directory;
    WalkRoot root = {.path = path, .shared_bytes = SIZE_MAX, .project_bytes = project_bytes, .index = index};
    bool is_here = !shown.len && str_equal(path, here);
    if (is_here || (is_below(path, here) && str_equal(shown, str_part(path, here.len + 1, path.len))))
        root.shared_bytes = here.len + 1;
    bool needs_slash = shown.len && shown.ptr[shown.len - 1] != '/';
    root.shown = needs_slash ? str_join(job->arena, shown, STR("/"), STR("")) : shown;
    walk_root(&job->walk, &root);
}

/* The directory that holds a file, without links; the file itself may be one. */
static bool real_parent(Job *job, const char *typed, Str *parent, Str *name)
{
    Str path = str_from(typed);
    size_t slash = str_find_last(path, '/');
    *name = str_after_last(path, '/');
    if (slash == SIZE_MAX) return real_path(job->arena, ".", parent);
    return real_path(job->arena, str_copy(job->arena, str_part(path, 0, slash + 1)).ptr, parent);
}

static bool add_named_file(Job *job, const char *typed, Str target, size_t index)
{
    Str parent, name;
    if (!real_parent(job, typed, &parent, &name)) return false;
    Str path = str_join(job->arena, parent, STR("/"), name);
    size_t project_bytes = project_bytes_of(job, parent);
    if (is_root_excluded(job, path, project_bytes)) return true;
    FoundFile file = {.path = path,
                      .target = target,
                      .shown = shown_root(job, typed, path),
                      .project_path = str_part(path, project_bytes, path.len),
                      .root = index,
                      .named = true};
    vec_add(&job->walk.files, file);
    return true;
}

static bool add_root(Job *job, const char *typed, size_t index, Fail *fail)
{
    struct stat info;
    Str path;
    bool exists = stat(typed, &info) == 0 && real_path(job->arena, typed, &path);
    if (exists && S_ISDIR(info.st_mode))
        add_directory(job, typed, path, index);
    else if (exists)
        exists = add_named_file(job, typed, path, index);
    if (exists) return true;
    bool is_missing = errno == ENOENT || errno == ENOTDIR;
    return fail_at(fail, typed, 0, "%s", is_missing ? "no such file or directory" : strerror(errno));
}

/* ---- each file once, in order ---- */

static int compare_paths(const void *left, const void *right)
{
    return str_compare(((const FoundFile *)left)->shown, ((const FoundFile *)right)->shown);
}

/* By what the path leads to; the way that is listed comes first. */
static int compare_targets(const void *left, const void *right)
{
    const FoundFile *a = left, *b = right;
    int order = str_compare(a->target, b->target);
    if (order) return order;
    if (a->named != b->named) return a->named ? -1 : 1;
    bool a_is_link = !str_equal(a->path, a->target), b_is_link = !str_equal(b->path, b->target);
    if (a_is_link != b_is_link) return a_is_link ? 1 : -1;
    if (a->root != b->root) return a->root < b->root ? -1 : 1;
    return str_compare(a->path, b->path);
}

static size_t drop_repeated(FoundFile *files, size_t count)
{
    if (!count) return 0;
    qsort(files, count, sizeof *files, compare_targets);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++)
        if (!str_equal(files[i].target, files[kept - 1].target)) files[kept++] = files[i];
    return kept;
}

static void keep_files(Job *job, Discovered *found)
{
    FoundFile *files = job->walk.files.items;
    size_t count = job->walk.files.count;
    if (job->options->root_count > 1 || job->walk.has_links) count = drop_repeated(files, count);
    if (count) qsort(files, count, sizeof *files, compare_paths);
    found->files = arena_array(job->arena, count, sizeof *found->files);
    found->file_count = count;
    for (size_t i = 0; i < count; i++)
        found->files[i] = (DiscoveredFile){files[i].shown, files[i].project_path, files[i].named};
}

static int compare_troubles(const void *left, const void *right)
{
    const DiscoverTrouble *a = left, *b = right;
    int order = str_compare(a->path, b->path);
    return order ? order : strcmp(a->what, b->what);
}

static void keep_troubles(Job *job, Discovered *found)
{
    Walk *walk = &job->walk;
    for (size_t i = 0; i < walk->ignore.unreadable.count; i++) {
        Str path = walk->ignore.unreadable.items[i], here = job->working_directory;
        if (is_below(path, here)) path = str_part(path, here.len + 1, path.len);
        vec_add(&walk->troubles, ((DiscoverTrouble){path, "ignore file cannot be read"}));
    }
    size_t count = walk->troubles.count;
    if (count) qsort(walk->troubles.items, count, sizeof *walk->troubles.items, compare_troubles);
    found->troubles = arena_array(job->arena, count, sizeof *found->troubles);
    for (size_t i = 0; i < count; i++) {
        const DiscoverTrouble *trouble = &walk->troubles.items[i];
        if (found->trouble_count &&
            compare_troubles(trouble, &found->troubles[found->trouble_count - 1]) == 0)
            continue;
        found->troubles[found->trouble_count++] = *trouble;
    }
}

static bool prepare(Job *job, Fail *fail)
{
    if (!real_path(job->arena, ".", &job->working_directory))
        return fail_at(fail, NULL, 0, "the working directory cannot be found: %s", strerror(errno));
    const char *base = job->options->base_directory;
    job->base_directory = job->working_directory;
    if (base && !real_path(job->arena, base, &job->base_directory)) job->base_directory = str_from(base);
    return exclude_set_init(job->arena, job->options->exclude, job->options->exclude_count,
                            job->base_directory, &job->exclude, fail);
}

bool discover_files(Arena *arena, const DiscoverOptions *options, Discovered *found, Fail *fail)
{
    *found = (Discovered){0};
    Job job = {.arena = arena, .options = options};
    job.walk = (Walk){.arena = arena,
                      .exclude = &job.exclude,
                      .respect_ignore_files = options->respect_gitignore,
                      .ignore = {.arena = arena}};
    bool done = prepare(&job, fail);
    for (size_t i = 0; i < options->root_count && done; i++)
        done = add_root(&job, options->roots[i], i, fail);
    if (done) {
        keep_files(&job, found);
        keep_troubles(&job, found);
        found->ignored_count = job.walk.ignored_count;
        found->excluded_count = job.walk.excluded_count;
    }
    vec_free(&job.walk.files);
    vec_free(&job.walk.troubles);
    vec_free(&job.walk.ignore.unreadable);
    return done;
}
