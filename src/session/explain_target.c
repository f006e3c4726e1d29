/* What FILE:LINE or module.function stands for. */
#include "session/explain.h"

#include "base/closest.h"
#include "base/banned.h"

/* --- FILE:LINE --- */

/* The row behind the last colon; 0: the word is no FILE:LINE. */
static uint32_t row_of(Str word, Str *file)
{
    size_t colon = str_find_last(word, ':');
    if (colon == SIZE_MAX || colon == 0 || colon + 1 == word.len) return 0;
    uint64_t row1 = 0;
    for (size_t i = colon + 1; i < word.len; i++) {
        if (word.ptr[i] < '0' || word.ptr[i] > '9') return 0;
        row1 = row1 * 10 + (uint64_t)(word.ptr[i] - '0');
        if (row1 > UINT32_MAX) row1 = UINT32_MAX;
    }
    *file = str_part(word, 0, colon);
    return (uint32_t)row1;
}

static bool looks_like_line(Str word)
{
    size_t colon = str_find_last(word, ':');
    return colon != SIZE_MAX;
}

static Str without_dot(Str path)
{
    while (str_starts(path, STR("./")))
        path = str_part(path, 2, path.len);
    return path;
}

/* `main.py` stands for `app/main.py` too, when it is the only one. */
static bool ends_in(Str path, Str file)
{
    if (str_equal(path, file)) return true;
    return path.len > file.len && str_ends(path, file) && path.ptr[path.len - file.len - 1] == '/';
}

static size_t find_file(const Session *session, Str file, bool *several)
{
    size_t found = SIZE_MAX;
    *several = false;
    for (size_t i = 0; i < session->found.file_count; i++) {
        Str path = without_dot(session->found.files[i].path);
        if (str_equal(path, file)) {
            *several = false;
            return i;
        }
        if (!ends_in(path, file)) continue;
        *several = *several || found != SIZE_MAX;
        found = i;
    }
    return found;
}

static bool fail_closest(Fail *fail, const char *what, const Closest *closest)
{
    Str word = closest->word;
    int length = word.len < 200 ? (int)word.len : 200;
    if (closest->name)
        return fail_at(fail, NULL, 0, "unknown %s '%.*s' (did you mean '%.200s'?)", what, length, word.ptr,
                       closest->name);
    return fail_at(fail, NULL, 0, "unknown %s '%.*s'", what, length, word.ptr);
}

static bool unknown_file(const Session *session, Str file, Fail *fail)
{
    Closest closest;
    closest_init(&closest, file);
    for (size_t i = 0; i < session->found.file_count; i++)
        closest_try(&closest, session->found.files[i].path.ptr);
    return fail_closest(fail, "file", &closest);
}

/* The file's unit, read now when nothing on the loop led there. */
static Unit *unit_of_file(Session *session, size_t file)
{
    if (session->files[file].unit) return session->files[file].unit;
    return program_unit(&session->program, modules_of_file(session->modules, file));
}

static bool take_line(Session *session, Str file, uint32_t row1, Target *target, Fail *fail)
{
    bool several;
    size_t item = find_file(session, without_dot(file), &several);
    if (several)
        return fail_at(fail, NULL, 0, "'%.*s' stands for several files: name its directory", WORDS(file));
    if (item == SIZE_MAX) return unknown_file(session, file, fail);
    Unit *unit = unit_of_file(session, item);
    const char *path = session->found.files[item].path.ptr;
    if (!unit) return fail_at(fail, path, 0, "cannot be read");
    if (row1 == 0 || row1 > unit->lines.count)
        return fail_at(fail, path, 0, "has no line %u: it has %u", row1, unit->lines.count);
    *target = (Target){unit, item, row1, unit_function_on_row(unit, row1)};
    return true;
}

/* --- module.function --- */

static Str next_part(Str *rest)
{
    size_t dot = str_find_byte(*rest, '.');
    Str part = str_part(*rest, 0, dot == SIZE_MAX ? rest->len : dot);
    *rest = dot == SIZE_MAX ? STR("") : str_part(*rest, dot + 1, rest->len);
    return part;
}

/* `f.<locals>.g` may be written `f.g`. */
static bool same_name(Str name, Str word)
{
    while (name.len || word.len) {
        Str part = next_part(&name), wanted = next_part(&word);
        if (str_equal(part, STR("<locals>")) && !str_equal(wanted, part)) part = next_part(&name);
        if (!str_equal(part, wanted)) return false;
    }
    return true;
}

static Str module_name(const Unit *unit)
{
    return unit->module_file ? unit->module_file->name : STR("");
}

/* `app/main.py` as dotted name, whatever package it belongs to: app.main. */
static Str path_name(Arena *arena, Str path)
{
    path = without_dot(path);
    if (str_ends(path, STR("/__init__.py"))) path = str_part(path, 0, path.len - 12);
    if (str_ends(path, STR(".py"))) path = str_part(path, 0, path.len - 3);
    char *text = arena_copy(arena, path.ptr, path.len);
    for (size_t i = 0; i < path.len; i++)
        if (text[i] == '/') text[i] = '.';
    return (Str){text, path.len};
}

/* How well a function is meant by a word. */
typedef enum Fit { FIT_NONE, FIT_NAME, FIT_PATH, FIT_MODULE } Fit;

static bool ends_in_parts(Str name, Str parts)
{
    if (str_equal(name, parts)) return true;
    return name.len > parts.len && str_ends(name, parts) && name.ptr[name.len - parts.len - 1] == '.';
}

static Fit fit_of(Arena *arena, const Unit *unit, Str name, Str word)
{
    Fit best = same_name(name, word) ? FIT_NAME : FIT_NONE;
    for (size_t dot = 0; dot < word.len; dot++) {
        if (word.ptr[dot] != '.' || !same_name(name, str_part(word, dot + 1, word.len))) continue;
        Str module = str_part(word, 0, dot);
        if (str_equal(module_name(unit), module)) return FIT_MODULE;
        if (ends_in_parts(path_name(arena, unit->path), module)) best = FIT_PATH;
    }
    return best;
}

/* Modules that nothing on the loop led to are read when the word names them. */
static void read_named(Session *session, Str word)
{
    for (size_t dot = 0; dot < word.len; dot++) {
        if (word.ptr[dot] != '.') continue;
        Str named = str_part(word, 0, dot);
        for (size_t i = 0; i < session->found.file_count; i++) {
            Str path = path_name(&session->arena, session->found.files[i].path);
            const Module *module = modules_of_file(session->modules, i);
            if (str_equal(module->name, named) || ends_in_parts(path, named)) (void)unit_of_file(session, i);
        }
    }
}

typedef struct Named {
    uint32_t function; /* the last definition that fits best */
    Fit fit;
    bool several; /* in different files, or by different names */
} Named;

static bool same_definition(const FunctionInfo *left, const FunctionInfo *right)
{
    return left->unit == right->unit && str_equal(left->name, right->name);
}

static bool is_installed(const Unit *unit)
{
    return unit->module_file && unit->module_file->origin == MODULE_INSTALLED;
}

static Named function_named(Session *session, Str word)
{
    const Program *program = &session->program;
    Named named = {.function = ID_NONE};
    for (uint32_t i = 0; i < program->functions.count; i++) {
        const FunctionInfo *info = program->functions.items[i];
        if (info->is_lambda) continue;
        Fit fit = fit_of(&session->arena, info->unit, info->name, word);
        bool known = fit == FIT_NONE || fit < named.fit || (fit != FIT_MODULE && is_installed(info->unit));
        if (known) continue;
        bool again = fit == named.fit;
        named.several =
            again && (named.several || !same_definition(program->functions.items[named.function], info));
        named.fit = fit;
        named.function = i;
    }
    return named;
}

static size_t dots_in(Str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '.';
    return count;
}

/* As many of the name's last parts as the word has. */
static Str last_parts(Str name, size_t dots)
{
    size_t start = name.len;
    for (size_t found = 0; start; start--)
        if (name.ptr[start - 1] == '.' && found++ == dots) break;
    return str_part(name, start, name.len);
}

static void try_names(Session *session, Closest *closest)
{
    const Program *program = &session->program;
    size_t dots = dots_in(closest->word);
    for (size_t i = 0; i < program->functions.count; i++) {
        const FunctionInfo *info = program->functions.items[i];
        if (info->is_lambda || is_installed(info->unit)) continue;
        Str modules[] = {module_name(info->unit), path_name(&session->arena, info->unit->path)};
        for (size_t k = 0; k < sizeof modules / sizeof modules[0]; k++) {
            Str near = last_parts(str_join(&session->arena, modules[k], STR("."), info->name), dots);
            closest_try(closest, arena_copy(&session->arena, near.ptr, near.len));
        }
    }
}

static bool take_function(Session *session, Str word, Target *target, Fail *fail)
{
    read_named(session, word);
    Program *program = &session->program;
    Named named = function_named(session, word);
    uint32_t function = named.function;
    if (named.several)
        return fail_at(fail, NULL, 0, "'%.*s' stands for several functions: write it with its module",
                       WORDS(word));
    if (function == ID_NONE) {
        Closest closest;
        closest_init(&closest, word);
        try_names(session, &closest);
        return fail_closest(fail, "function", &closest);
    }
    Unit *unit = ((FunctionInfo *)program->functions.items[function])->unit;
    bool discovered = unit->module_file && unit->module_file->file != UINT32_MAX;
    *target = (Target){unit, discovered ? unit->module_file->file : SIZE_MAX, 0, function};
    return true;
}

bool explain_target(Session *session, const char *text, Target *target, Fail *fail)
{
    Str word = str_trim(str_from(text)), file;
    uint32_t row1 = row_of(word, &file);
    if (row1) return take_line(session, file, row1, target, fail);
    if (looks_like_line(word) || !word.len)
        return fail_at(fail, NULL, 0, "'%.200s' is neither FILE:LINE nor module.function", text);
    return take_function(session, word, target, fail);
}
