#include "program/effects.h"

#include "program/arguments.h"
#include "program/regex.h"
#include "program/bulk.h"
#include "program/numbers.h"
#include "base/banned.h"

typedef bool (*ConditionCheck)(Flow *flow, const Condition *condition, NodeId argument);

static bool check_is(Flow *flow, const Condition *condition, NodeId argument)
{
    Item literal;
    if (!argument_literal(flow, argument, &literal)) return false;
    double wanted, given;
    if (literal.id == EXPR_STRING) {
        Str value = condition->value;
        if (value.len >= 2 && value.ptr[0] == '"') value = str_part(value, 1, value.len - 1);
        return str_equal(literal.path, value);
    }
    if (literal.id == EXPR_NUMBER && number_of_text(condition->value, &wanted))
        return number_of_text(literal.path, &given) && given == wanted;
    return str_equal(literal.path, condition->value);
}

static bool check_at_most(Flow *flow, const Condition *condition, NodeId argument)
{
    Item literal;
    if (!argument_literal(flow, argument, &literal) || literal.id != EXPR_NUMBER) return false;
    double wanted, given;
    return number_of_text(condition->value, &wanted) && number_of_text(literal.path, &given) &&
           given <= wanted;
}

/* The last part of the dotted name stands as a word in the argument's text. */
static bool check_names(Flow *flow, const Condition *condition, NodeId argument)
{
    Str word = str_after_last(condition->value, '.');
    Str text = unit_text(flow->unit, argument);
    for (;;) {
        size_t at = str_find(text, word);
        if (at == SIZE_MAX || !word.len) return false;
        bool starts = at == 0 || !byte_is_word(text.ptr[at - 1]);
        bool ends = at + word.len == text.len || !byte_is_word(text.ptr[at + word.len]);
        if (starts && ends) return true;
        text = str_part(text, at + word.len, text.len);
    }
}

static bool item_is_of(Flow *flow, const Item *item, Str type)
{
    if (item->kind == ITEM_INSTANCE || item->kind == ITEM_PATH)
        return catalogue_derives(flow->unit->catalogue, item->path, type);
    return item->kind == ITEM_OBJECT && flow_class_derives(flow, item->id, type);
}

static bool check_type(Flow *flow, const Condition *condition, NodeId argument)
{
    const Value *value = flow_settled(flow, argument_value(flow, argument));
    for (uint32_t i = 0; value && i < value->count; i++)
        if (item_is_of(flow, &value->items[i], condition->value)) return true;
    return false;
}

static bool check_prefix(Flow *flow, const Condition *condition, NodeId argument)
{
    Item literal;
    bool is_literal = argument_literal(flow, argument, &literal);
    if (!is_literal && unit_node(flow->unit, argument)->kind == EXPR_FORMAT) {
        Str text = unit_text(flow->unit, argument);
        size_t quote = str_find_byte(text, '"');
        if (quote == SIZE_MAX) quote = str_find_byte(text, '\'');
        return quote != SIZE_MAX && str_starts(str_part(text, quote + 1, text.len), condition->value);
    }
    return is_literal && literal.id == EXPR_STRING && str_starts(literal.path, condition->value);
}

static bool check_present(Flow *flow, const Condition *condition, NodeId argument)
{
    (void)flow;
    (void)condition;
    return argument != 0;
}

static bool check_backtracks(Flow *flow, const Condition *condition, NodeId argument)
{
    Item literal;
    (void)condition;
    return argument_literal(flow, argument, &literal) && literal.id == EXPR_STRING &&
           regex_backtracks(literal.path);
}

/* What the guard says of `receiver.method`: 1 true, -1 false, 0 nothing. */
static int guard_says(const Flow *flow, const Guard *guard, Str asked)
{
    Str test = unit_text(flow->unit, guard->test);
    size_t at = str_find(test, asked);
    if (at == SIZE_MAX) return 0;
    bool negated = str_ends(str_trim(str_part(test, 0, at)), STR("not"));
    return negated != guard->holds ? 1 : -1;
}

/* "done": a guard says that receiver.done() is true; "not empty": that receiver.empty() is false. */
static bool is_guarded(const Flow *flow, Str wanted, NodeId call)
{
    const Node *callee = unit_node(flow->unit, unit_node(flow->unit, call)->first);
    if (callee->kind != EXPR_ATTRIBUTE) return false;
    bool negative = str_starts(wanted, STR("not "));
    Str method = negative ? str_part(wanted, 4, wanted.len) : wanted;
    Str asked = str_join(flow->arena, unit_text(flow->unit, callee->first), STR("."), method);
    for (const Guard *guard = flow->guards; guard; guard = guard->outer)
        if (guard_says(flow, guard, asked) == (negative ? -1 : 1)) return true;
    return false;
}

static const ConditionCheck checks[] = {
    [TEST_IS] = check_is,
    [TEST_AT_MOST] = check_at_most,
    [TEST_NAMES] = check_names,
    [TEST_TYPE] = check_type,
    [TEST_PREFIX] = check_prefix,
    [TEST_PRESENT] = check_present,
    [TEST_BACKTRACKS] = check_backtracks,
};

static bool holds(Flow *flow, const Condition *condition, NodeId call)
{
    if (!call) return false;
    if (condition->test == TEST_GUARDED) return is_guarded(flow, condition->value, call);
    bool unsure;
    NodeId argument = argument_find(flow->unit, call, condition->position, condition->keyword, &unsure);
    if (condition->test == TEST_ABSENT) return !argument && !unsure;
    return argument && checks[condition->test](flow, condition, argument);
}

/* The call that made the receiver may stand in another module. */
static bool receiver_holds(Flow *flow, const Condition *condition, const Item *receiver)
{
    if (!receiver || !receiver->made_by) return false;
    if (!receiver->unit || receiver->unit == flow->unit) return holds(flow, condition, receiver->made_by);
    Flow there = flow_in(receiver->unit, receiver->unit->module);
    return holds(&there, condition, receiver->made_by);
}

static bool all_hold(Flow *flow, const Unless *unless, NodeId call, const Item *receiver)
{
    for (size_t i = 0; i < unless->count; i++) {
        const Condition *condition = &unless->conditions[i];
        if (condition->of_receiver ? !receiver_holds(flow, condition, receiver)
                                   : !holds(flow, condition, call))
            return false;
    }
    return unless->count > 0;
}

bool effect_condition_holds(Flow *flow, const Unless *unless, NodeId call)
{
    return all_hold(flow, unless, call, NULL);
}

bool effect_test(Flow *flow, const Condition *condition, NodeId call)
{
    return holds(flow, condition, call);
}

/* A class of the program that takes text as a file does: `csv.writer(self)` calls its `write`. */
static bool writes_by_itself(Flow *flow, const Item *item)
{
    if (item->kind != ITEM_OBJECT) return false;
    const Value *write = flow_member(flow, item, names_intern(flow->unit->names, STR("write")));
    return value_find(write, ITEM_FUNCTION) != NULL;
}

/* Files that are none: reading and writing them touches no disk. */
static bool is_in_memory(Flow *flow, const Value *value)
{
    static const char *const types[] = {"io.BytesIO", "io.StringIO"};
    value = flow_settled(flow, value);
    for (uint32_t i = 0; value && i < value->count; i++) {
        if (writes_by_itself(flow, &value->items[i])) return true;
        for (size_t k = 0; k < sizeof types / sizeof *types; k++)
            if (item_is_of(flow, &value->items[i], str_from(types[k]))) return true;
    }
    return false;
}

/* `csv.writer(buffer)`, `Image.open(BytesIO(data))`, `writer.write(buffer)` */
bool effect_in_memory(Flow *flow, NodeId call)
{
    if (!call || unit_node(flow->unit, call)->kind != EXPR_CALL) return false;
    for (NodeId at = unit_node(flow->unit, call)->second; at; at = unit_node(flow->unit, at)->next) {
        bool keyword = unit_node(flow->unit, at)->kind == ARG_KEYWORD;
        if (is_in_memory(flow, argument_value(flow, keyword ? unit_node(flow->unit, at)->first : at)))
            return true;
    }
    return false;
}

Weight effect_weight(Flow *flow, const Rule *rule, NodeId call, const Item *receiver)
{
    if (rule->effect == EFFECT_NONE) return WEIGHT_NONE;
    if (receiver && receiver->quiet && rule->effect != EFFECT_CPU) return WEIGHT_NONE;
    if (rule->effect == EFFECT_FILE &&
        (effect_in_memory(flow, call) ||
         (receiver && receiver->unit == flow->unit && effect_in_memory(flow, receiver->made_by))))
        return WEIGHT_NONE;
    for (size_t i = 0; i < rule->unless_count; i++) {
        const Unless *unless = catalogue_unless(flow->unit->catalogue, rule, i);
        if (all_hold(flow, unless, call, receiver)) return unless->weight;
    }
    return rule->effect == EFFECT_CPU ? bulk_weight(flow, rule, call, receiver) : rule->weight;
}
