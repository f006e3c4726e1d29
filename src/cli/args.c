#include "cli/args.h"

#include <string.h>

#include "base/closest.h"

#include "base/banned.h"

typedef struct Parser {
    Arena *arena;
    const ArgTable *table;
    int count;
    char *const *arguments;
    int at; /* the next one to read */
    char *settings;
    ArgResult *result;
    Fail *fail;
} Parser;

static bool takes_value(const ArgRow *row)
{
    return row->value != NULL;
}

static const ArgRow *row_by_name(const ArgTable *table, Str name)
{
    for (size_t i = 0; i < table->row_count; i++)
        if (str_equal(str_from(table->rows[i].name), name)) return &table->rows[i];
    return NULL;
}

static const ArgRow *row_by_letter(const ArgTable *table, char letter)
{
    for (size_t i = 0; i < table->row_count; i++)
        if (table->rows[i].letter && table->rows[i].letter == letter) return &table->rows[i];
    return NULL;
}

static bool unknown_name(Parser *parser, Str name)
{
    Closest closest;
    closest_init(&closest, name);
    for (size_t i = 0; i < parser->table->row_count; i++)
        closest_try(&closest, parser->table->rows[i].name);
    int length = name.len < 200 ? (int)name.len : 200;
    if (!closest.name)
        return fail_at(parser->fail, NULL, 0, "unexpected argument '--%.*s'", length, name.ptr);
    return fail_at(parser->fail, NULL, 0, "unexpected argument '--%.*s' (did you mean '--%s'?)", length,
                   name.ptr, closest.name);
}

size_t choice_find(ArgChoice choice, Str text)
{
    for (size_t i = 0; choice(i); i++)
        if (str_equal(str_from(choice(i)), text)) return i;
    return SIZE_MAX;
}

void choice_list(Buf *buf, ArgChoice choice)
{
    for (size_t i = 0; choice(i); i++) {
        if (i) buf_add_text(buf, ", ");
        buf_add_text(buf, choice(i));
    }
}

static bool store_choice(Parser *parser, const ArgRow *row, size_t *slot, const char *value)
{
    size_t index = choice_find(row->choice, str_from(value));
    if (index != SIZE_MAX) {
        *slot = index;
        return true;
    }
    Buf choices;
    buf_init(&choices);
    choice_list(&choices, row->choice);
    fail_at(parser->fail, NULL, 0, "invalid value '%.200s' for '--%s' (possible: %.*s)", value, row->name,
            (int)choices.len, buf_str(&choices).ptr);
    buf_free(&choices);
    return false;
}

static bool store_number(Parser *parser, const ArgRow *row, size_t *slot, const char *value)
{
    size_t number = 0;
    bool valid = *value != '\0';
    for (const char *digit = value; valid && *digit; digit++) {
        valid = *digit >= '0' && *digit <= '9';
        if (valid) number = number * 10 + (size_t)(*digit - '0');
        valid = valid && number <= row->most;
    }
    *slot = number;
    return valid || fail_at(parser->fail, NULL, 0, "invalid value '%.200s' for '--%s' (a number up to %zu)",
                            value, row->name, row->most);
}

static void list_add(Arena *arena, StrList *list, Str item)
{
    Str *items = arena_array(arena, list->count + 1, sizeof *items);
    if (list->count) memcpy(items, list->items, list->count * sizeof *items);
    items[list->count++] = item;
    list->items = items;
}

static void list_add_parts(Arena *arena, StrList *list, Str parts)
{
    while (parts.len) {
        size_t comma = str_find_byte(parts, ',');
        Str part = str_trim(str_part(parts, 0, comma == SIZE_MAX ? parts.len : comma));
        if (part.len) list_add(arena, list, part);
        parts = comma == SIZE_MAX ? STR("") : str_part(parts, comma + 1, parts.len);
    }
}

/* value is NULL exactly for the kinds that take none. */
static bool store(Parser *parser, const ArgRow *row, const char *value)
{
    void *slot = parser->settings ? parser->settings + row->offset : NULL;
    parser->result->given[row - parser->table->rows] = true;
    switch (row->kind) {
    case ARG_ON:
        *(bool *)slot = true;
        break;
    case ARG_OFF:
        *(bool *)slot = false;
        break;
    case ARG_NONE:
        break;
    case ARG_HELP:
        parser->result->help = true;
        break;
    case ARG_TEXT:
        *(const char **)slot = value;
        break;
    case ARG_NUMBER:
        return store_number(parser, row, slot, value);
    case ARG_CHOICE:
        return store_choice(parser, row, slot, value);
    case ARG_LIST:
        list_add(parser->arena, slot, str_from(value));
        break;
    case ARG_COMMA_LIST:
        list_add_parts(parser->arena, slot, str_from(value));
        break;
    }
    return true;
}

/* The value stands in the next argument; one that looks like an option is a forgotten value. */
static bool store_next(Parser *parser, const ArgRow *row)
{
    const char *next = parser->at < parser->count ? parser->arguments[parser->at] : NULL;
    if (!next || (next[0] == '-' && next[1]))
        return fail_at(parser->fail, NULL, 0, "a value is required for '--%s <%s>' but none was given",
                       row->name, row->value);
    parser->at++;
    return store(parser, row, next);
}

/* text is what follows the two dashes. */
static bool parse_long(Parser *parser, const char *text)
{
    const char *equals = strchr(text, '=');
    Str name = {text, equals ? (size_t)(equals - text) : strlen(text)};
    const ArgRow *row = row_by_name(parser->table, name);
    if (!row) return unknown_name(parser, name);
    if (equals && !takes_value(row))
        return fail_at(parser->fail, NULL, 0, "unexpected value '%.200s' for '--%s'", equals + 1, row->name);
    if (equals) return store(parser, row, equals + 1);
    return takes_value(row) ? store_next(parser, row) : store(parser, row, NULL);
}

/* letters is what follows the dash: flags, the last of them may take the rest as its value. */
static bool parse_letters(Parser *parser, const char *letters)
{
    for (; *letters && !parser->result->help; letters++) {
        const ArgRow *row = row_by_letter(parser->table, *letters);
        if (!row) return fail_at(parser->fail, NULL, 0, "unexpected argument '-%.200s'", letters);
        if (takes_value(row)) {
            const char *value = letters[1] == '=' ? letters + 2 : letters + 1;
            return letters[1] ? store(parser, row, value) : store_next(parser, row);
        }
        if (!store(parser, row, NULL)) return false;
    }
    return true;
}

static bool add_positional(Parser *parser, const char *text)
{
    ArgResult *result = parser->result;
    if (result->positional_count == parser->table->most_positionals)
        return fail_at(parser->fail, NULL, 0, "unexpected argument '%.200s'", text);
    result->positionals[result->positional_count++] = text;
    return true;
}

static bool parse_next(Parser *parser, bool *options_ended)
{
    const char *text = parser->arguments[parser->at++];
    if (*options_ended || text[0] != '-' || !text[1]) return add_positional(parser, text);
    if (text[1] != '-') return parse_letters(parser, text + 1);
    if (text[2]) return parse_long(parser, text + 2);
    *options_ended = true;
    return true;
}

bool args_parse(Arena *arena, const ArgTable *table, int count, char *const *arguments, void *settings,
                ArgResult *result, Fail *fail)
{
    *result = (ArgResult){
        .positionals = arena_array(arena, (size_t)count, sizeof *result->positionals),
        .given = arena_array(arena, table->row_count, sizeof *result->given),
    };
    Parser parser = {arena, table, count, arguments, 0, settings, result, fail};
    bool options_ended = false;
    while (parser.at < count && !result->help)
        if (!parse_next(&parser, &options_ended)) return false;
    return true;
}

bool args_given(const ArgTable *table, const ArgResult *result, const char *name)
{
    const ArgRow *row = row_by_name(table, str_from(name));
    if (!row) BUG("asks for an option that is not in the table");
    return result->given[row - table->rows];
}
