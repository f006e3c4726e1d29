#define _GNU_SOURCE
#include "project/environment.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "project/editable.h"
#include "base/banned.h"

enum { LINK_STEPS = 16 };

/* What is being put together. */
typedef struct Finding {
    Arena *arena;
    StrList directories; /* real paths */
    EditableList editables;
    Str version; /* "python3.12": which of several lib/python* is meant; "" the newest */
} Finding;

static Str below(const Finding *finding, Str directory, Str name)
{
    return str_join(finding->arena, directory, STR("/"), name);
}

/* The directory that holds a path; "" above the file system's root. */
static Str parent_of(const Finding *finding, Str path)
{
    size_t slash = str_find_last(path, '/');
    return str_copy(finding->arena, str_part(path, 0, slash == SIZE_MAX ? 0 : slash));
}

static bool is_directory(Str path)
{
    struct stat info;
    return path.len && stat(path.ptr, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_file(Str path)
{
    struct stat info;
    return path.len && stat(path.ptr, &info) == 0 && S_ISREG(info.st_mode);
}

/* "" when it cannot be read. */
static Str read_text(const Finding *finding, Str path)
{
    Str text;
    bool is_read =
        is_file(path) && io_read_file(finding->arena, path.ptr, LIMIT_INSTALL_BYTES, &text) == IO_OK;
    return is_read ? text : STR("");
}

static int compare_names(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

/* What a directory holds, in order. */
static StrList names_in(const Finding *finding, Str directory)
{
    StrList names = {0};
    DIR *stream = opendir(directory.ptr);
    if (!stream) return names;
    for (const struct dirent *entry; (entry = readdir(stream));)
        list_add(finding->arena, &names, str_copy(finding->arena, str_from(entry->d_name)));
    closedir(stream);
    if (names.count) qsort(names.items, names.count, sizeof *names.items, compare_names);
    return names;
}

/* ---- one site-packages ---- */

/* False: it is there already, or no directory. */
static bool add_directory(Finding *finding, Str path)
{
    if (!is_directory(path)) return false;
    char *text = realpath(path.ptr, NULL);
    if (!text) return false;
    Str real = str_copy(finding->arena, str_from(text));
    free(text);
    for (uint32_t i = 0; i < finding->directories.count; i++)
        if (str_equal(finding->directories.items[i], real)) return false;
    list_add(finding->arena, &finding->directories, real);
    return true;
}

static Str resolved(const Finding *finding, Str directory, Str path)
{
    return path.ptr[0] == '/' ? path : below(finding, directory, path);
}

static void read_pth(Finding *finding, Str directory, Str name)
{
    StrList lines = {0};
    pth_lines(finding->arena, read_text(finding, below(finding, directory, name)), &lines);
    for (uint32_t i = 0; i < lines.count; i++)
        add_directory(finding, resolved(finding, directory, lines.items[i]));
}

static void read_egg_link(Finding *finding, Str directory, Str name)
{
    Str text = read_text(finding, below(finding, directory, name));
    Str line = str_trim(str_part(text, 0, str_find_byte(text, '\n')));
    if (line.len && str_find_byte(line, '\0') == SIZE_MAX)
        add_directory(finding, resolved(finding, directory, str_copy(finding->arena, line)));
}

static void read_finder(Finding *finding, Str directory, Str name)
{
    finder_parse(finding->arena, read_text(finding, below(finding, directory, name)), &finding->editables);
}

static void add_site(Finding *finding, Str directory)
{
    if (!add_directory(finding, directory)) return;
    StrList names = names_in(finding, directory);
    for (uint32_t i = 0; i < names.count; i++)
        if (str_ends(names.items[i], STR(".pth")) && names.items[i].ptr[0] != '.')
            read_pth(finding, directory, names.items[i]);
    for (uint32_t i = 0; i < names.count; i++)
        if (str_ends(names.items[i], STR(".egg-link"))) read_egg_link(finding, directory, names.items[i]);
    for (uint32_t i = 0; i < names.count; i++)
        if (finder_is_name(names.items[i])) read_finder(finding, directory, names.items[i]);
}

/* ---- the site-packages of a prefix ---- */

static bool is_library_name(Str name)
{
    return str_starts(name, STR("python3")) || str_starts(name, STR("pypy3"));
}

/* The number behind the last dot of "python3.12"; 0: none. */
static unsigned minor_version(Str name)
{
    unsigned value = 0;
    size_t dot = str_find_last(name, '.');
    for (size_t i = dot == SIZE_MAX ? name.len : dot + 1; i < name.len && value < 1000; i++)
        if (name.ptr[i] >= '0' && name.ptr[i] <= '9') value = value * 10 + (unsigned)(name.ptr[i] - '0');
    return value;
}

static bool holds_site(const Finding *finding, Str library)
{
    return is_directory(below(finding, library, STR("site-packages"))) ||
           is_directory(below(finding, library, STR("dist-packages")));
}

/* The asked for version's lib/python3.x, else the newest one's; "" when there is none. */
static Str library_of(const Finding *finding, Str directory)
{
    Str best = STR("");
    StrList names = names_in(finding, directory);
    for (uint32_t i = 0; i < names.count; i++) {
        Str name = names.items[i];
        if (!is_library_name(name) || !holds_site(finding, below(finding, directory, name))) continue;
        if (str_equal(name, finding->version)) return below(finding, directory, name);
        if (!best.len || minor_version(name) >= minor_version(str_after_last(best, '/')))
            best = below(finding, directory, name);
    }
    return best;
}

static void add_library(Finding *finding, Str directory)
{
    Str library = library_of(finding, directory);
    if (!library.len) return;
    if (!finding->version.len) finding->version = str_after_last(library, '/');
    add_site(finding, below(finding, library, STR("site-packages")));
    add_site(finding, below(finding, library, STR("dist-packages")));
}

/* Where Debian's packages are, whatever their Python's version. */
static void add_distribution(Finding *finding, Str prefix)
{
    if (str_equal(str_after_last(prefix, '/'), STR("local"))) return;
    add_site(finding, below(finding, prefix, STR("lib/python3/dist-packages")));
}

static bool is_prefix(const Finding *finding, Str prefix)
{
    return library_of(finding, below(finding, prefix, STR("lib"))).len ||
           library_of(finding, below(finding, prefix, STR("lib64"))).len ||
           is_directory(below(finding, prefix, STR("Lib/site-packages")));
}

static void add_prefix(Finding *finding, Str prefix)
{
    add_library(finding, below(finding, prefix, STR("lib")));
    add_library(finding, below(finding, prefix, STR("lib64")));
    add_site(finding, below(finding, prefix, STR("Lib/site-packages")));
}

/* An interpreter's own prefix, with what Debian puts below and beside it. */
static void add_system(Finding *finding, Str prefix)
{
    Str local = below(finding, prefix, STR("local"));
    if (is_prefix(finding, local)) add_prefix(finding, local);
    add_prefix(finding, prefix);
    add_distribution(finding, prefix);
}

/* ---- pyvenv.cfg ---- */

static Str settings_of(const Finding *finding, Str prefix)
{
    return read_text(finding, below(finding, prefix, STR("pyvenv.cfg")));
}

static bool has_settings(const Finding *finding, Str prefix)
{
    return is_file(below(finding, prefix, STR("pyvenv.cfg")));
}

/* "" when it is not set. */
static Str setting(const Finding *finding, Str text, Str key)
{
    while (text.len) {
        size_t end = str_find_byte(text, '\n');
        Str line = str_part(text, 0, end);
        text = str_drop(text, end == SIZE_MAX ? text.len : end + 1);
        size_t equals = str_find_byte(line, '=');
        bool is_key = equals != SIZE_MAX && str_equal(str_trim(str_part(line, 0, equals)), key);
        if (is_key) return str_copy(finding->arena, str_trim(str_drop(line, equals + 1)));
    }
    return STR("");
}

static bool is_true(Str text)
{
    static const char TRUE[] = "true";
    bool same = text.len == sizeof TRUE - 1;
    for (size_t i = 0; i < text.len && same; i++)
        same = (text.ptr[i] | 0x20) == TRUE[i];
    return same;
}

/* "python3.12" of "3.12.1" or "3.12.1.final.0"; "" when it is not said. */
static Str settings_version(const Finding *finding, Str settings)
{
    Str version = setting(finding, settings, STR("version"));
    if (!version.len) version = setting(finding, settings, STR("version_info"));
    size_t dot = str_find_byte(version, '.');
    if (dot == SIZE_MAX) return STR("");
    size_t second = str_find_byte(str_drop(version, dot + 1), '.');
    size_t end = second == SIZE_MAX ? version.len : dot + 1 + second;
    return str_join(finding->arena, STR("python"), str_part(version, 0, end), STR(""));
}

/* home is the directory of the interpreter that the environment was made with. */
static void add_home(Finding *finding, Str settings)
{
    Str home = setting(finding, settings, STR("home"));
    if (!home.len || home.ptr[0] != '/') return;
    bool is_bin = str_equal(str_after_last(home, '/'), STR("bin"));
    add_system(finding, is_bin ? parent_of(finding, home) : home);
}

static void add_environment(Finding *finding, Str prefix)
{
    Str settings = settings_of(finding, prefix);
    Str version = settings_version(finding, settings);
    if (version.len) finding->version = version;
    add_prefix(finding, prefix);
    if (is_true(setting(finding, settings, STR("include-system-site-packages")))) add_home(finding, settings);
}

/* ---- --python ---- */

static bool is_packages_directory(const Finding *finding, Str directory)
{
    Str name = str_after_last(directory, '/');
    if (str_equal(name, STR("site-packages")) || str_equal(name, STR("dist-packages"))) return true;
    StrList names = names_in(finding, directory);
    for (uint32_t i = 0; i < names.count; i++)
        if (str_ends(names.items[i], STR(".dist-info")) || str_ends(names.items[i], STR(".egg-info")))
            return true;
    return false;
}

static Str without_last_slash(const Finding *finding, Str path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return str_copy(finding->arena, path);
}

/* The prefix found, or "". */
static Str use_directory(Finding *finding, Str path)
{
    Str name = str_after_last(path, '/');
    bool is_bin = str_equal(name, STR("bin")) || str_equal(name, STR("Scripts"));
    Str prefix = is_bin ? parent_of(finding, path) : path;
    if (is_prefix(finding, prefix))
        add_environment(finding, prefix);
    else if (is_packages_directory(finding, path))
        add_site(finding, path);
    else
        return STR("");
    return prefix;
}

static Str working_path(const Finding *finding, Str path)
{
    if (path.ptr[0] == '/') return path;
    char *working = realpath(".", NULL);
    Str whole = working ? below(finding, str_copy(finding->arena, str_from(working)), path) : path;
    free(working);
    return whole;
}

/* What a link says, one step; "" when it is none. */
static Str link_target(const Finding *finding, Str path)
{
    char text[LIMIT_PATH_BYTES];
    ssize_t length = readlink(path.ptr, text, sizeof text);
    if (length <= 0 || (size_t)length == sizeof text) return STR("");
    Str target = str_copy(finding->arena, (Str){text, (size_t)length});
    return target.ptr[0] == '/' ? target : below(finding, parent_of(finding, path), target);
}

/* The environment whose interpreter this is, or a link to; "" when none has it. */
static Str environment_of(const Finding *finding, Str interpreter)
{
    for (int i = 0; i < LINK_STEPS && interpreter.len; i++) {
        Str bin = parent_of(finding, interpreter), prefix = parent_of(finding, bin);
        if (has_settings(finding, prefix)) return prefix;
        if (has_settings(finding, bin)) return bin;
        interpreter = link_target(finding, interpreter);
    }
    return STR("");
}

static bool is_interpreter_name(Str path)
{
    return str_starts(str_after_last(path, '/'), STR("python")) ||
           str_starts(str_after_last(path, '/'), STR("pypy"));
}

static Str use_interpreter(Finding *finding, Str path)
{
    Str prefix = environment_of(finding, path);
    if (prefix.len && is_prefix(finding, prefix)) {
        add_environment(finding, prefix);
        return prefix;
    }
    char *real = realpath(path.ptr, NULL);
    if (!real) return STR("");
    Str interpreter = str_copy(finding->arena, str_from(real));
    free(real);
    if (!is_interpreter_name(interpreter) && !is_interpreter_name(path)) return STR("");
    if (minor_version(str_after_last(interpreter, '/'))) finding->version = str_after_last(interpreter, '/');
    prefix = parent_of(finding, parent_of(finding, interpreter));
    add_system(finding, prefix);
    return finding->directories.count ? prefix : STR("");
}

static Str use_named(Finding *finding, Str path)
{
    if (!path.len) return path;
    path = working_path(finding, without_last_slash(finding, path));
    if (is_directory(path)) return use_directory(finding, path);
    return is_file(path) && access(path.ptr, X_OK) == 0 ? use_interpreter(finding, path) : STR("");
}

/* ---- where nobody said ---- */

static Str use_variable(Finding *finding, const char *value)
{
    Str prefix = without_last_slash(finding, str_from(value));
    if (!prefix.len || !is_prefix(finding, prefix)) return STR("");
    add_environment(finding, prefix);
    return prefix;
}

/* .venv, venv or env in a directory. */
static Str use_usual(Finding *finding, Str directory)
{
    static const char *const USUAL[] = {".venv", "venv", "env"};
    for (size_t i = 0; i < sizeof USUAL / sizeof *USUAL; i++) {
        Str prefix = below(finding, directory, str_from(USUAL[i]));
        if (!is_prefix(finding, prefix)) continue;
        add_environment(finding, prefix);
        return prefix;
    }
    return STR("");
}

static Str use_above(Finding *finding, const char *base_directory)
{
    char *real = base_directory ? realpath(base_directory, NULL) : NULL;
    Str directory = str_copy(finding->arena, str_from(real)), prefix = STR("");
    free(real);
    while (directory.len > 1 && !prefix.len) {
        prefix = use_usual(finding, directory);
        directory = parent_of(finding, directory);
    }
    return prefix;
}

/* ---- the result ---- */

static bool is_known(const Environment *environment, const EditableModule *module)
{
    for (size_t i = 0; i < environment->editable_count; i++)
        if (str_equal(environment->editables[i].name, module->name) &&
            str_equal(str_from(environment->editables[i].path), str_from(module->path)))
            return true;
    return false;
}

static void keep(const Finding *finding, Str prefix, Environment *environment)
{
    environment->prefix = prefix.len ? prefix.ptr : NULL;
    environment->directory_count = finding->directories.count;
    environment->directories =
        arena_array(finding->arena, finding->directories.count, sizeof *environment->directories);
    for (uint32_t i = 0; i < finding->directories.count; i++)
        environment->directories[i] = finding->directories.items[i].ptr;
    environment->editables =
        arena_array(finding->arena, finding->editables.count, sizeof *environment->editables);
    for (uint32_t i = 0; i < finding->editables.count; i++)
        if (!is_known(environment, &finding->editables.items[i]))
            environment->editables[environment->editable_count++] = finding->editables.items[i];
}

bool environment_find(Arena *arena, const EnvironmentOptions *options, Environment *environment, Fail *fail)
{
    *environment = (Environment){0};
    Finding finding = {.arena = arena, .version = STR("")};
    Str prefix;
    if (options->python) {
        prefix = use_named(&finding, str_from(options->python));
        if (!prefix.len)
            return fail_at(fail, options->python, 0,
                           "no Python interpreter, environment or site-packages directory");
    } else {
        prefix = use_variable(&finding, options->virtual_env);
        if (!prefix.len) prefix = use_variable(&finding, options->conda_prefix);
        if (!prefix.len) prefix = use_above(&finding, options->base_directory);
    }
    keep(&finding, prefix, environment);
    return true;
}
