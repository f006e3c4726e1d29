/* Makes the plain functions on the way coroutines, where what blocks at its end has a form that is awaited in place. */
#include "fixes/colour.h"
#include "fixes/nested_run.h"
#include "fixes/shape.h"
#include "fixes/twin.h"
#include "base/banned.h"

static void write_sink(Draft *draft, const Unit *unit, const FunctionInfo *function, const Step *sink,
                       bool bracket)
{
    if (unit_node(unit, sink->node)->kind != EXPR_CALL)
        draft_refuse(draft, "what blocks is not a call");
    else if (nested_run_fits(&sink->rule))
        nested_run_write(draft, unit, sink->node, bracket);
    else
        twin_write(draft, unit, function, sink->node, &sink->rule, bracket);
}

static void propose(Draft *draft)
{
    if (!colour_fits(draft)) return;
    const Rule *rule = &draft->subject->sink->rule;
    if (twin_fits(draft->unit->catalogue, rule) || nested_run_fits(rule)) colour_write(draft, write_sink);
}

const FixShape fix_colour = {.name = "colour", .rank = RANK_COLOUR, .propose = propose};
