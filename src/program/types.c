/* Types: annotations in the source, and the type texts of the catalogue. */
#include "program/flow.h"

#include <string.h>

#include "base/limits.h"
#include "base/banned.h"

typedef enum TypeShape {
    SHAPE_NONE,
    SHAPE_FIRST,
    SHAPE_ANNOTATED,
    SHAPE_ALL,
    SHAPE_LIST,
    SHAPE_DICT,
    SHAPE_TUPLE,
    SHAPE_CLASS
} TypeShape;

/* The language's own generic types: what their arguments mean for a value of the type. */
static TypeShape shape_of(Str name)
{
    static const struct {
        const char *name;
        TypeShape shape;
    } shapes[] = {
        {"Optional", SHAPE_FIRST},
        {"Annotated", SHAPE_ANNOTATED},
        {"NewType", SHAPE_FIRST},
        {"ClassVar", SHAPE_FIRST},
        {"Final", SHAPE_FIRST},
        {"Required", SHAPE_FIRST},
        {"NotRequired", SHAPE_FIRST},
        {"ReadOnly", SHAPE_FIRST},
        {"Awaitable", SHAPE_FIRST},
        {"InitVar", SHAPE_FIRST},
        {"Union", SHAPE_ALL},
        {"list", SHAPE_LIST},
        {"List", SHAPE_LIST},
        {"set", SHAPE_LIST},
        {"Set", SHAPE_LIST},
        {"frozenset", SHAPE_LIST},
        {"FrozenSet", SHAPE_LIST},
        {"deque", SHAPE_LIST},
        {"Deque", SHAPE_LIST},
        {"Sequence", SHAPE_LIST},
        {"MutableSequence", SHAPE_LIST},
        {"Iterable", SHAPE_LIST},
        {"Iterator", SHAPE_LIST},
        {"Collection", SHAPE_LIST},
        {"Generator", SHAPE_LIST},
        {"AsyncIterator", SHAPE_LIST},
        {"AsyncIterable", SHAPE_LIST},
        {"AsyncGenerator", SHAPE_LIST},
        {"AbstractSet", SHAPE_LIST},
        {"ContextManager", SHAPE_LIST},
        {"AbstractContextManager", SHAPE_LIST},
        {"dict", SHAPE_DICT},
        {"Dict", SHAPE_DICT},
        {"Mapping", SHAPE_DICT},
        {"MutableMapping", SHAPE_DICT},
        {"defaultdict", SHAPE_DICT},
        {"DefaultDict", SHAPE_DICT},
        {"OrderedDict", SHAPE_DICT},
        {"tuple", SHAPE_TUPLE},
        {"Tuple", SHAPE_TUPLE},
        {"type", SHAPE_CLASS},
        {"Type", SHAPE_CLASS},
    };
    Str last = str_after_last(name, '.');
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (str_equal(last, str_from(shapes[i].name))) return shapes[i].shape;
    return SHAPE_NONE;
}

bool type_is_of_language(Str path)
{
    static const char *const modules[] = {"builtins.",    "typing.",     "typing_extensions.",
                                          "collections.", "contextlib.", "dataclasses."};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        if (str_starts(path, str_from(modules[i]))) return true;
    return false;
}

static const Value *dict_of(Arena *arena, const Value *held)
{
    return value_of(arena, (Item){.kind = ITEM_DICT, .inner = held, .confidence = CONFIDENCE_CERTAIN});
}

enum { TYPE_ARGUMENTS = 8 };

static const Value *shaped(Arena *arena, TypeShape shape, const Value *const *arguments, uint32_t count)
{
    const Value *first = count ? arguments[0] : NULL;
    switch (shape) {
    case SHAPE_FIRST:
    case SHAPE_ANNOTATED:
    case SHAPE_CLASS:
        return first;
    case SHAPE_LIST:
        return value_list(arena, first);
    case SHAPE_DICT:
        return dict_of(arena, count > 1 ? arguments[1] : NULL);
    case SHAPE_TUPLE: {
        const Value **parts = arena_array(arena, count, sizeof *parts);
        for (uint32_t i = 0; i < count; i++)
            parts[i] = arguments[i];
        return value_tuple(arena, parts, count);
    }
    case SHAPE_ALL: {
        const Value *joined = first;
        for (uint32_t i = 1; i < count; i++)
            joined = value_join(arena, joined, arguments[i]);
        return joined;
    }
    default:
        return NULL;
    }
}

/* --- annotations --- */

/* An object of a class by its path; of a generic type of the language what its arguments say. */
static const Value *object_of_path(Flow *flow, const Item *item)
{
    if (type_is_of_language(item->path))
        return item->part_count ? shaped(flow->arena, shape_of(item->path), item->parts, item->part_count)
                                : NULL;
    return value_of(flow->arena, (Item){.kind = ITEM_INSTANCE,
                                        .path = item->path,
                                        .unit = item->unit,
                                        .parts = item->parts,
                                        .part_count = item->part_count,
                                        .confidence = CONFIDENCE_LIKELY});
}

/* A class named in an annotation, as an object of it. */
static const Value *object_of(Flow *flow, const Item *item)
{
    Item object = *item;
    object.confidence = CONFIDENCE_LIKELY;
    object.exact = false;
    switch (item->kind) {
    case ITEM_PATH:
        return object_of_path(flow, item);
    case ITEM_CLASS:
        object.kind = ITEM_OBJECT;
        return value_of(flow->arena, object);
    case ITEM_VARIABLE:
        return value_of(flow->arena, object);
    default:
        return NULL;
    }
}

const Value *flow_object_of(Flow *flow, const Value *named)
{
    const Value *objects = NULL;
    for (uint32_t i = 0; named && i < named->count; i++) {
        const Value *object = object_of(flow, &named->items[i]);
        if (object) objects = objects ? value_join(flow->arena, objects, object) : object;
    }
    return objects;
}

/* What stands in the brackets, as objects; gives how many. */
static uint32_t take_arguments(Flow *flow, TypeShape shape, NodeId first, const Value **arguments)
{
    uint32_t count = 0;
    const Node *only = flow_node(flow, first);
    if (only->kind == EXPR_TUPLE && !only->next) first = only->first;
    if (shape == SHAPE_CLASS) {
        arguments[0] = first ? flow_expression(flow, first) : NULL;
        return 1;
    }
    for (NodeId id = first; id && count < TYPE_ARGUMENTS; id = flow_node(flow, id)->next) {
        if (flow_node(flow, id)->kind == EXPR_NOTHING) continue;
        if (shape == SHAPE_ANNOTATED && count)
            arguments[0] = flow_injected_or(flow, flow_injected(flow, id), arguments[0]);
        else
            arguments[count++] = flow_annotation(flow, id);
    }
    return count;
}

const Value *flow_generic(Flow *flow, const Item *generic, NodeId index)
{
    Item item = *generic;
    TypeShape shape = SHAPE_LIST;
    if (item.kind == ITEM_PATH && type_is_of_language(item.path)) shape = shape_of(item.path);
    bool lists = shape == SHAPE_NONE &&
                 (str_ends(item.path, STR(".Generic")) || str_ends(item.path, STR(".Protocol")));
    if (!index || (shape == SHAPE_NONE && !lists)) return value_of(flow->arena, item);
    bool silent = flow->silent;
    flow->silent = true;
    const Value **arguments = arena_array(flow->arena, TYPE_ARGUMENTS, sizeof *arguments);
    item.part_count = take_arguments(flow, shape, index, arguments);
    item.parts = arguments;
    flow->silent = silent;
    return value_of(flow->arena, item);
}

static const Value *subscripted(Flow *flow, NodeId id)
{
    NodeId object = flow_node(flow, id)->first, index = flow_node(flow, id)->second;
    const Value *generic = flow_expression(flow, object);
    const Value *objects = NULL;
    for (uint32_t i = 0; generic && i < generic->count; i++) {
        const Value *one = flow_object_of(flow, flow_generic(flow, &generic->items[i], index));
        if (one) objects = objects ? value_join(flow->arena, objects, one) : one;
    }
    return objects;
}

/* `X | None`, `X | Y` */
static const Value *either(Flow *flow, NodeId id)
{
    NodeId left = flow_node(flow, id)->first, right = flow_node(flow, id)->second;
    bool left_none = flow_node(flow, left)->kind == EXPR_NOTHING;
    bool right_none = flow_node(flow, right)->kind == EXPR_NOTHING;
    const Value *value = left_none ? NULL : flow_annotation(flow, left);
    if (right_none) return value;
    const Value *other = flow_annotation(flow, right);
    return left_none ? other : value_join(flow->arena, value, other);
}

/* A name of the module that waits for other modules is asked for now. */
static const Value *named_type(Flow *flow, NodeId id)
{
    const Value *named = flow_expression(flow, id);
    if (value_find(named, ITEM_LAZY)) named = flow_settled_type(flow, named);
    return flow_object_of(flow, named);
}

const Value *flow_annotation(Flow *flow, NodeId id)
{
    if (!id || flow->depth >= LIMIT_NESTING) return NULL;
    bool silent = flow->silent;
    const Value *value = NULL;
    flow->silent = true;
    flow->depth++;
    switch ((NodeKind)flow_node(flow, id)->kind) {
    case EXPR_NAME:
    case EXPR_ATTRIBUTE:
        value = named_type(flow, id);
        break;
    case EXPR_SUBSCRIPT:
        value = subscripted(flow, id);
        break;
    case EXPR_BINARY:
        value = either(flow, id);
        break;
    case EXPR_STRING: {
        Str text = name_str(flow_node(flow, id)->name);
        value = flow_annotation(flow, text.len ? facts_parse_expression(flow->unit->facts, text) : 0);
        break;
    }
    default:
        break;
    }
    flow->depth--;
    flow->silent = silent;
    return value;
}

/* --- the catalogue's type texts --- */

/* Splits at the separator, outside brackets; gives the number of parts. */
static uint32_t split(Str text, char separator, Str *parts, uint32_t most)
{
    uint32_t count = 0, depth = 0;
    size_t start = 0;
    for (size_t i = 0; i <= text.len; i++) {
        char byte = i < text.len ? text.ptr[i] : separator;
        depth += byte == '[';
        depth -= byte == ']' && depth;
        if ((byte == separator && !depth) || i == text.len) {
            if (count < most) parts[count++] = str_trim(str_part(text, start, i));
            start = i + 1;
        }
    }
    return count;
}

static const Value *generic_value(Arena *arena, Str name, Str inside, Confidence confidence)
{
    TypeShape shape = shape_of(name);
    if (shape == SHAPE_NONE) return value_instance(arena, name, confidence);
    Str parts[TYPE_ARGUMENTS];
    const Value *arguments[TYPE_ARGUMENTS] = {NULL};
    uint32_t count = split(inside, ',', parts, TYPE_ARGUMENTS);
    for (uint32_t i = 0; i < count; i++)
        arguments[i] = type_value(arena, parts[i], confidence);
    return shaped(arena, shape, arguments, count);
}

const Value *type_value(Arena *arena, Str type, Confidence confidence)
{
    Str parts[TYPE_ARGUMENTS];
    uint32_t count = split(type, '|', parts, TYPE_ARGUMENTS);
    if (count > 1) {
        const Value *joined = NULL;
        for (uint32_t i = 0; i < count; i++) {
            if (str_equal(parts[i], STR("None"))) continue;
            const Value *one = type_value(arena, parts[i], confidence);
            joined = joined ? value_join(arena, joined, one) : one;
        }
        return joined;
    }
    if (!type.len || str_equal(type, STR("None"))) return NULL;
    size_t bracket = str_find_byte(type, '[');
    if (bracket == SIZE_MAX) return value_instance(arena, type, confidence);
    size_t end = str_find_last(type, ']');
    if (end == SIZE_MAX || end < bracket) return NULL;
    return generic_value(arena, str_part(type, 0, bracket), str_part(type, bracket + 1, end), confidence);
}
