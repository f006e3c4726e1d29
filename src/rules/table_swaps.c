#include "rules/table.h"

#include "base/banned.h"

static const Field swap_fields[] = {
    {"group", FIELD_TEXT, true},   {"libraries", FIELD_TEXTS, true}, {"package", FIELD_TEXT, false},
    {"client", FIELD_TEXT, false}, {"variable", FIELD_TEXT, false},  {"rows", FIELD_LIST, true},
    {NULL, FIELD_ANY, false},
};

static const Field row_fields[] = {
    {"path", FIELD_TEXTS, true},         {"form", FIELD_TEXT, false},   {"text", FIELD_TEXT, false},
    {"value", FIELD_TEXT, false},        {"gives", FIELD_TEXT, false},  {"argument", FIELD_TEXT, false},
    {"position", FIELD_NUMBER, false},   {"of", FIELD_TEXTS, false},    {"only", FIELD_TEXT, false},
    {"place", FIELD_TEXT, false},        {"absent", FIELD_TEXT, false}, {"without", FIELD_TEXT, false},
    {"call_without", FIELD_TEXT, false}, {"note", FIELD_TEXT, false},   {NULL, FIELD_ANY, false},
};

/* The node itself when it is a text, else the first of its list; use with next_text. */
static const cJSON *first_text(const cJSON *node)
{
    return !node || cJSON_IsString(node) ? node : node->child;
}

static const cJSON *next_text(const cJSON *texts, const cJSON *item)
{
    return cJSON_IsString(texts) ? NULL : item->next;
}

static bool read_shapes(const Table *table, const cJSON *texts, unsigned *shapes)
{
    for (const cJSON *item = first_text(texts); item; item = next_text(texts, item)) {
        int found = word_find(WORDS_ARGUMENT, str_from(item->valuestring));
        if (found < 0) return table_fail(table, item, "\"%.80s\" is no kind of argument", item->valuestring);
        *shapes |= 1u << found;
    }
    return true;
}

static bool read_form(const Table *table, const cJSON *node, SwapRow *row)
{
    unsigned form = row->argument.len ? SWAP_ARGUMENT : SWAP_KEEP, place = PLACE_CALL;
    if (!table_word(table, node, "form", WORDS_SWAP, &form)) return false;
    if (!table_word(table, node, "place", WORDS_PLACE, &place)) return false;
    row->form = (SwapForm)form;
    row->place = (ArgumentPlace)place;
    if ((row->form == SWAP_ARGUMENT) == (row->argument.len > 0)) return true;
    return table_fail(table, node, "\"argument\" belongs to the form \"argument\"");
}

static bool read_row(const Table *table, const cJSON *node, SwapRow *row)
{
    if (!table_shape(table, node, row_fields, "a row of a swap")) return false;
    const cJSON *position = cJSON_GetObjectItemCaseSensitive(node, "position");
    row->position = position ? (int)position->valuedouble : -1;
    row->text = table_text(table, node, "text");
    row->value = table_text(table, node, "value");
    row->gives = table_text(table, node, "gives");
    row->argument = table_text(table, node, "argument");
    row->only = table_text(table, node, "only");
    row->absent = table_text(table, node, "absent");
    row->without = table_text(table, node, "without");
    row->call_without = table_text(table, node, "call_without");
    row->note = table_text(table, node, "note");
    return read_form(table, node, row) &&
           read_shapes(table, cJSON_GetObjectItemCaseSensitive(node, "of"), &row->of);
}

/* A row for each argument that its pattern names. */
static bool add_arguments(const Table *table, const cJSON *item, const SwapRow *shared)
{
    Pattern arguments;
    SwapRow row = *shared;
    if (row.argument.len && !table_pattern(table, item, row.argument.ptr, &arguments)) return false;
    for (size_t i = 0; row.argument.len && i < arguments.count; i++) {
        row = *shared;
        row.argument = arguments.names[i].path;
        vec_add(&table->model->swaps, row);
    }
    if (!row.argument.len) vec_add(&table->model->swaps, row);
    return true;
}

static bool add_row(const Table *table, const cJSON *item, const SwapRow *shared)
{
    Pattern paths;
    Arena *arena = table->model->arena;
    if (!table_pattern(table, item, item->valuestring, &paths)) return false;
    for (size_t i = 0; i < paths.count; i++) {
        SwapRow row = *shared;
        row.path = paths.names[i].path;
        row.text = pattern_fill(arena, row.text, paths.names[i].member);
        row.value = pattern_fill(arena, row.value, paths.names[i].member);
        if (!add_arguments(table, item, &row)) return false;
    }
    return true;
}

static bool add_rows(const Table *table, const cJSON *rows, const SwapRow *swap)
{
    for (const cJSON *node = rows->child; node; node = node->next) {
        SwapRow row = *swap;
        if (!read_row(table, node, &row)) return false;
        const cJSON *paths = cJSON_GetObjectItemCaseSensitive(node, "path");
        for (const cJSON *item = first_text(paths); item; item = next_text(paths, item))
            if (!add_row(table, item, &row)) return false;
    }
    return true;
}

bool table_swaps(const Table *table, const cJSON *list)
{
    for (const cJSON *node = list ? list->child : NULL; node; node = node->next) {
        if (!table_shape(table, node, swap_fields, "a swap")) return false;
        SwapRow swap = {.group = table_text(table, node, "group"),
                        .package = table_text(table, node, "package"),
                        .client = table_text(table, node, "client"),
                        .variable = table_text(table, node, "variable")};
        const cJSON *libraries = cJSON_GetObjectItemCaseSensitive(node, "libraries");
        for (const cJSON *item = first_text(libraries); item; item = next_text(libraries, item)) {
            swap.library = str_copy(table->model->arena, str_from(item->valuestring));
            SwapRow one = swap;
            if (!one.package.len) one.package = one.library;
            if (!add_rows(table, cJSON_GetObjectItemCaseSensitive(node, "rows"), &one)) return false;
        }
    }
    return true;
}
