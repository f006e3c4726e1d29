#define _GNU_SOURCE
#include "session/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/closest.h"
#include "base/io.h"
#include "report/report.h"
#include "session/config_verify.h"
#include "session/store.h"
#include "session/toml.h"
#include "source/exclude.h"
#include "base/banned.h"

/* One file that is being read. */
typedef struct Reader {
    Arena *arena;
    const char *path;
    Str directory;
    Fail *fail;
} Reader;

/* Reads a value into the configuration; false and a Fail when it is of the wrong kind. */
typedef bool (*ReadValue)(const Reader *reader, const TomlValue *value, Config *config);

typedef struct KeyRow {
    const char *name;
    OptionKey key;
    ReadValue read;
} KeyRow;

/* ---- values ---- */

static bool must_be(const Reader *reader, const TomlValue *value, const char *what)
{
    return fail_at(reader->fail, reader->path, value->line1, "\"%s\" must be %s", value->key.ptr, what);
}

static bool read_flag(const Reader *reader, const TomlValue *value, bool *flag)
{
    if (value->kind != TOML_BOOLEAN) return must_be(reader, value, "true or false");
    *flag = value->boolean;
    return true;
}

static bool read_list(const Reader *reader, const TomlValue *value, StrList *list)
{
    const char *what = "a list of texts, as in [\"a\", \"b\"]";
    if (value->kind != TOML_ARRAY) return must_be(reader, value, what);
    list->items = arena_array(reader->arena, value->count, sizeof *list->items);
    for (const TomlValue *item = value->first; item; item = item->next) {
        if (item->kind != TOML_STRING) return must_be(reader, value, what);
        list->items[list->count++] = item->text;
    }
    return true;
}

/* ALL, or a code or its beginning: L, LS, LS1, LS11, LS110. */
static bool is_code_prefix(Str text)
{
    if (str_equal(text, STR("ALL"))) return true;
    if (!text.len || text.len > strlen("LS110")) return false;
    for (size_t i = 0; i < text.len; i++) {
        bool fits = i < 2 ? text.ptr[i] == "LS"[i] : text.ptr[i] >= '0' && text.ptr[i] <= '9';
        if (!fits) return false;
    }
    return true;
}

static bool read_codes(const Reader *reader, const TomlValue *value, StrList *list)
{
    if (!read_list(reader, value, list)) return false;
    for (const TomlValue *item = value->first; item; item = item->next)
        if (!is_code_prefix(item->text))
            return fail_at(reader->fail, reader->path, item->line1,
                           "\"%.100s\" in \"%s\" is no code (codes are ALL, LS1, LS110 …)", item->text.ptr,
                           value->key.ptr);
    return true;
}

static bool read_patterns(const Reader *reader, const TomlValue *value, StrList *list)
{
    if (!read_list(reader, value, list)) return false;
    ExcludeSet set;
    Fail fail = {0};
    if (!exclude_set_init(reader->arena, list->items, list->count, reader->directory, &set, &fail))
        return fail_at(reader->fail, reader->path, value->line1, "%s", fail.text);
    for (size_t i = 0; i < list->count; i++)
        list->items[i] = exclude_pattern_below(reader->arena, reader->directory, list->items[i]);
    return true;
}

/* Name by index, NULL after the last. */
typedef const char *(*Choice)(size_t index);

static const char *severity_choice(size_t index)
{
    static const char *const names[] = {"low", "medium", "high"};
    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

static bool fail_choice(const Reader *reader, const TomlValue *value, Choice choice)
{
    Buf names;
    buf_init(&names);
    for (size_t i = 0; choice(i); i++) {
        if (i) buf_add_text(&names, choice(i + 1) ? ", " : " or ");
        buf_format(&names, "\"%s\"", choice(i));
    }
    buf_add_byte(&names, '\0');
    must_be(reader, value, names.data);
    buf_free(&names);
    return false;
}

static bool read_choice(const Reader *reader, const TomlValue *value, Choice choice, size_t *index)
{
    for (*index = 0; value->kind == TOML_STRING && choice(*index); ++*index)
        if (str_equal(value->text, str_from(choice(*index)))) return true;
    return fail_choice(reader, value, choice);
}

/* ---- keys ---- */

static bool read_select(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_codes(reader, value, &config->select);
}

static bool read_ignore(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_codes(reader, value, &config->ignore);
}

static bool read_exclude(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_patterns(reader, value, &config->exclude);
}

static bool read_extend_exclude(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_patterns(reader, value, &config->extend_exclude);
}

static bool read_rules(const Reader *reader, const TomlValue *value, Config *config)
{
    if (!read_list(reader, value, &config->rules)) return false;
    for (size_t i = 0; i < config->rules.count; i++) {
        Str *path = &config->rules.items[i];
        if (!str_starts(*path, STR("/"))) *path = str_join(reader->arena, reader->directory, STR("/"), *path);
    }
    return true;
}

static bool read_force_exclude(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_flag(reader, value, &config->force_exclude);
}

static bool read_respect_gitignore(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_flag(reader, value, &config->respect_gitignore);
}

static bool read_strict(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_flag(reader, value, &config->strict);
}

static bool read_show_info(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_flag(reader, value, &config->show_info);
}

static bool read_scope(const Reader *reader, const TomlValue *value, Config *config)
{
    size_t index;
    if (!read_choice(reader, value, options_scope, &index)) return false;
    config->scope = (Scope)index;
    return true;
}

static bool read_path(const Reader *reader, const TomlValue *value, const char **path)
{
    if (value->kind != TOML_STRING || !value->text.len) return must_be(reader, value, "a path");
    Str text = value->text;
    if (!str_starts(text, STR("/"))) text = str_join(reader->arena, reader->directory, STR("/"), text);
    *path = arena_copy(reader->arena, text.ptr, text.len);
    return true;
}

static bool read_python(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_path(reader, value, &config->python);
}

static bool read_follow(const Reader *reader, const TomlValue *value, Config *config)
{
    size_t index;
    if (!read_choice(reader, value, options_follow, &index)) return false;
    config->follow = (Follow)index;
    return true;
}

static bool read_cache(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_flag(reader, value, &config->cache);
}

static bool read_cache_directory(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_path(reader, value, &config->cache_directory);
}

static bool read_fail_on(const Reader *reader, const TomlValue *value, Config *config)
{
    static const Severity severities[] = {SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH};
    size_t index;
    if (!read_choice(reader, value, severity_choice, &index)) return false;
    config->fail_on = severities[index];
    return true;
}

static bool read_output_format(const Reader *reader, const TomlValue *value, Config *config)
{
    size_t index;
    if (!read_choice(reader, value, reporter_name, &index)) return false;
    config->output_format = value->text;
    return true;
}

static bool read_fixable(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_codes(reader, value, &config->fixable);
}

static bool read_unfixable(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_codes(reader, value, &config->unfixable);
}

static bool read_unsafe_fixes(const Reader *reader, const TomlValue *value, Config *config)
{
    return read_flag(reader, value, &config->unsafe_fixes);
}

static bool read_http_client(const Reader *reader, const TomlValue *value, Config *config)
{
    if (value->kind != TOML_STRING || !value->text.len)
        return must_be(reader, value, "the name of a package");
    config->fixes.http_client = value->text;
    return true;
}

static bool read_target_version(const Reader *reader, const TomlValue *value, Config *config)
{
    size_t index;
    if (!read_choice(reader, value, options_target, &index)) return false;
    config->fixes.python_minor = (uint32_t)index + TARGET_FIRST_MINOR;
    return true;
}

static bool read_verify(const Reader *reader, const TomlValue *value, Config *config)
{
    return config_verify_read(reader->arena, value, reader->path, reader->directory, &config->verify,
                              reader->fail);
}

static const KeyRow KEYS[] = {
    {"select", OPTION_SELECT, read_select},
    {"ignore", OPTION_IGNORE, read_ignore},
    {"exclude", OPTION_EXCLUDE, read_exclude},
    {"extend-exclude", OPTION_EXTEND_EXCLUDE, read_extend_exclude},
    {"force-exclude", OPTION_FORCE_EXCLUDE, read_force_exclude},
    {"respect-gitignore", OPTION_RESPECT_GITIGNORE, read_respect_gitignore},
    {"strict", OPTION_STRICT, read_strict},
    {"scope", OPTION_SCOPE, read_scope},
    {"show-info", OPTION_SHOW_INFO, read_show_info},
    {"fail-on", OPTION_FAIL_ON, read_fail_on},
    {"rules", OPTION_RULES, read_rules},
    {"follow", OPTION_FOLLOW, read_follow},
    {"python", OPTION_PYTHON, read_python},
    {"output-format", OPTION_OUTPUT_FORMAT, read_output_format},
    {"cache", OPTION_CACHE, read_cache},
    {"cache-dir", OPTION_CACHE_DIR, read_cache_directory},
    {"fixable", OPTION_FIXABLE, read_fixable},
    {"unfixable", OPTION_UNFIXABLE, read_unfixable},
    {"unsafe-fixes", OPTION_UNSAFE_FIXES, read_unsafe_fixes},
    {"http-client", OPTION_HTTP_CLIENT, read_http_client},
    {"target-version", OPTION_TARGET_VERSION, read_target_version},
    {"verify", 0, read_verify},
};
enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

/* The key that was meant, or NULL. */
static const char *meant_key(Str word)
{
    Closest closest;
    closest_init(&closest, word);
    for (size_t i = 0; i < KEY_COUNT; i++)
        closest_try(&closest, KEYS[i].name);
    return closest.name;
}

static bool fail_unknown_key(const Reader *reader, const TomlValue *value)
{
    int length = value->key.len < 100 ? (int)value->key.len : 100;
    const char *meant = meant_key(value->key);
    if (!meant)
        return fail_at(reader->fail, reader->path, value->line1, "unknown key \"%.*s\"", length,
                       value->key.ptr);
    return fail_at(reader->fail, reader->path, value->line1, "unknown key \"%.*s\" (did you mean \"%s\"?)",
                   length, value->key.ptr, meant);
}

static bool read_key(const Reader *reader, const TomlValue *value, Config *config)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (!str_equal(value->key, str_from(KEYS[i].name))) continue;
        config->given |= KEYS[i].key;
        return KEYS[i].read(reader, value, config);
    }
    return fail_unknown_key(reader, value);
}

/* ---- one file ---- */

static Str directory_of(Str path)
{
    size_t slash = str_find_last(path, '/');
    if (slash == SIZE_MAX) return STR(".");
    return slash ? str_part(path, 0, slash) : STR("/");
}

static bool is_pyproject(const char *path)
{
    Str text = str_from(path);
    return str_equal(text, STR("pyproject.toml")) || str_ends(text, STR("/pyproject.toml"));
}

/* The table that is ours; NULL: the file has none. */
static const TomlValue *find_table(const TomlValue *root, const char *path)
{
    return is_pyproject(path) ? toml_find(toml_find(root, STR("tool")), STR("loopsafe")) : root;
}

static bool read_table(Arena *arena, const TomlValue *table, const char *path, Config *config, Fail *fail)
{
    Str directory = str_copy(arena, directory_of(str_from(path)));
    Reader reader = {arena, path, directory, fail};
    if (table->kind != TOML_TABLE)
        return fail_at(fail, path, table->line1, "\"loopsafe\" must be a table: [tool.loopsafe]");
    for (const TomlValue *value = table->first; value; value = value->next)
        if (!read_key(&reader, value, config)) return false;
    config->path = path;
    config->base_directory = directory.ptr;
    return true;
}

bool config_parse(Arena *arena, Str text, const char *path, Config *config, Fail *fail)
{
    *config = (Config){.output_format = {"", 0}, .fixes = {{"", 0}, 0}};
    TomlValue *root;
    if (!toml_parse(arena, text, path, &root, fail)) return false;
    const TomlValue *table = find_table(root, path);
    return !table || read_table(arena, table, path, config, fail);
}

/* ---- finding the file ---- */

/* Absolute; a path that leads nowhere stays as it is. */
static Str absolute_path(Arena *arena, const char *path)
{
    char *real = realpath(path, NULL);
    Str absolute = str_copy(arena, str_from(real ? real : path));
    free(real);
    return absolute;
}

static Str start_directory(Arena *arena, const char *start)
{
    struct stat info;
    Str path = absolute_path(arena, start && *start ? start : ".");
    if (stat(path.ptr, &info) == 0 && S_ISDIR(info.st_mode)) return path;
    Str parent = str_copy(arena, directory_of(path));
    return absolute_path(arena, parent.ptr);
}

static bool read_file(Arena *arena, const char *path, Str *text, Fail *fail)
{
    IoStatus status = io_read_file(arena, path, TOML_MOST_BYTES, text);
    if (status == IO_TOO_LARGE) return fail_at(fail, path, 0, "is larger than the limit of 1 MiB");
    return status == IO_OK || fail_at(fail, path, 0, "%s", io_status_text(status));
}

static bool load_named(Arena *arena, const char *path, Config *config, Fail *fail)
{
    Str text;
    if (!read_file(arena, path, &text, fail)) return false;
    const char *absolute = absolute_path(arena, path).ptr;
    if (!config_parse(arena, text, absolute, config, fail)) return false;
    config->path = absolute;
    config->base_directory = str_copy(arena, directory_of(str_from(absolute))).ptr;
    return true;
}

/* Whether a file that is there is one of ours; a pyproject.toml that never says the word is not even parsed. */
static bool load_candidate(Arena *arena, const char *path, Config *config, Fail *fail)
{
    Str text;
    if (!read_file(arena, path, &text, fail)) return false;
    if (is_pyproject(path) && str_find(text, STR("loopsafe")) == SIZE_MAX) return true;
    return config_parse(arena, text, path, config, fail);
}

static bool load_closest(Arena *arena, Str directory, Config *config, Fail *fail)
{
    static const char *const names[] = {"loopsafe.toml", ".loopsafe.toml", "pyproject.toml"};
    for (;; directory = directory_of(directory)) {
        bool is_root = str_equal(directory, STR("/"));
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            Str path = str_join(arena, is_root ? STR("") : directory, STR("/"), str_from(names[i]));
            if (access(path.ptr, F_OK) != 0) continue;
            if (!load_candidate(arena, path.ptr, config, fail)) return false;
            if (config->path) return true;
        }
        if (is_root || str_find_byte(directory, '/') == SIZE_MAX) return true;
    }
}

bool config_load(Arena *arena, const char *path_or_null, const char *start, bool isolated, Config *config,
                 Fail *fail)
{
    *config = (Config){.output_format = {"", 0}, .fixes = {{"", 0}, 0}};
    if (isolated) return true;
    if (path_or_null) return load_named(arena, path_or_null, config, fail);
    return load_closest(arena, start_directory(arena, start), config, fail);
}

const char *config_cache_directory(Arena *arena, Fail *fail)
{
    Config config;
    if (!config_load(arena, NULL, NULL, false, &config, fail)) return NULL;
    if (config.cache_directory) return config.cache_directory;
    if (!config.base_directory) return STORE_DIRECTORY;
    return str_join(arena, str_from(config.base_directory), STR("/" STORE_DIRECTORY), STR("")).ptr;
}

/* ---- into the options ---- */

static bool is_open(const Config *config, const Options *options, OptionKey key)
{
    return (config->given & key) && !(options->given & key);
}

static void fill_list(const Config *config, Options *options, OptionKey key, const StrList *from,
                      StrList *into)
{
    if (is_open(config, options, key) && !into->count) *into = *from;
}

static void put_in_front(Arena *arena, const StrList *front, StrList *list)
{
    StrList both = {arena_array(arena, front->count + list->count, sizeof *both.items), 0};
    for (size_t i = 0; i < front->count; i++)
        both.items[both.count++] = front->items[i];
    for (size_t i = 0; i < list->count; i++)
        both.items[both.count++] = list->items[i];
    *list = both;
}

/* Patterns that were typed are below the directory they were typed in. */
static void pin_patterns(Arena *arena, const char *directory, StrList *list)
{
    StrList pinned = {arena_array(arena, list->count, sizeof *pinned.items), 0};
    for (size_t i = 0; i < list->count; i++)
        pinned.items[pinned.count++] = exclude_pattern_below(arena, str_from(directory), list->items[i]);
    *list = pinned;
}

static void apply_base(Arena *arena, const Config *config, Options *options)
{
    if (!config->base_directory) return;
    if (options->base_directory) {
        pin_patterns(arena, options->base_directory, &options->exclude);
        pin_patterns(arena, options->base_directory, &options->extend_exclude);
    }
    options->base_directory = config->base_directory;
}

static void apply_lists(Arena *arena, const Config *config, Options *options)
{
    fill_list(config, options, OPTION_SELECT, &config->select, &options->select);
    fill_list(config, options, OPTION_IGNORE, &config->ignore, &options->ignore);
    fill_list(config, options, OPTION_FIXABLE, &config->fixable, &options->fixable);
    fill_list(config, options, OPTION_UNFIXABLE, &config->unfixable, &options->unfixable);
    if (is_open(config, options, OPTION_EXCLUDE) && !options->exclude_given) {
        options->exclude = config->exclude;
        options->exclude_given = true;
    }
    put_in_front(arena, &config->extend_exclude, &options->extend_exclude);
    put_in_front(arena, &config->rules, &options->rules);
}

static void apply_fixes(const Config *config, Options *options)
{
    if (is_open(config, options, OPTION_UNSAFE_FIXES)) options->unsafe_fixes = config->unsafe_fixes;
    if (is_open(config, options, OPTION_HTTP_CLIENT)) options->fixes.http_client = config->fixes.http_client;
    if (is_open(config, options, OPTION_TARGET_VERSION))
        options->fixes.python_minor = config->fixes.python_minor;
}

void config_apply(Arena *arena, const Config *config, Options *options)
{
    apply_base(arena, config, options);
    apply_lists(arena, config, options);
    apply_fixes(config, options);
    if (is_open(config, options, OPTION_FORCE_EXCLUDE)) options->force_exclude = config->force_exclude;
    if (is_open(config, options, OPTION_RESPECT_GITIGNORE))
        options->respect_gitignore = config->respect_gitignore;
    if (is_open(config, options, OPTION_STRICT)) options->strict = config->strict;
    if (is_open(config, options, OPTION_SHOW_INFO)) options->show_info = config->show_info;
    if (is_open(config, options, OPTION_SCOPE)) options->scope = config->scope;
    if (is_open(config, options, OPTION_FOLLOW)) options->follow = config->follow;
    if (is_open(config, options, OPTION_PYTHON)) options->python = config->python;
    if (is_open(config, options, OPTION_FAIL_ON)) options->fail_on = config->fail_on;
    if (is_open(config, options, OPTION_CACHE)) options->no_cache = !config->cache;
    if (is_open(config, options, OPTION_CACHE_DIR)) options->cache_directory = config->cache_directory;
    if (is_open(config, options, OPTION_OUTPUT_FORMAT)) options->output_format = config->output_format;
}
