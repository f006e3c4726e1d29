/* Makes the plain functions on the way coroutines and runs what blocks in a thread: where the call as a whole cannot be
 * handed to one. */
#include "fixes/colour.h"
#include "fixes/shape.h"
#include "fixes/wrap_call.h"
#include "base/banned.h"

enum { TO_THREAD_MINOR = 9 };

/* A plain function of a library that waits for something outside the process: it has no thread of its own. */
static bool may_run_in_thread(const Rule *rule)
{
    bool waits = rule->effect == EFFECT_HTTP || rule->effect == EFFECT_DNS ||
                 rule->effect == EFFECT_PROCESS || rule->effect == EFFECT_MAIL ||
                 rule->effect == EFFECT_FS_METADATA;
    return waits && rule->kind == CALL_FUNCTION;
}

static bool has_edits(const Finding *finding)
{
    for (size_t i = 0; i < finding->fix_count; i++)
        if (finding->fixes[i].edit_count) return true;
    return false;
}

static void write_sink(Draft *draft, const Unit *unit, const FunctionInfo *function, const Step *sink,
                       bool bracket)
{
    Str name = draft_import(draft, unit, function, STR("asyncio"), STR("to_thread"));
    Str head = draft_format(draft, "%sawait %.*s(", bracket ? "(" : "", DRAFT_STR(name));
    wrap_call(draft, unit, sink->node, head, bracket ? STR(")") : STR(""));
}

static void propose(Draft *draft)
{
    if (!colour_fits(draft) || has_edits(&draft->report->finding)) return;
    if (!may_run_in_thread(&draft->subject->sink->rule)) return;
    if (draft->settings->python_minor && draft->settings->python_minor < TO_THREAD_MINOR)
        draft_refuse(draft, "`to_thread` came with Python 3.9");
    else
        colour_write(draft, write_sink);
}

const FixShape fix_colour_thread = {.name = "colour-thread", .rank = RANK_COLOUR_THREAD, .propose = propose};
