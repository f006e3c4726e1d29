#include "program/instance.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "program/arguments.h"
#include "base/banned.h"

/* --- the call as it is written --- */

static Invocation *new_invocation(Program *program, const Item *function)
{
    Invocation *invocation = arena_alloc(&program->arena, sizeof *invocation);
    invocation->function = function->id;
    invocation->closure = function->closure;
    invocation->bound = function->inner;
    return invocation;
}

static uint32_t count_arguments(const Flow *flow, NodeId call)
{
    uint32_t count = 0;
    for (NodeId at = flow_node(flow, call)->second; at; at = flow_node(flow, at)->next)
        count++;
    return count;
}

static void take_arguments(Flow *flow, NodeId call, Invocation *invocation)
{
    uint32_t most = count_arguments(flow, call);
    const Value **positional = arena_array(flow->arena, most, sizeof *positional);
    const Value **named = arena_array(flow->arena, most, sizeof *named);
    Name *keywords = arena_array(flow->arena, most, sizeof *keywords);
    invocation->complete = true;
    for (NodeId at = flow_node(flow, call)->second; at; at = flow_node(flow, at)->next) {
        const Node *node = flow_node(flow, at);
        if (node->kind == EXPR_STARRED || (node->kind == ARG_KEYWORD && !node->name)) {
            invocation->complete = false;
            if (node->kind == EXPR_STARRED) break;
        } else if (node->kind == ARG_KEYWORD) {
            keywords[invocation->keyword_count] = node->name;
            named[invocation->keyword_count++] = argument_value(flow, node->first);
        } else {
            positional[invocation->positional_count++] = argument_value(flow, at);
        }
    }
    invocation->positional = positional;
    invocation->named = named;
    invocation->keywords = keywords;
}

Invocation *invocation_of_call(Flow *flow, const Item *function, NodeId call)
{
    Invocation *invocation = new_invocation(flow_program(flow), function);
    if (call && flow_node(flow, call)->kind == EXPR_CALL) take_arguments(flow, call, invocation);
    return invocation;
}

Invocation *invocation_with(Program *program, const Item *function, const Value *const *values,
                            uint32_t count)
{
    Invocation *invocation = new_invocation(program, function);
    const Value **positional = arena_array(&program->arena, count, sizeof *positional);
    for (uint32_t i = 0; i < count; i++)
        positional[i] = values[i];
    invocation->positional = positional;
    invocation->positional_count = count;
    invocation->complete = true;
    return invocation;
}

/* --- what of it tells something --- */

enum { TELLING_DEPTH = 3 };

static const Value *telling(Program *program, const Value *value, unsigned depth, uint32_t *calls);

enum { NUMBER_TELLS = 6, INTEGER_TELLS = 14 };

/* How often a loop runs is told by longer numbers than other things. */
static bool number_tells(Str text)
{
    if (text.len > INTEGER_TELLS) return false;
    for (size_t i = NUMBER_TELLS; i < text.len; i++)
        if (text.ptr[i] != '_' && (text.ptr[i] < '0' || text.ptr[i] > '9')) return false;
    return true;
}

static bool literal_tells(const Item *item)
{
    NodeKind kind = (NodeKind)item->id;
    if (kind == EXPR_TRUE || kind == EXPR_FALSE || kind == EXPR_NOTHING) return true;
    return kind == EXPR_NUMBER && number_tells(item->path);
}

static uint32_t frame_depth(const Item *item)
{
    return item->closure && item->closure->kind == FRAME_FUNCTION ? item->closure->depth : 0;
}

static bool object_tells(Program *program, Item *told, uint32_t *calls)
{
    if (told->exact && class_is_leaf(program, told->id)) told->exact = false;
    if (!told->invocation) return true;
    Instance *made = invocation_instance(program, told->invocation);
    bool tells = made && made->bulk;
    for (uint32_t i = 0; made && i < made->argument_count; i++)
        tells = tells || made->arguments[i];
    if (!tells) {
        told->invocation = NULL;
        return true;
    }
    if (made->depth > *calls) *calls = made->depth;
    /* Calls that make the same instance are one. */
    if (!made->invocation) made->invocation = told->invocation;
    told->invocation = made->invocation;
    return true;
}

static bool parts_tell(Program *program, const Item *item, unsigned depth, Item *told, uint32_t *calls)
{
    const Value **parts = arena_array(&program->arena, item->part_count, sizeof *parts);
    bool any = false;
    for (uint32_t i = 0; i < item->part_count; i++) {
        parts[i] = telling(program, item->parts[i], depth + 1, calls);
        any = any || parts[i];
    }
    told->parts = parts;
    return any;
}

static bool dict_tells(Program *program, const Item *item, unsigned depth, Item *told, uint32_t *calls)
{
    if (!parts_tell(program, item, depth, told, calls)) return false;
    told->inner = NULL;
    for (uint32_t i = 0; i < told->part_count; i++)
        if (told->parts[i])
            told->inner =
                told->inner ? value_join(&program->arena, told->inner, told->parts[i]) : told->parts[i];
    return true;
}

/* The item as far as it decides what a function does with it; false: not at all. */
static bool item_tells(Program *program, const Item *item, unsigned depth, Item *told, uint32_t *calls)
{
    *told = *item;
    told->made_by = 0;
    told->outside = true;
    told->bulk = false; /* Instance.bulk says so */
    switch (item->kind) {
    case ITEM_FUNCTION:
        if (frame_depth(item) > *calls) *calls = frame_depth(item);
        if (item->inner) told->inner = telling(program, item->inner, depth + 1, calls);
        return true;
    case ITEM_CLASS:
    case ITEM_INSTANCE:
        return true;
    case ITEM_OBJECT:
        return object_tells(program, told, calls);
    case ITEM_LITERAL:
        told->outside = false;
        return literal_tells(item);
    case ITEM_PATH:
        return paths_find(&program->paths, item->path)->is_known;
    case ITEM_DICT:
        if (item->part_count) return dict_tells(program, item, depth, told, calls);
        told->inner = telling(program, item->inner, depth + 1, calls);
        return told->inner;
    case ITEM_LIST:
        if (item->part_count) parts_tell(program, item, depth, told, calls);
        told->inner = telling(program, item->inner, depth + 1, calls);
        return told->inner || item->exact || item->part_count;
    case ITEM_WRAPPED:
        told->inner = telling(program, item->inner, depth + 1, calls);
        return told->inner || item->exact;
    case ITEM_TUPLE:
        return parts_tell(program, item, depth, told, calls);
    default:
        return false;
    }
}

/* Names of other modules inside containers: `Pipeline([shorten, persist])`. */
static const Value *names_found(Program *program, const Value *value)
{
    if (!value || !program->units.count) return value;
    Unit *any = program->units.items[0];
    Flow flow = flow_in(any, any->module);
    return flow_resolved(&flow, value);
}

static const Value *telling(Program *program, const Value *value, unsigned depth, uint32_t *calls)
{
    const Value *told = NULL;
    if (depth) value = names_found(program, value);
    bool open = value && value->open_ended;
    for (uint32_t i = 0; value && depth < TELLING_DEPTH && i < value->count; i++) {
        Item item;
        if (!item_tells(program, &value->items[i], depth, &item, calls)) {
            open = true;
            continue;
        }
        const Value *one = value_of(&program->arena, item);
        told = told ? value_join(&program->arena, told, one) : one;
    }
    if (told && told->items[0].kind == ITEM_LITERAL && told->count == 1 && open) return NULL;
    return told && open ? value_join(&program->arena, told, NULL) : told;
}

static bool is_generator(const Program *program, const Item *item)
{
    if (item->kind != ITEM_RESULT) return false;
    const FunctionInfo *info = program->functions.items[item->invocation->function];
    return info->is_generator && !info->is_async;
}

/* A generator that has not run: whoever iterates it runs it. Calls that make the same instance are one. */
static const Value *telling_generator(Program *program, const Item *item, uint32_t *calls)
{
    Instance *made = invocation_instance(program, item->invocation);
    if (!made) return NULL;
    if (made->depth > *calls) *calls = made->depth;
    if (!made->invocation) made->invocation = item->invocation;
    return value_of(&program->arena, (Item){.kind = ITEM_RESULT,
                                            .invocation = made->invocation,
                                            .outside = true,
                                            .confidence = item->confidence});
}

static const Value *settled_telling(Program *program, const FunctionInfo *info, const Value *value,
                                    uint32_t *calls, bool *bulk)
{
    if (!value) return NULL;
    if (value->count == 1 && !value->open_ended && is_generator(program, &value->items[0]))
        return telling_generator(program, &value->items[0], calls);
    Flow flow = flow_in(info->unit, info->closure);
    value = flow_settled(&flow, value);
    *bulk = value_is_bulk(value);
    return telling(program, value, 0, calls);
}

/* --- what the function's header tells as well --- */

static uint32_t parameter_count(const FunctionInfo *info)
{
    uint32_t count = 0;
    for (NodeId at = unit_node(info->unit, info->node)->first; at; at = unit_node(info->unit, at)->next)
        count++;
    return count;
}

static const Value **find_declared(Program *program, const FunctionInfo *info)
{
    const Value **declared = arena_array(&program->arena, parameter_count(info), sizeof *declared);
    Flow flow = flow_in(info->unit, info->closure);
    uint32_t index = 0, none = 0;
    for (NodeId at = unit_node(info->unit, info->node)->first; at;
         at = unit_node(info->unit, at)->next, index++) {
        const Value *value = flow_settled_type(&flow, flow_declared_parameter(&flow, at));
        if (!value_holds_variable(value)) declared[index] = telling(program, value, 0, &none);
    }
    return declared;
}

/* What the annotations tell, kept when no question was cut off on the way. */
static const Value *const *declared_parameters(Program *program, FunctionInfo *info)
{
    if (info->declared) return info->declared;
    uint32_t outer_cut = program->cut_depth;
    program->cut_depth = UINT32_MAX;
    const Value **declared = find_declared(program, info);
    if (program->cut_depth == UINT32_MAX) info->declared = declared;
    if (outer_cut < program->cut_depth) program->cut_depth = outer_cut;
    return declared;
}

static bool adds_nothing(const Value *declared, const Value *value)
{
    if (!declared || declared->open_ended) return false;
    if (value->open_ended) return true;
    if (!value_equal(declared, value)) return false;
    for (uint32_t i = 0; i < value->count; i++)
        if (value->items[i].confidence > declared->items[i].confidence) return false;
    return true;
}

/* An object of the method's own class, of which no more is known. */
static bool is_any_receiver(const FunctionInfo *info, const Value *bound)
{
    if (!bound || bound->count != 1 || bound->open_ended || info->class_id == ID_NONE || info->is_static)
        return false;
    const Item *item = &bound->items[0];
    return item->kind == ITEM_OBJECT && !info->is_class_method && item->id == info->class_id &&
           !item->exact && !item->invocation && !item->quiet && !item->part_count &&
           !str_ends(info->name, STR(".__new__"));
}

static void forget_declared(Program *program, FunctionInfo *info, Instance *wanted)
{
    const Value **arguments = (const Value **)wanted->arguments;
    const Value *const *declared = NULL;
    if (is_any_receiver(info, wanted->bound)) wanted->bound = NULL;
    for (uint32_t i = 0; i < wanted->argument_count; i++) {
        if (!arguments[i]) continue;
        if (!declared) declared = declared_parameters(program, info);
        if (adds_nothing(declared[i], arguments[i])) arguments[i] = NULL;
    }
}

/* --- binding --- */

typedef struct Binding {
    Program *program;
    const FunctionInfo *info;
    const Invocation *invocation;
    const Value **arguments;
    uint32_t bulk, bulk_bit; /* of Instance.bulk; the bit of the parameter at hand */
    uint32_t calls;
    uint32_t next_positional;
} Binding;

static const Value *told(Binding *binding, const Value *value)
{
    bool bulk = false;
    const Value *telling = settled_telling(binding->program, binding->info, value, &binding->calls, &bulk);
    if (bulk) binding->bulk |= binding->bulk_bit;
    return telling;
}

/* *args holds what is left over. */
static const Value *rest_of_positional(Binding *binding)
{
    const Value *held = NULL;
    bool any = false;
    for (; binding->next_positional < binding->invocation->positional_count; binding->next_positional++) {
        const Value *one = told(binding, binding->invocation->positional[binding->next_positional]);
        if (!one) continue;
        held = any ? value_join(&binding->program->arena, held, one) : one;
        any = true;
    }
    return any ? value_list(&binding->program->arena, held) : NULL;
}

static bool find_keyword(const Invocation *invocation, Name name, const Value **value)
{
    for (uint32_t i = 0; i < invocation->keyword_count; i++)
        if (invocation->keywords[i] == name) {
            *value = invocation->named[i];
            return true;
        }
    return false;
}

/* A default that is a plain literal and that nothing replaces. */
static const Value *certain_default(Binding *binding, const Node *parameter)
{
    if (!binding->invocation->complete || !parameter->second) return NULL;
    Flow flow = flow_in(binding->info->unit, binding->info->closure);
    NodeKind kind = unit_node(binding->info->unit, parameter->second)->kind;
    if (kind != EXPR_TRUE && kind != EXPR_FALSE && kind != EXPR_NUMBER && kind != EXPR_NOTHING) return NULL;
    uint32_t none = 0;
    return telling(binding->program, flow_expression(&flow, parameter->second), 0, &none);
}

static const Value *argument_for(Binding *binding, const Node *parameter)
{
    const Value *value = NULL;
    if (parameter->flags & FLAG_STAR) return rest_of_positional(binding);
    if (parameter->flags & FLAG_DOUBLE_STAR) return NULL;
    bool by_position = !(parameter->flags & FLAG_KEYWORD_ONLY);
    if (by_position && binding->next_positional < binding->invocation->positional_count)
        return told(binding, binding->invocation->positional[binding->next_positional++]);
    if (find_keyword(binding->invocation, parameter->name, &value)) return told(binding, value);
    return certain_default(binding, parameter);
}

static bool takes_receiver(const FunctionInfo *info, const Invocation *invocation)
{
    if (invocation->bound) return true;
    return info->class_id != ID_NONE && !info->is_static && !invocation->positional_count;
}

static void bind(Binding *binding)
{
    const FunctionInfo *info = binding->info;
    uint32_t index = 0;
    bool skip = takes_receiver(info, binding->invocation);
    for (NodeId at = unit_node(info->unit, info->node)->first; at;
         at = unit_node(info->unit, at)->next, index++) {
        binding->bulk_bit = index < 32 ? 1u << index : 0;
        if (!skip) binding->arguments[index] = argument_for(binding, unit_node(info->unit, at));
        skip = false;
    }
}

/* --- the table of instances --- */

static uint32_t instance_hash(const Instance *instance)
{
    uint32_t hash = instance->function * 0x9e3779b1u ^ value_hash(instance->bound);
    for (uint32_t i = 0; i < instance->argument_count; i++)
        hash = hash * 31 + value_hash(instance->arguments[i]);
    return hash ^ (uint32_t)((uintptr_t)instance->closure >> 4) ^ instance->bulk * 0x85ebca6bu;
}

static bool same_instance(const Instance *left, const Instance *right)
{
    if (left->function != right->function || left->closure != right->closure || left->bulk != right->bulk ||
        left->argument_count != right->argument_count || !value_equal(left->bound, right->bound))
        return false;
    for (uint32_t i = 0; i < left->argument_count; i++)
        if (!value_equal(left->arguments[i], right->arguments[i])) return false;
    return true;
}

static void grow_table(Program *program)
{
    size_t size = program->table_size ? program->table_size * 2 : 1024;
    free(program->table);
    program->table = memory_alloc(size * sizeof(Instance *));
    memset(program->table, 0, size * sizeof(Instance *));
    program->table_size = size;
    for (size_t i = 0; i < program->instances.count; i++) {
        Instance *instance = program->instances.items[i];
        Instance **slot = &program->table[instance->hash & (size - 1)];
        instance->next = *slot;
        *slot = instance;
    }
}

static void forget_arguments(Instance *instance)
{
    for (uint32_t i = 0; i < instance->argument_count; i++)
        ((const Value **)instance->arguments)[i] = NULL;
}

static Instance *kept(Program *program, Instance *wanted);

/* A function that is called in too many ways: further ones are one call of which nothing is known. */
static Instance *last_instance(Program *program, Instance *wanted)
{
    program->counters.limits_reached++;
    forget_arguments(wanted);
    wanted->bound = NULL;
    wanted->bulk = 0;
    wanted->is_last = true;
    return kept(program, wanted);
}

static Instance *kept(Program *program, Instance *wanted)
{
    wanted->hash = instance_hash(wanted);
    if (program->instances.count >= program->table_size) grow_table(program);
    Instance **slot = &program->table[wanted->hash & (program->table_size - 1)];
    for (Instance *known = *slot; known; known = known->next)
        if (known->hash == wanted->hash && same_instance(known, wanted)) return known;
    FunctionInfo *info = program->functions.items[wanted->function];
    if (info->instance_count >= LIMIT_INSTANCES && !wanted->is_last) return last_instance(program, wanted);
    info->instance_count++;
    Instance *instance = arena_alloc(&program->arena, sizeof *instance);
    *instance = *wanted;
    instance->index = (uint32_t)program->instances.count;
    instance->next = *slot;
    *slot = instance;
    map_init(&instance->attributes, &program->arena);
    vec_add(&program->instances, instance);
    program->counters.instances++;
    return instance;
}

static uint32_t calls_in_scope(const Frame *closure)
{
    Item scope = {.closure = (Frame *)closure};
    return frame_depth(&scope);
}

/* Calls that nest too deep in what it is called with make the call one of which nothing is known. */
static Instance *bound_instance(Program *program, Invocation *invocation)
{
    FunctionInfo *info = program->functions.items[invocation->function];
    unit_read_body(info);
    Instance wanted = {.function = invocation->function, .argument_count = parameter_count(info)};
    const Value **arguments = arena_array(&program->arena, wanted.argument_count, sizeof *arguments);
    wanted.arguments = arguments;
    Binding binding = {.program = program, .info = info, .invocation = invocation, .arguments = arguments};
    bind(&binding);
    wanted.bulk = binding.bulk;
    bool bulk;
    wanted.bound = settled_telling(program, info, invocation->bound, &binding.calls, &bulk);
    bool nested = info->outer != ID_NONE || info->is_lambda;
    wanted.closure = nested ? (invocation->closure ? invocation->closure : info->closure) : NULL;
    if (!nested) forget_declared(program, info, &wanted);
    uint32_t around = calls_in_scope(wanted.closure);
    if (around > binding.calls) binding.calls = around;
    if (binding.calls >= LIMIT_CALLS_IN_ARGUMENTS) forget_arguments(&wanted);
    bool plain = !wanted.bound && !nested;
    for (uint32_t i = 0; i < wanted.argument_count; i++)
        plain = plain && !wanted.arguments[i];
    wanted.depth = plain ? 0 : binding.calls + 1;
    return wanted.depth > LIMIT_CALLS_IN_ARGUMENTS + 1 ? NULL : kept(program, &wanted);
}

Instance *invocation_instance(Program *program, Invocation *invocation)
{
    if (invocation->instance) return invocation->instance;
    if (!query_begin(program, &invocation->binding)) return NULL;
    Instance *instance = bound_instance(program, invocation);
    if (query_end(program, &invocation->binding)) invocation->instance = instance;
    return instance;
}

Instance *instance_generic(Program *program, uint32_t function)
{
    FunctionInfo *info = program->functions.items[function];
    if (!info->generic) {
        Item item = {.kind = ITEM_FUNCTION, .id = function, .closure = info->closure};
        info->generic = invocation_instance(program, new_invocation(program, &item));
    }
    return info->generic;
}

/* --- walking --- */

static void bind_frame(Flow *flow, const Instance *instance, Frame *frame)
{
    const FunctionInfo *info = unit_function_info(flow->unit, instance->function);
    uint32_t index = 0;
    for (NodeId at = flow_node(flow, info->node)->first; at; at = flow_node(flow, at)->next, index++) {
        const Value *value = instance->arguments[index];
        if (!value) continue;
        /* What a caller hands over may be less than the annotation tells. */
        const FrameSlot *declared = frame_slot(frame, flow_node(flow, at)->name);
        if (value->open_ended && declared && declared->value && !declared->value->open_ended) continue;
        frame_assign(frame, flow_node(flow, at)->name, value);
    }
}

static void mark_bulk(Flow *flow, const Instance *instance, Frame *frame)
{
    NodeId at = flow_node(flow, unit_function_info(flow->unit, instance->function)->node)->first;
    for (uint32_t bits = instance->bulk; bits && at; bits >>= 1, at = flow_node(flow, at)->next) {
        Name name = flow_node(flow, at)->name;
        const FrameSlot *slot = frame_slot(frame, name);
        if (bits & 1) frame_assign(frame, name, value_as_bulk(flow->arena, slot ? slot->value : NULL));
    }
}

/* A body that is walked a second time starts anew. */
static void reset_walk(Instance *instance)
{
    instance->steps.count = 0;
    instance->observations.count = 0;
    instance->loops.count = 0;
    instance->handed.count = 0;
    instance->in_threads.count = 0;
    instance->unresolved.count = 0;
    instance->known_calls = instance->unknown_calls = 0;
    instance->result = NULL;
    instance->attribute_values.count = 0;
    map_init(&instance->attributes, instance->attributes.arena);
}

static void walk_body(Program *program, Instance *instance)
{
    FunctionInfo *info = program->functions.items[instance->function];
    Instance *outer = program->walking;
    instance->around = outer;
    program->walking = instance;
    Flow flow = flow_in(info->unit, info->closure);
    flow.silent = false;
    flow.instance = instance;
    unit_read_body(info);
    Frame *closure = instance->closure ? instance->closure : info->closure;
    Frame *frame = flow_function_frame(&flow, instance->function, closure, instance->bound);
    frame->depth = instance->depth;
    bind_frame(&flow, instance, frame);
    mark_bulk(&flow, instance, frame);
    flow_walk_in_frame(&flow, instance->function, frame);
    instance->result = flow.result;
    program->walking = outer;
}

/* One walk answers all questions. What was cut off in it because it stood inside a question about itself is partial. */
static void walk(Program *program, Instance *instance)
{
    reset_walk(instance);
    walk_body(program, instance);
    instance->walked = true;
}

bool instance_walk(Program *program, Instance *instance)
{
    if (instance->walked) return true;
    if (!query_begin(program, &instance->query)) return false;
    walk(program, instance);
    instance->partial = !query_end(program, &instance->query);
    return true;
}

void instance_complete(Program *program, Instance *instance)
{
    instance_walk(program, instance);
    if (!instance->partial || !query_begin(program, &instance->query)) return;
    walk(program, instance);
    query_end(program, &instance->query);
    instance->partial = false;
}

/* The header may say what the function gives; when it does not, the body is asked for next. */
static void read_annotation(FunctionInfo *info)
{
    const Node *node = unit_node(info->unit, info->node);
    const Outline *outline = facts_outline(info->unit->facts);
    bool by_itself = node->level && node->level <= outline->region_count;
    Span header = by_itself ? outline->regions[node->level - 1].header : (Span){0, 0};
    if (str_find(str_part(outline->text, header.start, header.end), STR("->")) != SIZE_MAX)
        unit_read_header(info);
    else
        unit_read_body(info);
}

static const Value *declared_result(FunctionInfo *info, const Invocation *invocation)
{
    read_annotation(info);
    Flow flow = flow_in(info->unit, info->closure);
    const Value *declared = flow_settled_type(&flow, flow_annotated_result(&flow, invocation->function));
    return flow_for_receiver(&flow, declared, invocation->bound);
}

/* All that the annotation says is that it is some class below these. */
static bool is_abstract(Program *program, const Value *declared)
{
    for (uint32_t i = 0; i < declared->count; i++)
        if (declared->items[i].kind != ITEM_OBJECT || !class_is_abstract(program, declared->items[i].id))
            return false;
    return true;
}

/* What the body gives tells more than a type variable or an abstract class, as far as it is known. */
static const Value *given(Program *program, Invocation *invocation)
{
    FunctionInfo *info = program->functions.items[invocation->function];
    const Value *declared = declared_result(info, invocation);
    bool variable = value_holds_variable(declared);
    if (declared && !variable && !is_abstract(program, declared)) return declared;
    Instance *instance = invocation_instance(program, invocation);
    const Value *result = instance && instance_walk(program, instance) ? instance->result : NULL;
    if (!result || !declared || variable) return result ? result : declared;
    Flow flow = flow_in(info->unit, info->closure);
    const Value *settled = flow_settled(&flow, result);
    return settled && !settled->open_ended && !value_literal(settled) ? settled : declared;
}

const Value *invocation_result(Program *program, Invocation *invocation)
{
    if (!query_begin(program, &invocation->giving)) return NULL;
    const Value *result = given(program, invocation);
    query_end(program, &invocation->giving);
    return result;
}

/* --- attributes of the object that a constructor makes --- */

void instance_assign_attribute(Program *program, Instance *instance, Name name, const Value *value)
{
    uint32_t known = map_find(&instance->attributes, name);
    if (known != MAP_NONE) {
        const Value **slot = &instance->attribute_values.items[known];
        *slot = value_join(&program->arena, *slot, value);
        return;
    }
    map_put(&instance->attributes, name, (uint32_t)instance->attribute_values.count);
    vec_add(&instance->attribute_values, value);
}

const Value *instance_attribute(const Instance *instance, Name name)
{
    uint32_t known = map_find(&instance->attributes, name);
    return known == MAP_NONE ? NULL : instance->attribute_values.items[known];
}

const Value *invocation_attribute(Program *program, Invocation *invocation, Name name)
{
    Instance *instance = invocation_instance(program, invocation);
    if (!instance || !instance_walk(program, instance)) return NULL;
    return instance_attribute(instance, name);
}
