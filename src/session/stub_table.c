#include "session/stub_table.h"

#include <string.h>

#include "base/io.h"
#include "base/json.h"

#include "base/banned.h"

/* One library that is being written. */
typedef struct Table {
    const Catalogue *catalogue;
    Arena *arena;
    const Str *paths;
    size_t count;
    uint32_t network_ms;
    uint32_t waiting_ms; /* of what is awaited for the network: as long as its blocking calls take */
    JsonOut *out;
} Table;

typedef enum Cost { COST_NONE, COST_BLOCK, COST_COMPUTE, COST_AWAIT } Cost;

/* --- how long --- */

/* Of a usual call on one machine or to the next one. */
static uint32_t effect_ms(Effect effect, uint32_t network_ms)
{
    switch (effect) {
    case EFFECT_HTTP:
    case EFFECT_CLOUD:
    case EFFECT_MAIL:
    case EFFECT_SSH:
        return network_ms;
    case EFFECT_PROCESS:
        return 50;
    case EFFECT_DB:
    case EFFECT_SOCKET:
    case EFFECT_DNS:
        return 20;
    case EFFECT_SLEEP:
    case EFFECT_THREAD_WAIT:
    case EFFECT_INPUT:
    case EFFECT_CPU:
        return 10;
    case EFFECT_CACHE:
    case EFFECT_QUEUE:
    case EFFECT_IPC:
    case EFFECT_LOCK:
        return 5;
    case EFFECT_FILE:
    case EFFECT_FS_METADATA:
        return 1;
    default:
        return 0;
    }
}

static uint32_t traits_ms(const Table *table, uint32_t traits)
{
    if (traits & TRAIT_BIT(TRAIT_WAITS_DB)) return effect_ms(EFFECT_DB, table->network_ms);
    if (traits & TRAIT_BIT(TRAIT_WAITS_NETWORK)) return table->waiting_ms;
    if (traits & TRAIT_BIT(TRAIT_WAITS_PROCESS)) return effect_ms(EFFECT_PROCESS, table->network_ms);
    return 1;
}

/* Another than the network when the library says so: a database, a cache. */
static uint32_t waiting_ms(const Table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        Rule rule;
        bool is_database = catalogue_traits(table->catalogue, table->paths[i]) & TRAIT_BIT(TRAIT_WAITS_DB);
        if (is_database) return effect_ms(EFFECT_DB, table->network_ms);
        if (!catalogue_find(table->catalogue, table->paths[i], &rule) || rule.weight != WEIGHT_ALWAYS)
            continue;
        if (rule.effect == EFFECT_DB || rule.effect == EFFECT_CACHE || rule.effect == EFFECT_QUEUE)
            return effect_ms(rule.effect, table->network_ms);
    }
    return table->network_ms;
}

/* --- one entry --- */

typedef struct Entry {
    Str path;
    Cost cost;
    uint32_t ms;
    Str returns;
} Entry;

/* What is cheap costs nothing that would be seen. */
static void entry_of_rule(const Table *table, const Rule *rule, Entry *entry)
{
    if (rule->effect == EFFECT_NONE || rule->weight < WEIGHT_OFTEN || rule->kind == CALL_PROPERTY) return;
    entry->ms = effect_ms(rule->effect, table->network_ms);
    if (entry->ms) entry->cost = rule->effect == EFFECT_CPU ? COST_COMPUTE : COST_BLOCK;
    Str last = str_after_last(entry->path, '.');
    if (rule->kind == CALL_ITERATION && !str_starts(last, STR("__")))
        entry->path = str_join(table->arena, entry->path, STR(".__iter__"), STR(""));
    if (rule->kind == CALL_CONTEXT && !str_starts(last, STR("__")))
        entry->path = str_join(table->arena, entry->path, STR(".__enter__"), STR(""));
}

static Entry entry_of(const Table *table, Str path)
{
    Entry entry = {.path = path, .returns = catalogue_returns(table->catalogue, path)};
    Rule rule;
    bool is_type = catalogue_is_type(table->catalogue, path);
    if (catalogue_find(table->catalogue, path, &rule)) entry_of_rule(table, &rule, &entry);
    uint32_t traits = catalogue_traits(table->catalogue, path) & TRAITS_OF_WAITING;
    if (entry.cost == COST_NONE && traits && !is_type) {
        entry.cost = COST_AWAIT;
        entry.ms = traits_ms(table, traits);
    }
    return entry;
}

/* "tuple[A, B]" and the like are no class that an object could be of. */
static bool is_class_path(Str returns)
{
    for (size_t i = 0; i < returns.len; i++)
        if (!byte_is_word(returns.ptr[i]) && returns.ptr[i] != '.') return false;
    return str_find_byte(returns, '.') != SIZE_MAX;
}

static void add_pair(JsonOut *out, const char *key, Str value)
{
    json_out_key(out, key);
    json_out_str(out, value);
}

static void add_entry(const Table *table, const Entry *entry)
{
    static const char *const kinds[] = {"none", "block", "compute", "await"};
    bool returns = is_class_path(entry->returns) && !str_equal(entry->returns, entry->path);
    if (entry->cost == COST_NONE && !returns) return;
    json_out_open(table->out, '{');
    add_pair(table->out, "path", entry->path);
    add_pair(table->out, "kind", str_from(kinds[entry->cost]));
    json_out_key(table->out, "ms");
    json_out_number(table->out, entry->ms);
    if (returns) add_pair(table->out, "returns", entry->returns);
    json_out_close(table->out, '}');
}

static bool is_other_name(const Table *table, Str path)
{
    return !str_equal(catalogue_canonical(table->catalogue, path), path);
}

static void add_entries(const Table *table)
{
    json_out_key(table->out, "entries");
    json_out_open(table->out, '[');
    for (size_t i = 0; i < table->count; i++) {
        if (is_other_name(table, table->paths[i])) continue;
        Entry entry = entry_of(table, table->paths[i]);
        add_entry(table, &entry);
    }
    json_out_close(table->out, ']');
}

/* --- classes, other names --- */

/* All the classes of the library that it derives from. */
static void add_bases(const Table *table, Str type)
{
    json_out_open(table->out, '[');
    for (size_t i = 0; i < table->count; i++) {
        Str base = table->paths[i];
        bool is_base = catalogue_is_type(table->catalogue, base) && !is_other_name(table, base) &&
                       !str_equal(base, type);
        if (is_base && catalogue_derives(table->catalogue, type, base)) json_out_str(table->out, base);
    }
    json_out_close(table->out, ']');
}

static void add_key(const Table *table, Str key)
{
    json_out_key(table->out, str_copy(table->arena, key).ptr);
}

static void add_types(const Table *table)
{
    json_out_key(table->out, "types");
    json_out_open(table->out, '{');
    for (size_t i = 0; i < table->count; i++) {
        Str path = table->paths[i];
        if (!catalogue_is_type(table->catalogue, path) || is_other_name(table, path)) continue;
        add_key(table, path);
        add_bases(table, path);
    }
    json_out_close(table->out, '}');
}

static void add_other_names(const Table *table)
{
    json_out_key(table->out, "same");
    json_out_open(table->out, '{');
    for (size_t i = 0; i < table->count; i++) {
        if (!is_other_name(table, table->paths[i])) continue;
        add_key(table, table->paths[i]);
        json_out_str(table->out, catalogue_canonical(table->catalogue, table->paths[i]));
    }
    json_out_close(table->out, '}');
}

/* --- the file --- */

static void add_table(JsonOut *out, const Catalogue *catalogue, Arena *arena, Str module, uint32_t network_ms)
{
    Table table = {.catalogue = catalogue, .arena = arena, .network_ms = network_ms, .out = out};
    table.count = catalogue_below(catalogue, arena, module, &table.paths);
    table.waiting_ms = waiting_ms(&table);
    json_out_open(out, '{');
    add_pair(out, "module", module);
    add_types(&table);
    add_other_names(&table);
    add_entries(&table);
    json_out_close(out, '}');
}

bool stub_table_write(const Catalogue *catalogue, const Str *modules, size_t count, uint32_t network_ms,
                      const char *path, Fail *fail)
{
    Arena arena;
    arena_init(&arena);
    Buf text;
    buf_init(&text);
    JsonOut out;
    json_out_init(&out, &text, false);
    json_out_open(&out, '[');
    for (size_t i = 0; i < count; i++)
        add_table(&out, catalogue, &arena, modules[i], network_ms);
    json_out_close(&out, ']');
    bool written = io_write_file(path, buf_str(&text), fail);
    buf_free(&text);
    arena_free(&arena);
    return written;
}
