#include "checks/chain.h"

#include "checks/wording.h"
#include "program/reach.h"
#include "base/banned.h"

static Str copied(CheckRun *run, Str text)
{
    return str_copy(run->results, text);
}

static void add_hop(CheckRun *run, Chain *chain, const Unit *unit, NodeId node, Str caller, Str callee)
{
    Span span = unit_node(unit, node)->span;
    Hop hop = {.place = check_place(run, unit, span),
               .function = copied(run, caller),
               .callee = copied(run, callee),
               .source = check_line(run, unit, span)};
    vec_add(&chain->hops, hop);
}

/* The function's name; or the other one that it was called by, in its class. */
static Str callee_name(CheckRun *run, const Invocation *call)
{
    Str name = program_function(run->program, call->function)->name;
    size_t dot = str_find_last(name, '.');
    if (!call->called_as) return name;
    Str class = dot == SIZE_MAX ? (Str){"", 0} : str_part(name, 0, dot + 1);
    return str_join(run->results, class, STR(""), name_str(call->called_as));
}

void chain_add_step(CheckRun *run, Chain *chain)
{
    const Step *step = chain->step;
    const FunctionInfo *own = program_function(run->program, chain->instance->function);
    const FunctionInfo *inner =
        step->function == ID_NONE ? own : program_function(run->program, step->function);
    bool nested = step->report != step->node && inner != own;
    if (nested) add_hop(run, chain, own->unit, step->report, own->name, inner->name);
    if (!step->call) return;
    add_hop(run, chain, own->unit, step->node, nested ? inner->name : own->name,
            callee_name(run, step->call));
}

void chain_follow(CheckRun *run, const Instance *instance, const Reach *reach, Chain *chain)
{
    *chain = (Chain){.instance = instance, .step = reach->step};
    chain_add_step(run, chain);
    for (const Reach *next = reach->next; next; next = next->next) {
        chain->instance = chain->step->call->instance;
        chain->step = next->step;
        chain_add_step(run, chain);
    }
}

Hop *chain_hops(CheckRun *run, const Chain *chain)
{
    Hop *hops = arena_array(run->results, chain->hops.count, sizeof *hops);
    for (size_t i = 0; i < chain->hops.count; i++)
        hops[i] = chain->hops.items[i];
    return hops;
}

void chain_keep(CheckRun *run, const Chain *chain, Finding *finding)
{
    const Step *step = chain->step;
    const FunctionInfo *own = program_function(run->program, chain->instance->function);
    const FunctionInfo *inner =
        step->function == ID_NONE ? own : program_function(run->program, step->function);
    Span span = unit_node(own->unit, step->node)->span;
    finding->chain_count = chain->hops.count;
    finding->chain = chain_hops(run, chain);
    finding->sink = copied(run, wording_name(&step->rule));
    finding->sink_place = check_place(run, own->unit, span);
    finding->sink_function = copied(run, inner->name);
    finding->sink_source = check_line(run, own->unit, span);
}
