#include "session/toml.h"

#include <stdlib.h>
#include <string.h>

#include <tree_sitter/api.h>

#include "base/limits.h"
#include "base/vec.h"
#include "base/banned.h"

const TSLanguage *tree_sitter_toml(void);

typedef VEC(Str) Keys;

typedef struct Reader {
    Arena *arena;
    Str text;
    const char *path;
    Fail *fail;
    TSTreeCursor cursor; /* at the node that is read */
    Keys keys;           /* of the key that was read last */
    size_t depth;        /* arrays and inline tables around the cursor */
} Reader;

const TomlValue *toml_find(const TomlValue *table, Str key)
{
    if (!table || table->kind != TOML_TABLE) return NULL;
    const TomlValue *member = table->first;
    while (member && !str_equal(member->key, key))
        member = member->next;
    return member;
}

/* ---- where the cursor is ---- */

static TSNode here(const Reader *reader)
{
    return ts_tree_cursor_current_node(&reader->cursor);
}

static uint32_t line_of(TSNode node)
{
    return ts_node_start_point(node).row + 1;
}

static Str text_of(const Reader *reader, TSNode node)
{
    return str_part(reader->text, ts_node_start_byte(node), ts_node_end_byte(node));
}

static bool is_type(TSNode node, const char *type)
{
    return strcmp(ts_node_type(node), type) == 0;
}

static bool fail_here(const Reader *reader, const char *what)
{
    return fail_at(reader->fail, reader->path, line_of(here(reader)), "%s", what);
}

static bool fail_key(const Reader *reader, size_t line1, Str key, const char *what)
{
    int length = key.len < 200 ? (int)key.len : 200;
    return fail_at(reader->fail, reader->path, line1, "\"%.*s\" %s", length, key.ptr, what);
}

/* ---- strings ---- */

/* The value of hexadecimal digits; they were checked by the grammar. */
static uint32_t read_hex(Str digits)
{
    uint32_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char digit = digits.ptr[i];
        value = value * 16 + (uint32_t)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
    }
    return value;
}

static size_t put_character(char *at, uint32_t point)
{
    if (point < 0x80) {
        at[0] = (char)point;
        return 1;
    }
    size_t size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size - 1; i > 0; i--, point >>= 6)
        at[i] = (char)(0x80 | (point & 0x3F));
    at[0] = (char)(leads[size] | point);
    return size;
}

static char escaped_byte(char letter)
{
    switch (letter) {
    case 'b':
        return '\b';
    case 't':
        return '\t';
    case 'n':
        return '\n';
    case 'f':
        return '\f';
    case 'r':
        return '\r';
    default:
        return letter; /* a quote or a backslash */
    }
}

/* What stands behind a backslash: writes it and gives the bytes read; SIZE_MAX: no such character. */
static size_t read_escape(Str rest, char *at, size_t *written)
{
    *written = 0;
    char letter = rest.len ? rest.ptr[0] : '\\';
    if (letter == '\n' || letter == '\r' || letter == ' ' || letter == '\t') {
        size_t blank = 0;
        while (blank < rest.len && strchr(" \t\r\n", rest.ptr[blank]))
            blank++;
        return blank;
    }
    if (letter != 'u' && letter != 'U') {
        at[(*written)++] = escaped_byte(letter);
        return rest.len ? 1 : 0;
    }
    Str digits = str_part(rest, 1, letter == 'u' ? 5 : 9);
    uint32_t point = read_hex(digits);
    if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return SIZE_MAX;
    *written = put_character(at, point);
    return 1 + digits.len;
}

static bool unescape(const Reader *reader, Str raw, Str *text)
{
    char *data = arena_alloc(reader->arena, raw.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < raw.len;) {
        if (raw.ptr[i] != '\\') {
            data[length++] = raw.ptr[i++];
            continue;
        }
        size_t written, read = read_escape(str_part(raw, i + 1, raw.len), data + length, &written);
        if (read == SIZE_MAX) return fail_here(reader, "an escape sequence stands for no character");
        i += 1 + read;
        length += written;
    }
    data[length] = '\0';
    *text = (Str){data, length};
    return true;
}

/* Without quotes and escapes; any of the four kinds. */
static bool read_string(const Reader *reader, Str raw, Str *text)
{
    bool is_long = str_starts(raw, STR("\"\"\"")) || str_starts(raw, STR("'''"));
    size_t quote = is_long ? 3 : 1;
    if (raw.len < 2 * quote) return fail_here(reader, "is not valid TOML");
    bool has_escapes = raw.ptr[0] == '"';
    raw = str_part(raw, quote, raw.len - quote);
    if (is_long && str_starts(raw, STR("\r\n")))
        raw = str_part(raw, 2, raw.len);
    else if (is_long && str_starts(raw, STR("\n")))
        raw = str_part(raw, 1, raw.len);
    if (has_escapes) return unescape(reader, raw, text);
    *text = str_copy(reader->arena, raw);
    return true;
}

/* ---- numbers ---- */

static bool read_integer(const Reader *reader, Str raw, int64_t *value)
{
    bool negative = raw.ptr[0] == '-';
    if (negative || raw.ptr[0] == '+') raw = str_part(raw, 1, raw.len);
    uint64_t base = str_starts(raw, STR("0x"))   ? 16
                    : str_starts(raw, STR("0o")) ? 8
                    : str_starts(raw, STR("0b")) ? 2
                                                 : 10;
    uint64_t sum = 0, most = (uint64_t)INT64_MAX + negative;
    for (size_t i = base == 10 ? 0 : 2; i < raw.len; i++) {
        if (raw.ptr[i] == '_') continue;
        uint64_t digit = read_hex(str_part(raw, i, i + 1));
        if (digit >= base || sum > (most - digit) / base)
            return fail_here(reader, "the number is out of range");
        sum = sum * base + digit;
    }
    *value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

/* ---- tables ---- */

static void add_member(TomlValue *parent, TomlValue *value)
{
    if (parent->last)
        parent->last->next = value;
    else
        parent->first = value;
    parent->last = value;
    parent->count++;
}

static TomlValue *new_value(const Reader *reader, TomlKind kind, TomlOrigin origin, uint32_t line1)
{
    TomlValue *value = arena_alloc(reader->arena, sizeof *value);
    value->kind = kind;
    value->origin = origin;
    value->line1 = line1;
    value->key = value->text = (Str){"", 0};
    return value;
}

static TomlValue *add_key(const Reader *reader, TomlValue *table, Str key, TomlValue *value)
{
    if (table->count == TOML_MOST_KEYS) {
        fail_key(reader, value->line1, key, "is one key too many for one table");
        return NULL;
    }
    value->key = key;
    add_member(table, value);
    return value;
}

static TomlValue *member_find(TomlValue *table, Str key)
{
    TomlValue *member = table->first;
    while (member && !str_equal(member->key, key))
        member = member->next;
    return member;
}

/* The text of one part of a key. */
static bool read_key_part(const Reader *reader, TSNode node, Str *key)
{
    Str raw = text_of(reader, node);
    if (is_type(node, "quoted_key")) return read_string(reader, raw, key);
    *key = str_copy(reader->arena, raw);
    return true;
}

/* Reads a key into reader->keys; `a.b.c` nests to the left in the tree. */
static bool read_key(Reader *reader, TSNode node)
{
    reader->keys.count = 0;
    for (bool more = true; more;) {
        more = is_type(node, "dotted_key");
        TSNode part = more ? ts_node_named_child(node, ts_node_named_child_count(node) - 1) : node;
        Str key;
        if (!read_key_part(reader, part, &key)) return false;
        if (reader->keys.count == LIMIT_NESTING) return fail_here(reader, "the key has too many parts");
        vec_add(&reader->keys, key);
        if (more) node = ts_node_named_child(node, 0);
    }
    for (size_t low = 0, high = reader->keys.count - 1; low < high; low++, high--) {
        Str key = reader->keys.items[low];
        reader->keys.items[low] = reader->keys.items[high];
        reader->keys.items[high] = key;
    }
    return true;
}

/* The table that a header's path leads to; NULL and a Fail when something else is in the way. */
static TomlValue *walk_header(const Reader *reader, TomlValue *table, Str key, uint32_t line1)
{
    TomlValue *next = member_find(table, key);
    if (!next) return add_key(reader, table, key, new_value(reader, TOML_TABLE, TOML_BY_PATH, line1));
    if (next->kind == TOML_ARRAY && next->origin == TOML_BY_HEADER) next = next->last;
    if (next->kind == TOML_TABLE && next->origin != TOML_INLINE) return next;
    fail_key(reader, line1, key, "is set already and is no table that can grow");
    return NULL;
}

/* The same for `a.b = 1`, which may only go on with what such keys began. */
static TomlValue *walk_dotted(const Reader *reader, TomlValue *table, Str key, uint32_t line1)
{
    TomlValue *next = member_find(table, key);
    if (!next) return add_key(reader, table, key, new_value(reader, TOML_TABLE, TOML_BY_KEY, line1));
    if (next->kind == TOML_TABLE && next->origin == TOML_BY_KEY) return next;
    fail_key(reader, line1, key, "is set already");
    return NULL;
}

typedef TomlValue *(*Step)(const Reader *reader, TomlValue *table, Str key, uint32_t line1);

/* Follows all parts of reader->keys but the last. */
static TomlValue *walk_keys(const Reader *reader, TomlValue *table, uint32_t line1, Step step)
{
    for (size_t i = 0; i + 1 < reader->keys.count && table; i++)
        table = step(reader, table, reader->keys.items[i], line1);
    return table;
}

static Str last_key(const Reader *reader)
{
    return reader->keys.items[reader->keys.count - 1];
}

/* [a.b]: the table it opens. */
static TomlValue *open_table(const Reader *reader, TomlValue *root, uint32_t line1)
{
    TomlValue *parent = walk_keys(reader, root, line1, walk_header);
    if (!parent) return NULL;
    Str key = last_key(reader);
    TomlValue *table = member_find(parent, key);
    if (!table) return add_key(reader, parent, key, new_value(reader, TOML_TABLE, TOML_BY_HEADER, line1));
    if (table->kind != TOML_TABLE || table->origin != TOML_BY_PATH) {
        fail_key(reader, line1, key, "is set already");
        return NULL;
    }
    table->origin = TOML_BY_HEADER;
    return table;
}

/* [[a.b]]: a new table at the end of the array. */
static TomlValue *open_element(const Reader *reader, TomlValue *root, uint32_t line1)
{
    TomlValue *parent = walk_keys(reader, root, line1, walk_header);
    if (!parent) return NULL;
    Str key = last_key(reader);
    TomlValue *array = member_find(parent, key);
    if (!array) array = add_key(reader, parent, key, new_value(reader, TOML_ARRAY, TOML_BY_HEADER, line1));
    if (!array) return NULL;
    if (array->kind != TOML_ARRAY || array->origin != TOML_BY_HEADER) {
        fail_key(reader, line1, key, "is set already");
        return NULL;
    }
    TomlValue *table = new_value(reader, TOML_TABLE, TOML_BY_HEADER, line1);
    add_member(array, table);
    return table;
}

/* ---- values ---- */

static TomlValue *read_value(Reader *reader);
static bool read_pair(Reader *reader, TomlValue *table);

/* The members of an array or inline table under the cursor. */
static bool read_members(Reader *reader, TomlValue *parent)
{
    if (reader->depth == LIMIT_NESTING) return fail_here(reader, "is nested too deeply");
    if (!ts_tree_cursor_goto_first_child(&reader->cursor)) return true;
    reader->depth++;
    bool done = true;
    do {
        TSNode node = here(reader);
        if (!ts_node_is_named(node) || is_type(node, "comment")) continue;
        if (parent->kind == TOML_TABLE) {
            done = read_pair(reader, parent);
            continue;
        }
        TomlValue *value = read_value(reader);
        done = value != NULL;
        if (done) add_member(parent, value);
    } while (done && ts_tree_cursor_goto_next_sibling(&reader->cursor));
    ts_tree_cursor_goto_parent(&reader->cursor);
    reader->depth--;
    return done;
}

static TomlKind kind_of(TSNode node)
{
    if (is_type(node, "string")) return TOML_STRING;
    if (is_type(node, "boolean")) return TOML_BOOLEAN;
    if (is_type(node, "integer")) return TOML_INTEGER;
    if (is_type(node, "array")) return TOML_ARRAY;
    return is_type(node, "inline_table") ? TOML_TABLE : TOML_OTHER;
}

/* The value under the cursor; NULL and a Fail. */
static TomlValue *read_value(Reader *reader)
{
    TSNode node = here(reader);
    TomlValue *value = new_value(reader, kind_of(node), TOML_INLINE, line_of(node));
    Str raw = text_of(reader, node);
    bool done = true;
    switch (value->kind) {
    case TOML_STRING:
        done = read_string(reader, raw, &value->text);
        break;
    case TOML_INTEGER:
        done = read_integer(reader, raw, &value->integer);
        break;
    case TOML_BOOLEAN:
        value->boolean = str_equal(raw, STR("true"));
        break;
    case TOML_ARRAY:
    case TOML_TABLE:
        done = read_members(reader, value);
        break;
    case TOML_OTHER:
        break;
    }
    return done ? value : NULL;
}

/* Steps over the key and '=' to the value. */
static bool goto_value(Reader *reader)
{
    do {
        TSNode node = here(reader);
        if (ts_node_is_named(node) && !is_type(node, "comment")) return true;
    } while (ts_tree_cursor_goto_next_sibling(&reader->cursor));
    return false;
}

/* `key = value` under the cursor, into a table. */
static bool read_pair(Reader *reader, TomlValue *table)
{
    uint32_t line1 = line_of(here(reader));
    if (!ts_tree_cursor_goto_first_child(&reader->cursor)) return fail_here(reader, "is not valid TOML");
    TomlValue *value = NULL, *parent = NULL;
    if (goto_value(reader) && read_key(reader, here(reader))) {
        parent = walk_keys(reader, table, line1, walk_dotted);
        Str key = last_key(reader);
        if (parent && member_find(parent, key))
            fail_key(reader, line1, key, "is set already");
        else if (parent && ts_tree_cursor_goto_next_sibling(&reader->cursor) && goto_value(reader))
            value = read_value(reader);
        if (value) {
            value->line1 = line1;
            value = add_key(reader, parent, key, value);
        }
    }
    ts_tree_cursor_goto_parent(&reader->cursor);
    if (!value && !reader->fail->failed) return fail_here(reader, "is not valid TOML");
    return value != NULL;
}

/* ---- the document ---- */

/* The pairs and headers under the cursor; a header's pairs are its children. */
static bool read_section(Reader *reader, TomlValue *root)
{
    TSNode section = here(reader);
    uint32_t line1 = line_of(section);
    bool is_element = is_type(section, "table_array_element");
    if (!ts_tree_cursor_goto_first_child(&reader->cursor)) return true;
    TomlValue *table = NULL;
    bool done = true;
    do {
        TSNode node = here(reader);
        if (!ts_node_is_named(node) || is_type(node, "comment")) continue;
        if (table)
            done = read_pair(reader, table);
        else if ((done = read_key(reader, node)))
            table = is_element ? open_element(reader, root, line1) : open_table(reader, root, line1);
        done = done && table;
    } while (done && ts_tree_cursor_goto_next_sibling(&reader->cursor));
    ts_tree_cursor_goto_parent(&reader->cursor);
    return done;
}

static bool read_document(Reader *reader, TomlValue *root)
{
    if (!ts_tree_cursor_goto_first_child(&reader->cursor)) return true;
    bool done = true;
    do {
        TSNode node = here(reader);
        if (is_type(node, "pair"))
            done = read_pair(reader, root);
        else if (is_type(node, "table") || is_type(node, "table_array_element"))
            done = read_section(reader, root);
    } while (done && ts_tree_cursor_goto_next_sibling(&reader->cursor));
    return done;
}

/* Leads the cursor to the first node that did not parse. */
static bool fail_syntax(Reader *reader)
{
    for (;;) {
        TSNode node = here(reader);
        if (ts_node_is_error(node) || ts_node_is_missing(node)) break;
        if (ts_node_has_error(node) && ts_tree_cursor_goto_first_child(&reader->cursor)) continue;
        if (!ts_tree_cursor_goto_next_sibling(&reader->cursor)) break;
    }
    return fail_here(reader, "is not valid TOML");
}

static bool read_tree(Reader *reader, const TSTree *tree, TomlValue *root)
{
    reader->cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    bool done = ts_node_has_error(here(reader)) ? fail_syntax(reader) : read_document(reader, root);
    ts_tree_cursor_delete(&reader->cursor);
    vec_free(&reader->keys);
    return done;
}

static size_t line_at(Str text, size_t offset)
{
    size_t line1 = 1;
    for (size_t i = 0; i < offset; i++)
        line1 += text.ptr[i] == '\n';
    return line1;
}

bool toml_parse(Arena *arena, Str text, const char *path, TomlValue **root, Fail *fail)
{
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_part(text, 3, text.len);
    size_t nul = str_find_byte(text, '\0');
    if (nul != SIZE_MAX) return fail_at(fail, path, line_at(text, nul), "holds a NUL byte");
    if (text.len > TOML_MOST_BYTES) return fail_at(fail, path, 0, "is larger than the limit of 1 MiB");
    TSParser *parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_toml())) BUG("the TOML grammar does not fit the parser");
    TSTree *tree = ts_parser_parse_string(parser, NULL, text.ptr, (uint32_t)text.len);
    Reader reader = {.arena = arena, .text = text, .path = path, .fail = fail};
    *root = new_value(&reader, TOML_TABLE, TOML_BY_HEADER, 1);
    bool done = tree && read_tree(&reader, tree, *root);
    ts_tree_delete(tree);
    ts_parser_delete(parser);
    return done;
}
