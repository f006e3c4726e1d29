#include "program/contributions.h"

#include <stdlib.h>

#include "program/containers.h"
#include "program/instance.h"
#include "base/banned.h"

enum { LASTING_DEPTH = 3 };

/* --- what is kept --- */

static const Value *lasting(Flow *flow, const Value *value, unsigned depth);

static bool lasting_item(Flow *flow, const Item *item, unsigned depth, Item *kept)
{
    *kept = *item;
    kept->confidence = item->confidence < CONFIDENCE_LIKELY ? item->confidence : CONFIDENCE_LIKELY;
    switch (item->kind) {
    case ITEM_CLASS:
    case ITEM_INSTANCE:
    case ITEM_LAZY:
    case ITEM_PART:
        return true;
    case ITEM_OBJECT:
        kept->made_by = 0;
        kept->invocation = NULL;
        return true;
    case ITEM_PATH:
        return item->unit || paths_find(&flow_program(flow)->paths, item->path)->is_known;
    case ITEM_FUNCTION:
        kept->inner = lasting(flow, item->inner, depth + 1);
        return true;
    case ITEM_WRAPPED:
    case ITEM_LIST:
        kept->parts = NULL;
        kept->part_count = 0;
        kept->inner = lasting(flow, item->inner, depth + 1);
        return kept->inner != NULL;
    case ITEM_TUPLE: {
        const Value **parts = arena_array(flow->arena, item->part_count, sizeof *parts);
        bool any = false;
        for (uint32_t i = 0; i < item->part_count; i++) {
            parts[i] = lasting(flow, item->parts[i], depth + 1);
            any = any || parts[i];
        }
        kept->parts = parts;
        return any;
    }
    default:
        return false;
    }
}

/* The value without what belongs to one walk; NULL: nothing that a reader could call or use is left. */
static const Value *lasting(Flow *flow, const Value *value, unsigned depth)
{
    const Value *left = NULL;
    for (uint32_t i = 0; value && depth < LASTING_DEPTH && i < value->count; i++) {
        Item item;
        if (!lasting_item(flow, &value->items[i], depth, &item)) continue;
        const Value *one = value_of(flow->arena, item);
        left = left ? value_join(flow->arena, left, one) : one;
    }
    return left;
}

/* --- the notes --- */

static Contribution *find(Program *program, const void *owner, Name name)
{
    uint32_t at = program->contributions.count ? map_find(&program->contributed, name) : MAP_NONE;
    Contribution *found = at == MAP_NONE ? NULL : program->contributions.items[at];
    while (found && found->owner != owner)
        found = found->next;
    return found;
}

static Contribution *get(Program *program, const void *owner, Name name)
{
    Contribution *found = find(program, owner, name);
    if (found) return found;
    uint32_t at = map_find(&program->contributed, name);
    found = arena_alloc(&program->arena, sizeof *found);
    found->owner = owner;
    if (at == MAP_NONE) {
        map_put(&program->contributed, name, (uint32_t)program->contributions.count);
    } else {
        Contribution *first = program->contributions.items[at];
        found->next = first->next;
        first->next = found;
    }
    vec_add(&program->contributions, found);
    return found;
}

static void note(Contribution *noted, const Value **place, const Value *value)
{
    if (value_equal(*place, value)) return;
    *place = value;
    noted->grew = true;
}

static void note_joined(Arena *arena, Contribution *noted, const Value **place, const Value *value)
{
    note(noted, place, *place ? value_join(arena, *place, value) : value);
}

static void note_put(Program *program, Contribution *noted, ItemKind kind, Name key, const Value *value)
{
    Item empty = {.kind = kind, .confidence = CONFIDENCE_CERTAIN};
    const Item *before = noted->held ? &noted->held->items[0] : &empty;
    for (uint32_t i = 0; before->keys && i < before->part_count; i++)
        if (before->keys[i] == key && before->parts[i])
            value = value_join(&program->arena, before->parts[i], value);
    note(noted, &noted->held, value_of(&program->arena, container_with(&program->arena, before, key, value)));
}

/* --- whose container it is --- */

static bool may_contribute(const Flow *flow)
{
    return flow->instance && !flow->silent && !flow->defining;
}

static const Value *read_silently(Flow *flow, NodeId node)
{
    bool silent = flow->silent;
    flow->silent = true;
    const Value *value = flow_expression(flow, node);
    flow->silent = silent;
    return value;
}

/* The module's own name, or the one that it imported. */
static bool global_owner(Flow *flow, Name name, Unit **unit, Name *owned)
{
    for (const Frame *frame = flow->frame; frame && frame != flow->unit->module; frame = frame->parent)
        if (frame->kind != FRAME_CLASS && map_find(&frame->outer, name) == MAP_NONE &&
            frame_slot(frame, name))
            return false;
    const FrameSlot *slot = frame_slot(flow->unit->module, name);
    if (!slot) return false;
    const Item *path = value_find(slot->value, ITEM_PATH);
    *unit = flow->unit;
    *owned = name;
    return !path || !path->unit || unit_find_owner(path->unit, path->path, unit, owned);
}

/* The class that declares the attribute, or else the object's own. */
static const ClassInfo *class_owner(Flow *flow, const Item *object, Name attribute)
{
    uint32_t count;
    const uint32_t *order = class_order(flow_program(flow), object->id, &count);
    for (uint32_t i = 0; i < count; i++) {
        const ClassInfo *info = unit_class_info(flow->unit, order[i]);
        if (info->frame && frame_slot(info->frame, attribute)) return info;
    }
    return unit_class_info(flow->unit, object->id);
}

static bool in_constructor(const Flow *flow)
{
    const FunctionInfo *info = unit_function_info(flow->unit, flow->instance->function);
    return info->class_id != ID_NONE &&
           (str_ends(info->name, STR(".__init__")) || str_ends(info->name, STR(".__new__")) ||
            str_ends(info->name, STR(".__post_init__")));
}

static bool put_into_attribute(Flow *flow, NodeId container, ItemKind kind, Name key, const Value *value)
{
    Name attribute = flow_node(flow, container)->name;
    const Value *objects = read_silently(flow, flow_node(flow, container)->first);
    const Item *module = objects && objects->count == 1 ? value_find(objects, ITEM_PATH) : NULL;
    Unit *unit;
    Name name;
    if (module && module->unit) {
        Str path = str_join(flow->arena, module->path, STR("."), name_str(attribute));
        if (!unit_find_owner(module->unit, path, &unit, &name)) return false;
        note_put(flow_program(flow), get(flow_program(flow), unit, name), kind, key, value);
        return true;
    }
    objects = flow_settled(flow, objects);
    for (uint32_t i = 0; objects && i < objects->count && !in_constructor(flow); i++) {
        const Item *object = &objects->items[i];
        if (object->kind != ITEM_OBJECT && object->kind != ITEM_CLASS) continue;
        const ClassInfo *owner = class_owner(flow, object, attribute);
        note_put(flow_program(flow), get(flow_program(flow), owner, attribute), kind, key, value);
    }
    return false;
}

static bool put_into(Flow *flow, NodeId container, ItemKind kind, Name key, const Value *value)
{
    const Node *node = flow_node(flow, container);
    Unit *unit;
    Name name;
    switch ((NodeKind)node->kind) {
    case EXPR_NAME:
        if (!global_owner(flow, node->name, &unit, &name)) return false;
        note_put(flow_program(flow), get(flow_program(flow), unit, name), kind, key, value);
        return true;
    case EXPR_ATTRIBUTE:
        return put_into_attribute(flow, container, kind, key, value);
    case EXPR_SUBSCRIPT: /* TABLE[key].append(value) */
        return put_into(flow, node->first, ITEM_DICT, constant_key(flow, node->second),
                        value_list(flow->arena, value));
    case EXPR_CALL: { /* TABLE.setdefault(key, []).append(value) */
        const Node *callee = flow_node(flow, node->first);
        bool sets = callee->kind == EXPR_ATTRIBUTE && str_equal(name_str(callee->name), STR("setdefault"));
        if (!sets) return false;
        Name inner_key = constant_key(flow, node->second);
        return put_into(flow, callee->first, ITEM_DICT, inner_key, value_list(flow->arena, value));
    }
    default:
        return false;
    }
}

bool contribute_put(Flow *flow, NodeId container, ItemKind kind, Name key, const Value *value)
{
    if (!may_contribute(flow)) return false;
    const Value *kept = lasting(flow, value, 0);
    return kept && put_into(flow, container, kind, key, kept);
}

void contribute_attribute(Flow *flow, const Value *objects, Name attribute, const Value *value)
{
    const Value *kept = may_contribute(flow) ? lasting(flow, value, 0) : NULL;
    if (!kept) return;
    objects = flow_settled(flow, objects);
    for (uint32_t i = 0; objects && i < objects->count; i++) {
        const Item *object = &objects->items[i];
        if (object->kind != ITEM_OBJECT && object->kind != ITEM_CLASS) continue;
        const ClassInfo *owner = object->kind == ITEM_CLASS ? unit_class_info(flow->unit, object->id)
                                                            : class_owner(flow, object, attribute);
        Contribution *noted = get(flow_program(flow), owner, attribute);
        note_joined(flow->arena, noted, object->kind == ITEM_CLASS ? &noted->on_class : &noted->assigned,
                    kept);
    }
}

void contribute_dispatch(Program *program, const FunctionInfo *info, const Value *function)
{
    Contribution *noted = get(program, info, names_intern(program->names, info->name));
    note_joined(&program->arena, noted, &noted->assigned,
                value_at_most(&program->arena, function, CONFIDENCE_LIKELY));
}

/* --- reading --- */

static void note_reader(Program *program, Contribution *noted)
{
    if (noted->readers.count && noted->readers.items[noted->readers.count - 1] == program->walking) return;
    if (!program->walking) return;
    for (Instance *reader = program->walking->around; reader; reader = reader->around)
        vec_add(&noted->readers, reader);
    vec_add(&noted->readers, program->walking);
}

const Contribution *contribution_read(Program *program, const void *owner, Name name, bool expected)
{
    Contribution *noted = expected ? get(program, owner, name) : find(program, owner, name);
    if (noted) note_reader(program, noted);
    return noted;
}

const Value *contributed_dispatch(Program *program, const FunctionInfo *info)
{
    return contribution_read(program, info, names_intern(program->names, info->name), true)->assigned;
}

/* An annotated global is looked at only once it is settled. */
static bool is_container(const Value *value, bool *any_lazy)
{
    bool any = false;
    for (uint32_t i = 0; value && i < value->count; i++) {
        any = any || value->items[i].kind == ITEM_DICT || value->items[i].kind == ITEM_LIST;
        *any_lazy = *any_lazy || (value->items[i].kind == ITEM_LAZY && !value->items[i].inner);
    }
    return any;
}

static Item merged_item(Arena *arena, const Item *item, const Item *held)
{
    Item merged = *item;
    if (!held->part_count) return container_with(arena, item, NULL, held->inner);
    for (uint32_t i = 0; i < held->part_count; i++) {
        const Value *value = held->parts[i];
        for (uint32_t k = 0; value && merged.keys && k < merged.part_count; k++)
            if (merged.keys[k] == held->keys[i] && merged.parts[k])
                value = value_join(arena, merged.parts[k], value);
        if (value) merged = container_with(arena, &merged, held->keys[i], value);
    }
    return merged;
}

const Value *contribution_merged(Arena *arena, const Value *value, const Value *held)
{
    const Item *container = &held->items[0];
    const Value *merged = NULL;
    bool done = false;
    for (uint32_t i = 0; value && i < value->count; i++) {
        bool same = value->items[i].kind == container->kind;
        const Value *one =
            value_of(arena, same ? merged_item(arena, &value->items[i], container) : value->items[i]);
        merged = merged ? value_join(arena, merged, one) : one;
        done = done || same;
    }
    if (done) return value->open_ended ? value_join(arena, merged, NULL) : merged;
    return value ? value_join(arena, value, held) : held;
}

bool contribution_may_grow(const Value *value)
{
    bool lazy = false;
    return is_container(value, &lazy) || lazy;
}

const Value *contributed_global(Unit *unit, Name name, const Value *value)
{
    bool lazy = false, container = is_container(value, &lazy);
    if (!container && !lazy) return value;
    const Contribution *noted = contribution_read(unit->program, unit, name, container);
    return noted && noted->held ? contribution_merged(&unit->program->arena, value, noted->held) : value;
}

/* --- walking readers again --- */

static int compare_index(const void *left, const void *right)
{
    const Instance *one = *(Instance *const *)left, *other = *(Instance *const *)right;
    return one->index < other->index ? -1 : one->index > other->index;
}

void contributions_take_readers(Program *program, Instance ***readers, size_t *count)
{
    VEC(Instance *) found = {0};
    for (size_t i = 0; i < program->contributions.count; i++) {
        Contribution *noted = program->contributions.items[i];
        for (size_t k = 0; noted->grew && k < noted->readers.count; k++)
            vec_add(&found, noted->readers.items[k]);
        noted->grew = false;
    }
    if (found.count) qsort(found.items, found.count, sizeof *found.items, compare_index);
    size_t kept = 0;
    for (size_t i = 0; i < found.count; i++)
        if (!kept || found.items[kept - 1] != found.items[i]) found.items[kept++] = found.items[i];
    *readers = found.items;
    *count = kept;
}

void contributions_free(Program *program)
{
    for (size_t i = 0; i < program->contributions.count; i++)
        vec_free(&program->contributions.items[i]->readers);
    vec_free(&program->contributions);
}
