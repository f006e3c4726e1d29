#define _GNU_SOURCE
#include "runtime/environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/path.h"
#include "base/vec.h"

#include "base/banned.h"

typedef struct Lines {
    VEC(Str) items;
    Arena *arena;
} Lines;

static Str name_of(Str line)
{
    return str_before(line, '=');
}

/* --- what is inherited --- */

/* A star at the end: all that start so. None of these is a place for secrets, and each changes how Python or its libraries run. */
static bool is_inherited(Str name)
{
    static const char *const names[] = {"PATH",
                                        "LANG",
                                        "LANGUAGE",
                                        "LC_*",
                                        "TZ",
                                        "TZDIR",
                                        "USER",
                                        "LOGNAME",
                                        "SHELL",
                                        "VIRTUAL_ENV",
                                        "CONDA_PREFIX",
                                        "PYENV_*",
                                        "PYTHONPATH",
                                        "PYTHONHOME",
                                        "PYTHONHASHSEED",
                                        "PYTHONUTF8",
                                        "PYTHONIOENCODING",
                                        "PYTHONWARNINGS",
                                        "PYTHONOPTIMIZE",
                                        "PYTHONSAFEPATH",
                                        "PYTHONMALLOC",
                                        "PYTHON_GIL",
                                        "PYTHONUSERBASE",
                                        "LD_LIBRARY_PATH",
                                        "MALLOC_*",
                                        "OMP_NUM_THREADS",
                                        "MKL_NUM_THREADS",
                                        "OPENBLAS_NUM_THREADS",
                                        "NUMEXPR_NUM_THREADS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        Str known = str_from(names[i]);
        bool family = str_ends(known, STR("*"));
        if (family ? str_starts(name, str_part(known, 0, known.len - 1)) : str_equal(name, known))
            return true;
    }
    return false;
}

/* One entry of PYTHONPATH, in the copy when it lies in the project. */
static void add_entry(Buf *buf, const EnvironmentPlan *plan, Str entry)
{
    Str project = str_from(plan->project);
    bool moved = project.len && plan->copy && path_is_below(entry, project);
    if (moved) {
        buf_add_text(buf, plan->copy);
        entry = str_drop(entry, project.len);
    }
    buf_add(buf, entry);
}

static Str move_path(Arena *arena, const EnvironmentPlan *plan, Str line)
{
    Buf buf;
    buf_init(&buf);
    buf_add_text(&buf, "PYTHONPATH=");
    Str rest = str_drop(line, buf.len);
    while (rest.len) {
        Str entry = str_before(rest, ':');
        add_entry(&buf, plan, entry);
        rest = str_drop(rest, entry.len);
        if (rest.len) buf_add_byte(&buf, ':');
        if (rest.len) rest = str_drop(rest, 1);
    }
    Str moved = str_copy(arena, buf_str(&buf));
    buf_free(&buf);
    return moved;
}

static Str find(const char *const *lines, Str name)
{
    for (; lines && *lines; lines++)
        if (str_equal(name_of(str_from(*lines)), name) && (*lines)[name.len] == '=') return str_from(*lines);
    return STR("");
}

static void inherit(Lines *lines, const EnvironmentPlan *plan)
{
    for (const char *const *line = plan->inherited; line && *line; line++) {
        Str text = str_from(*line), name = name_of(text);
        if (name.len == text.len || !is_inherited(name)) continue;
        bool is_path = str_equal(name, STR("PYTHONPATH"));
        vec_add(&lines->items, is_path ? move_path(lines->arena, plan, text) : text);
    }
    if (!find(plan->inherited, STR("PATH")).len)
        vec_add(&lines->items, STR("PATH=/usr/local/bin:/usr/bin:/bin"));
}

/* Packages that are installed for the user alone lie in the user's own home, which is hidden from now on. */
static void keep_user_packages(Lines *lines, const EnvironmentPlan *plan)
{
    Str home = find(plan->inherited, STR("HOME"));
    if (home.len <= 5 || find(plan->inherited, STR("PYTHONUSERBASE")).len) return;
    vec_add(&lines->items, str_join(lines->arena, STR("PYTHONUSERBASE="), str_drop(home, 5), STR("/.local")));
}

/* --- what is set --- */

static bool make_folder(const char *path, Fail *fail)
{
    return mkdir(path, S_IRWXU) == 0 || errno == EEXIST ||
           fail_at(fail, path, 0, "cannot be made: %s", strerror(errno));
}

static bool set_folders(Lines *lines, const char *folder, Fail *fail)
{
    static const struct {
        const char *name, *below;
    } folders[] = {{"HOME", "home"},
                   {"TMPDIR", "tmp"},
                   {"TMP", "tmp"},
                   {"TEMP", "tmp"},
                   {"XDG_RUNTIME_DIR", "tmp"},
                   {"XDG_CACHE_HOME", "home/.cache"},
                   {"XDG_CONFIG_HOME", "home/.config"},
                   {"XDG_DATA_HOME", "home/.data"},
                   {"XDG_STATE_HOME", "home/.state"}};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        const char *path = str_join(lines->arena, str_from(folder), STR("/"), str_from(folders[i].below)).ptr;
        if (!make_folder(path, fail)) return false;
        vec_add(&lines->items, str_join(lines->arena, str_from(folders[i].name), STR("="), str_from(path)));
    }
    return true;
}

static void set_python(Lines *lines)
{
    vec_add(&lines->items, STR("PYTHONDONTWRITEBYTECODE=1")); /* the user's packages stay as they are */
    vec_add(&lines->items,
            STR("PYTHONUNBUFFERED=1")); /* last words of a program that is ended are not lost */
    vec_add(&lines->items, STR("NO_PROXY=*"));
}

/* --- what the user hands over --- */

static bool add_wanted(Lines *lines, const EnvironmentPlan *plan, Str wanted, Fail *fail)
{
    Str name = name_of(wanted);
    if (!name.len)
        return fail_at(fail, NULL, 0, "--env '%.*s': a NAME, or NAME=value", (int)wanted.len, wanted.ptr);
    if (str_starts(name, STR("LOOPSAFE_")))
        return fail_at(fail, NULL, 0, "--env %.*s: verify needs this one itself", (int)name.len, name.ptr);
    Str line = name.len < wanted.len ? wanted : find(plan->inherited, name);
    if (!line.len) return fail_at(fail, NULL, 0, "--env %.*s: it is not set here", (int)name.len, name.ptr);
    vec_add(&lines->items, line);
    return true;
}

/* --- all of it --- */

/* By name: each stands once. */
static int compare_lines(const void *left, const void *right)
{
    Str one = *(const Str *)left, other = *(const Str *)right;
    return str_compare(name_of(one), name_of(other));
}

/* The last line of each name, sorted. */
static const char *const *settle(Lines *lines)
{
    size_t kept = 0;
    for (size_t i = 0; i < lines->items.count; i++) {
        bool replaced = false;
        for (size_t k = i + 1; k < lines->items.count && !replaced; k++)
            replaced = str_equal(name_of(lines->items.items[i]), name_of(lines->items.items[k]));
        if (!replaced) lines->items.items[kept++] = lines->items.items[i];
    }
    qsort(lines->items.items, kept, sizeof *lines->items.items, compare_lines);
    const char **result = arena_array(lines->arena, kept + 1, sizeof *result);
    for (size_t i = 0; i < kept; i++)
        result[i] = str_copy(lines->arena, lines->items.items[i]).ptr;
    return result;
}

static bool collect(Lines *lines, const EnvironmentPlan *plan, Fail *fail)
{
    inherit(lines, plan);
    keep_user_packages(lines, plan);
    if (!set_folders(lines, plan->folder, fail)) return false;
    set_python(lines);
    for (size_t i = 0; i < plan->further_count; i++)
        vec_add(&lines->items, str_from(plan->further[i]));
    for (size_t i = 0; i < plan->wanted_count; i++)
        if (!add_wanted(lines, plan, plan->wanted[i], fail)) return false;
    return true;
}

const char *const *environment_make(Arena *arena, const EnvironmentPlan *plan, Fail *fail)
{
    Lines lines = {.arena = arena};
    const char *const *result = collect(&lines, plan, fail) ? settle(&lines) : NULL;
    vec_free(&lines.items);
    return result;
}
