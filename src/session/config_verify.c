#include "session/config_verify.h"

#include "base/closest.h"

#include "base/banned.h"

typedef enum KeyKind { KEY_TEXT, KEY_PATH, KEY_LIST, KEY_FLAG } KeyKind;

typedef struct Key {
    const char *name;
    KeyKind kind;
} Key;

static const Key KEYS[] = {
    {"requests", KEY_PATH}, {"answers", KEY_PATH},  {"stub", KEY_LIST},    {"python", KEY_PATH},
    {"service", KEY_LIST},  {"stand-in", KEY_LIST}, {"env", KEY_LIST},     {"endpoint", KEY_LIST},
    {"users", KEY_TEXT},    {"think", KEY_TEXT},    {"rate", KEY_TEXT},    {"secs", KEY_TEXT},
    {"delay", KEY_TEXT},    {"stall", KEY_TEXT},    {"prepare", KEY_TEXT}, {"server", KEY_TEXT},
    {"writes", KEY_FLAG},
};
enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

typedef struct Reader {
    Arena *arena;
    const char *path;
    Str directory;
    StrList *arguments;
    Fail *fail;
} Reader;

static bool must_be(const Reader *reader, const TomlValue *value, const Key *key, const char *what)
{
    return fail_at(reader->fail, reader->path, value->line1, "\"verify.%s\" must be %s", key->name, what);
}

static void add(const Reader *reader, const Key *key, Str value)
{
    Str option = str_join(reader->arena, STR("--"), str_from(key->name), STR("="));
    reader->arguments->items[reader->arguments->count++] = str_join(reader->arena, option, value, STR(""));
}

static Str below(const Reader *reader, Str path)
{
    return str_starts(path, STR("/")) ? path : str_join(reader->arena, reader->directory, STR("/"), path);
}

static bool read_list(const Reader *reader, const TomlValue *value, const Key *key)
{
    if (value->kind != TOML_ARRAY)
        return must_be(reader, value, key, "a list of texts, as in [\"a\", \"b\"]");
    for (const TomlValue *item = value->first; item; item = item->next) {
        if (item->kind != TOML_STRING)
            return must_be(reader, item, key, "a list of texts, as in [\"a\", \"b\"]");
        add(reader, key, item->text);
    }
    return true;
}

static bool read_value(const Reader *reader, const TomlValue *value, const Key *key)
{
    switch (key->kind) {
    case KEY_LIST:
        return read_list(reader, value, key);
    case KEY_FLAG:
        if (value->kind != TOML_BOOLEAN) return must_be(reader, value, key, "true or false");
        if (value->boolean)
            reader->arguments->items[reader->arguments->count++] =
                str_join(reader->arena, STR("--"), str_from(key->name), STR(""));
        return true;
    case KEY_TEXT:
    case KEY_PATH:
        if (value->kind != TOML_STRING || !value->text.len) return must_be(reader, value, key, "a text");
        add(reader, key, key->kind == KEY_PATH ? below(reader, value->text) : value->text);
        return true;
    }
    return false;
}

static bool read_key(const Reader *reader, const TomlValue *value)
{
    Closest closest;
    closest_init(&closest, value->key);
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (str_equal(value->key, str_from(KEYS[i].name))) return read_value(reader, value, &KEYS[i]);
        closest_try(&closest, KEYS[i].name);
    }
    int length = value->key.len < 100 ? (int)value->key.len : 100;
    return fail_at(reader->fail, reader->path, value->line1, "unknown key \"verify.%.*s\"%s%s%s", length,
                   value->key.ptr, closest.name ? " (did you mean \"" : "", closest.name ? closest.name : "",
                   closest.name ? "\"?)" : "");
}

bool config_verify_read(Arena *arena, const TomlValue *table, const char *path, Str directory,
                        StrList *arguments, Fail *fail)
{
    if (table->kind != TOML_TABLE) return fail_at(fail, path, table->line1, "\"verify\" must be a table");
    size_t room = 0;
    for (const TomlValue *value = table->first; value; value = value->next)
        room += value->count + 1;
    *arguments = (StrList){arena_array(arena, room, sizeof(Str)), 0};
    Reader reader = {arena, path, directory, arguments, fail};
    for (const TomlValue *value = table->first; value; value = value->next)
        if (!read_key(&reader, value)) return false;
    return true;
}
