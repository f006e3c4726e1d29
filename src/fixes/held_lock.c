#include "fixes/held_lock.h"

#include "base/banned.h"

static bool is_lock(const Step *step, CallKind kind)
{
    return !step->call && step->rule.effect == EFFECT_LOCK && step->rule.kind == kind;
}

static bool stands_in_body(const Around *around, NodeId statement)
{
    for (uint32_t i = 0; i + 1 < around->count; i++) {
        const Node *node = unit_node(around->unit, around->nodes[i]);
        if (around->nodes[i] == statement && node->kind == STMT_WITH && around->nodes[i + 1] != node->first)
            return true;
    }
    return false;
}

/* The text gives up what the receiver holds somewhere in the span. */
static bool is_released(const Unit *unit, NodeId receiver, uint32_t start, uint32_t end)
{
    Str text = str_part(unit->source.text, start, end), name = unit_text(unit, receiver);
    for (size_t at = str_find(text, name); at != SIZE_MAX;) {
        text = str_drop(text, at + name.len);
        if (str_starts(text, STR(".release("))) return true;
        at = name.len ? str_find(text, name) : SIZE_MAX;
    }
    return false;
}

/* `lock.acquire()` stands before the place, and no `lock.release()` between the two. */
static bool is_acquired_before(const Step *step, uint32_t function, const Around *around)
{
    const Unit *unit = around->unit;
    const Node *call = unit_node(unit, step->node);
    if (step->function != function || !str_ends(step->rule.path, STR(".acquire")) || call->kind != EXPR_CALL)
        return false;
    uint32_t start = unit_node(unit, around->nodes[around->count - 1])->span.start;
    NodeId receiver = unit_node(unit, call->first)->first;
    return receiver && call->span.end <= start && !is_released(unit, receiver, call->span.end, start);
}

static bool holds_in(Instance *const *instances, size_t count, uint32_t function, const Around *around)
{
    for (size_t i = 0; i < count; i++) {
        if (instances[i]->function != function) continue;
        for (size_t k = 0; k < instances[i]->steps.count; k++) {
            const Step *step = &instances[i]->steps.items[k];
            if (is_lock(step, CALL_CONTEXT) && stands_in_body(around, step->statement)) return true;
            if (is_lock(step, CALL_METHOD) && is_acquired_before(step, function, around)) return true;
        }
    }
    return false;
}

bool lock_is_held(const Program *program, uint32_t function, const Around *around)
{
    const Unit *unit = program_function(program, function)->unit;
    return holds_in(unit->on_loop.items, unit->on_loop.count, function, around) ||
           holds_in(unit->others.items, unit->others.count, function, around);
}
