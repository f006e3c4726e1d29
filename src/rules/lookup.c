#include "rules/catalogue_state.h"

#include "base/limits.h"

#include "base/banned.h"

/* A node of one image that has what was asked for. */
typedef struct Hit {
    const CatalogueImage *from; /* NULL: nothing found */
    const uint32_t *node;
} Hit;

/* A class and its bases, nearest first. */
typedef struct Lineage {
    Str types[LIMIT_BASES];
    size_t count;
} Lineage;

static const Hit no_hit = {0};

/* What the last loaded table says: the path's first node whose field is set. */
static Hit hit_of(const Catalogue *catalogue, PathKey key, size_t field)
{
    uint32_t hash = path_hash(key);
    for (size_t i = catalogue->images.count; i-- > 0;) {
        const CatalogueImage *from = &catalogue->images.items[i];
        const uint32_t *node = image_node(&from->image, key, hash);
        if (node && node[field]) return (Hit){from, node};
    }
    return no_hit;
}

static Str hit_text(Hit hit, size_t field)
{
    return hit.from ? image_text(&hit.from->image, hit.node[field]) : STR("");
}

/* --- re-exports --- */

/* The key cut before the dot at `end`, which is not inside of head. */
static PathKey key_before(PathKey key, size_t end)
{
    if (end <= key.head.len) return (PathKey){.head = key.head};
    return (PathKey){key.head, str_part(key.tail, 0, end - key.head.len - 1)};
}

/* Where the next part of the path ends: the place of a dot in tail, or the end of it all. */
static size_t next_end(PathKey key, size_t end)
{
    size_t start = end - key.head.len; /* of the part in tail */
    size_t dot = str_find_byte(str_part(key.tail, start, key.tail.len), '.');
    size_t length = dot == SIZE_MAX ? key.tail.len - start : dot;
    return end + 1 + length;
}

/* What the tables say of one prefix of a path. */
typedef struct Prefix {
    Hit same;       /* it is a re-export */
    bool is_parent; /* something stands below it */
} Prefix;

static Prefix prefix_of(const Catalogue *catalogue, PathKey key, uint32_t hash)
{
    Prefix prefix = {0};
    for (size_t i = catalogue->images.count; i-- > 0;) {
        const CatalogueImage *from = &catalogue->images.items[i];
        const uint32_t *node = image_node(&from->image, key, hash);
        if (!node) continue;
        if (node[NODE_SAME] && !prefix.same.from) prefix.same = (Hit){from, node};
        prefix.is_parent = prefix.is_parent || node[NODE_PARENT];
    }
    return prefix;
}

/* One step of resolving: the longest prefix that is a re-export is replaced. False: there is none. */
static bool resolve_once(const Catalogue *catalogue, PathKey *key)
{
    Hit best = no_hit;
    size_t best_end = 0;
    size_t head = key->head.len;
    size_t whole = head + (key->tail.len ? 1 + key->tail.len : 0);
    uint32_t hash = path_hash((PathKey){.head = key->head});
    for (size_t end = head;;) {
        Prefix prefix = prefix_of(catalogue, key_before(*key, end), hash);
        if (prefix.same.from) {
            best = prefix.same;
            best_end = end;
        }
        if (end >= whole || !(prefix.is_parent || prefix.same.from)) break;
        size_t next = next_end(*key, end);
        Str part = str_part(key->tail, end - head, next - head - 1);
        hash = path_hash_on(path_hash_on(hash, STR(".")), part);
        end = next;
    }
    if (!best.from) return false;
    *key = (PathKey){hit_text(best, NODE_SAME), str_part(key->tail, best_end - head, key->tail.len)};
    return true;
}

/* The first part of the path as head, the others as tail. */
static PathKey key_split(Str path)
{
    size_t dot = str_find_byte(path, '.');
    if (dot == SIZE_MAX) return (PathKey){.head = path};
    return (PathKey){str_part(path, 0, dot), str_part(path, dot + 1, path.len)};
}

PathKey catalogue_key(const Catalogue *catalogue, Str path)
{
    PathKey key = key_split(path);
    size_t rounds = 0;
    while (rounds < LIMIT_BASES && resolve_once(catalogue, &key))
        rounds++;
    return rounds ? key : (PathKey){.head = path};
}

/* The node's own name lives as long as the catalogue; a path without node stays as it was. */
static Str key_name(const Catalogue *catalogue, PathKey key, Str otherwise)
{
    Hit hit = hit_of(catalogue, key, NODE_NAME);
    return hit.from ? hit_text(hit, NODE_NAME) : otherwise;
}

Str catalogue_canonical(const Catalogue *catalogue, Str path)
{
    return key_name(catalogue, catalogue_key(catalogue, path), path);
}

/* --- classes and their members --- */

static bool lineage_has(const Lineage *lineage, Str type)
{
    for (size_t i = 0; i < lineage->count; i++)
        if (str_equal(lineage->types[i], type)) return true;
    return false;
}

static void lineage_add_bases(const Catalogue *catalogue, Lineage *lineage, Str type)
{
    Hit hit = hit_of(catalogue, (PathKey){.head = type}, NODE_BASE_COUNT);
    for (size_t i = 0; hit.from && i < hit.node[NODE_BASE_COUNT]; i++) {
        const Image *image = &hit.from->image;
        uint32_t text = image_record(image, SECTION_BASES, hit.node[NODE_BASE] + i, 1)[0];
        Str base = catalogue_canonical(catalogue, image_text(image, text));
        if (lineage->count < LIMIT_BASES && !lineage_has(lineage, base))
            lineage->types[lineage->count++] = base;
    }
}

/* An entry "Type.*" does not speak for a special method, unless it says that nothing of the type blocks. */
static bool wildcard_takes(Hit hit, Str member, size_t field)
{
    if (!str_starts(member, STR("_"))) return true;
    if (field != NODE_RULE) return false;
    const uint32_t *rule = image_record(&hit.from->image, SECTION_RULES, hit.node[NODE_RULE] - 1, RULE_WORDS);
    return rule[RULE_EFFECT] == EFFECT_NONE;
}

static Hit own_member(const Catalogue *catalogue, Str type, Str member, size_t field)
{
    if (!member.len) return no_hit;
    Hit hit = hit_of(catalogue, (PathKey){type, member}, field);
    if (hit.from) return hit;
    hit = hit_of(catalogue, (PathKey){type, STR("*")}, field);
    return hit.from && wildcard_takes(hit, member, field) ? hit : no_hit;
}

/* type is canonical. */
static Hit member_of(const Catalogue *catalogue, Str type, Str member, size_t field)
{
    Lineage lineage = {.types = {type}, .count = 1};
    for (size_t i = 0; i < lineage.count; i++) {
        Hit hit = own_member(catalogue, lineage.types[i], member, field);
        if (hit.from) return hit;
        lineage_add_bases(catalogue, &lineage, lineage.types[i]);
    }
    return no_hit;
}

/* The path's own node, or the one its last part has as a member of what stands before it. */
static Hit path_hit(const Catalogue *catalogue, Str path, size_t field)
{
    PathKey key = catalogue_key(catalogue, path);
    Hit hit = hit_of(catalogue, key, field);
    if (hit.from) return hit;
    Str last = key.tail.len ? key.tail : key.head;
    size_t dot = str_find_last(last, '.');
    if (dot == SIZE_MAX && !key.tail.len) return no_hit;
    Str member = dot == SIZE_MAX ? last : str_part(last, dot + 1, last.len);
    Str before = dot == SIZE_MAX ? STR("") : str_part(last, 0, dot);
    PathKey owner = key.tail.len ? (PathKey){key.head, before} : (PathKey){.head = before};
    Str type = key_name(catalogue, owner, STR(""));
    return type.len ? member_of(catalogue, type, member, field) : no_hit;
}

/* What the type says of itself or inherits. */
static Hit type_hit(const Catalogue *catalogue, Str type, size_t field)
{
    Lineage lineage = {.types = {catalogue_canonical(catalogue, type)}, .count = 1};
    for (size_t i = 0; i < lineage.count; i++) {
        Hit hit = hit_of(catalogue, (PathKey){.head = lineage.types[i]}, field);
        if (hit.from) return hit;
        lineage_add_bases(catalogue, &lineage, lineage.types[i]);
    }
    return no_hit;
}

static Str type_text(const Catalogue *catalogue, Str type, size_t field)
{
    return hit_text(type_hit(catalogue, type, field), field);
}

/* --- rules --- */

static void rule_of(const Catalogue *catalogue, Hit hit, Rule *rule)
{
    const Image *image = &hit.from->image;
    const uint32_t *record = image_record(image, SECTION_RULES, hit.node[NODE_RULE] - 1, RULE_WORDS);
    Severity usual = catalogue->severities[record[RULE_EFFECT]];
    *rule = (Rule){
        .path = image_text(image, record[RULE_PATH]),
        .kind = (CallKind)record[RULE_KIND],
        .effect = (Effect)record[RULE_EFFECT],
        .weight = (Weight)record[RULE_WEIGHT],
        .gil = (Gil)record[RULE_GIL],
        .severity = record[RULE_SEVERITY] ? (Severity)(record[RULE_SEVERITY] - 1) : usual,
        .returns = image_text(image, hit.node[NODE_RETURNS]),
        .replacement = image_text(image, record[RULE_REPLACEMENT]),
        .package = image_text(image, record[RULE_PACKAGE]),
        .form = (Form)record[RULE_FORM],
        .evidence = image_text(image, record[RULE_EVIDENCE]),
        .why = image_text(image, record[RULE_WHY]),
        .unless_first = record[RULE_UNLESS] + hit.from->unless_first,
        .unless_count = record[RULE_UNLESS_COUNT],
        .quiets_receiver = record[RULE_QUIETS] != 0,
    };
}

bool catalogue_find(const Catalogue *catalogue, Str path, Rule *rule)
{
    Hit hit = path_hit(catalogue, path, NODE_RULE);
    if (hit.from) rule_of(catalogue, hit, rule);
    return hit.from != NULL;
}

bool catalogue_member(const Catalogue *catalogue, Str type, Str member, Rule *rule)
{
    Hit hit = member_of(catalogue, catalogue_canonical(catalogue, type), member, NODE_RULE);
    if (hit.from) rule_of(catalogue, hit, rule);
    return hit.from != NULL;
}

bool catalogue_is_type(const Catalogue *catalogue, Str path)
{
    return hit_of(catalogue, catalogue_key(catalogue, path), NODE_TYPE).from != NULL;
}

bool catalogue_derives(const Catalogue *catalogue, Str type, Str base)
{
    Str wanted = catalogue_canonical(catalogue, base);
    Lineage lineage = {.types = {catalogue_canonical(catalogue, type)}, .count = 1};
    for (size_t i = 0; i < lineage.count; i++) {
        if (str_equal(lineage.types[i], wanted)) return true;
        lineage_add_bases(catalogue, &lineage, lineage.types[i]);
    }
    return false;
}

static uint32_t traits_of_key(const Catalogue *catalogue, PathKey key)
{
    uint32_t hash = path_hash(key), traits = 0;
    for (size_t i = 0; i < catalogue->images.count; i++) {
        const uint32_t *node = image_node(&catalogue->images.items[i].image, key, hash);
        if (node) traits |= node[NODE_TRAITS];
    }
    return traits;
}

/* Of a class and those above it; with a member, of that, and of a wildcard for all. */
static uint32_t traits_of_lineage(const Catalogue *catalogue, Str type, Str member)
{
    uint32_t traits = 0;
    Lineage lineage = {.types = {catalogue_canonical(catalogue, type)}, .count = 1};
    for (size_t i = 0; i < lineage.count; i++) {
        traits |= traits_of_key(catalogue, (PathKey){lineage.types[i], member});
        if (member.len && !str_starts(member, STR("_")))
            traits |= traits_of_key(catalogue, (PathKey){lineage.types[i], STR("*")});
        lineage_add_bases(catalogue, &lineage, lineage.types[i]);
    }
    return traits;
}

uint32_t catalogue_traits(const Catalogue *catalogue, Str path)
{
    Str name = catalogue_canonical(catalogue, path);
    size_t dot = str_find_last(name, '.');
    uint32_t traits = traits_of_lineage(catalogue, name, (Str){"", 0});
    if (dot == SIZE_MAX) return traits;
    return traits | traits_of_lineage(catalogue, str_part(name, 0, dot), str_part(name, dot + 1, name.len));
}

bool catalogue_has_prefix(const Catalogue *catalogue, Str prefix)
{
    return hit_of(catalogue, catalogue_key(catalogue, prefix), NODE_PARENT).from ||
           hit_of(catalogue, (PathKey){.head = prefix}, NODE_PARENT).from;
}

/* --- types of values --- */

Str catalogue_returns(const Catalogue *catalogue, Str path)
{
    PathKey key = catalogue_key(catalogue, path);
    Hit hit = hit_of(catalogue, key, NODE_RETURNS);
    if (hit.from) return hit_text(hit, NODE_RETURNS);
    hit = hit_of(catalogue, key, NODE_TYPE);
    if (hit.from) return hit_text(hit, NODE_NAME);
    return hit_text(path_hit(catalogue, path, NODE_RETURNS), NODE_RETURNS);
}

static bool is_wildcard(Hit hit)
{
    return str_ends(hit_text(hit, NODE_NAME), STR(".*"));
}

Str catalogue_attribute(const Catalogue *catalogue, Str path)
{
    Hit hit = path_hit(catalogue, path, NODE_ATTRIBUTE);
    if (!hit.from || !is_wildcard(hit)) return hit_text(hit, NODE_ATTRIBUTE);
    Hit rule = path_hit(catalogue, path, NODE_RULE);
    Hit method = path_hit(catalogue, path, NODE_RETURNS);
    bool is_method = (rule.from && !is_wildcard(rule)) || (method.from && !is_wildcard(method));
    return is_method ? STR("") : hit_text(hit, NODE_ATTRIBUTE);
}

Str catalogue_enter(const Catalogue *catalogue, Str type)
{
    return type_text(catalogue, type, NODE_ENTER);
}

Str catalogue_item(const Catalogue *catalogue, Str type)
{
    return type_text(catalogue, type, NODE_ITEM);
}

/* --- asynchronous twins --- */

Str catalogue_twin(const Catalogue *catalogue, Str path)
{
    PathKey key = catalogue_key(catalogue, path);
    return catalogue_is_type(catalogue, path) ? hit_text(hit_of(catalogue, key, NODE_TWIN), NODE_TWIN)
                                              : hit_text(path_hit(catalogue, path, NODE_TWIN), NODE_TWIN);
}

Str catalogue_needs(const Catalogue *catalogue, Str path)
{
    return hit_text(hit_of(catalogue, catalogue_key(catalogue, path), NODE_NEEDS), NODE_NEEDS);
}

Str catalogue_unlike(const Catalogue *catalogue, Str path)
{
    return hit_text(hit_of(catalogue, catalogue_key(catalogue, path), NODE_UNLIKE), NODE_UNLIKE);
}

/* --- where functions run --- */

bool catalogue_handover(const Catalogue *catalogue, Str path, size_t index, Handover *handover)
{
    Hit hit = path_hit(catalogue, path, NODE_HANDOVER);
    if (!hit.from || index >= hit.node[NODE_HANDOVER_COUNT]) return false;
    const Image *image = &hit.from->image;
    size_t number = hit.node[NODE_HANDOVER] - 1 + index;
    const uint32_t *record = image_record(image, SECTION_HANDOVERS, number, HANDOVER_WORDS);
    *handover = (Handover){
        .path = image_text(image, record[HANDOVER_PATH]),
        .position = (int)record[HANDOVER_POSITION] - 1,
        .keyword = image_text(image, record[HANDOVER_KEYWORD]),
        .def_runs = (Placement)record[HANDOVER_DEF],
        .coroutine_runs = (Placement)record[HANDOVER_COROUTINE],
        .is_decorator = record[HANDOVER_DECORATOR] != 0,
        .is_wrapper = record[HANDOVER_WRAPPER] != 0,
        .injects = record[HANDOVER_INJECTS] != 0,
        .hands = image_text(image, record[HANDOVER_HANDS]),
        .is_conditional = record[HANDOVER_CONDITION] != 0,
        .evidence = image_text(image, record[HANDOVER_EVIDENCE]),
    };
    if (handover->is_conditional)
        handover->condition = catalogue_condition(image, record[HANDOVER_CONDITION] - 1);
    return true;
}

bool catalogue_method_placement(const Catalogue *catalogue, Str base, Str method, MethodPlacement *placement)
{
    Hit hit = member_of(catalogue, catalogue_canonical(catalogue, base), method, NODE_METHOD);
    if (!hit.from) return false;
    const Image *image = &hit.from->image;
    const uint32_t *record = image_record(image, SECTION_METHODS, hit.node[NODE_METHOD] - 1, METHOD_WORDS);
    *placement = (MethodPlacement){
        .base = image_text(image, record[METHOD_BASE]),
        .def_runs = (Placement)record[METHOD_DEF],
        .coroutine_runs = (Placement)record[METHOD_COROUTINE],
    };
    return true;
}
