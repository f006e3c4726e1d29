/* LS202: a loop that awaits one item after the other, although no item needs anything of another. */
#include "checks/check.h"

#include "base/buf.h"
#include "checks/waiting.h"
#include "program/header.h"
#include "base/banned.h"

static Str kept(CheckRun *run, Buf *buf)
{
    Str text = str_copy(run->results, buf_str(buf));
    buf_free(buf);
    return text;
}

/* --- words --- */

static const char *doubt_of(const Waiting *waits, const Repetition *loop)
{
    uint32_t any = (waits->awaited.waits | waits->awaited.sometimes) & TRAITS_OF_WAITING;
    if (!any) return "whether it waits for the network";
    if (!(waits->awaited.waits & TRAITS_OF_WAITING)) return "how often it waits";
    if (!waits->proven && any & TRAIT_BIT(TRAIT_WAITS_DB))
        return "whether each has a database connection of its own";
    if (!waits->proven) return "whether it waits long enough";
    if (!loop->collected || waits->effect) return "whether the order of the items matters";
    return "whether the items need each other";
}

static Str message_of(CheckRun *run, const Repetition *loop, const Waiting *waits, bool certain)
{
    Buf buf;
    buf_init(&buf);
    buf_format(
        &buf, "`%.*s` is awaited item by item: n items %s the sum of their times, together about the longest",
        (int)waits->name.len, waits->name.ptr, certain ? "take" : "may take");
    if (!certain) {
        buf_add_text(&buf, "; not known: ");
        buf_add_text(&buf, doubt_of(waits, loop));
    }
    return kept(run, &buf);
}

static Str why_of(CheckRun *run, const Waiting *waits)
{
    Buf buf;
    buf_init(&buf);
    if (waits->awaited.instance) {
        buf_format(&buf, "`%.*s` waits for %s", (int)waits->name.len, waits->name.ptr,
                   waiting_kind(waits->awaited.kind));
        if (waits->awaited.end->path.len)
            buf_format(&buf, " (%.*s)", (int)waits->awaited.end->path.len, waits->awaited.end->path.ptr);
        buf_add_text(&buf, "; ");
    }
    buf_add_text(&buf, "the next item starts only when the one before it is done");
    return kept(run, &buf);
}

static const char *const advice =
    "start them together, a few at a time: tasks of an `asyncio.TaskGroup` (3.11+) or `asyncio.gather`, each "
    "inside "
    "`async with semaphore:` of an `asyncio.Semaphore(10)`; keep an `asyncio.timeout` around each";

/* --- the way to what waits --- */

static const FunctionInfo *function_of(const CheckRun *run, uint32_t id)
{
    return program_function(run->program, id);
}

static Hop hop_of(CheckRun *run, const Unit *unit, NodeId node, Str caller, Str callee)
{
    Span span = unit_node(unit, node)->span;
    return (Hop){.place = check_place(run, unit, span),
                 .function = str_copy(run->results, caller),
                 .callee = str_copy(run->results, callee),
                 .source = check_line(run, unit, span)};
}

static void keep_way(CheckRun *run, const Awaited *awaited, Finding *finding)
{
    const Instance *instance = awaited->instance;
    const Step *step = awaited->step;
    if (!instance || !awaited->end) return;
    size_t most = awaited->way ? awaited->way->hops + 1 : 0;
    finding->chain = arena_array(run->results, most, sizeof(Hop));
    for (const Wait *way = awaited->way; step && finding->chain_count < most; way = way->next) {
        const FunctionInfo *caller = function_of(run, instance->function);
        const FunctionInfo *callee = function_of(run, step->call->function);
        finding->chain[finding->chain_count++] =
            hop_of(run, caller->unit, step->node, caller->name, callee->name);
        instance = step->call->instance ? step->call->instance : callee->generic;
        step = way->step;
        if (!way->next) break;
    }
    const FunctionInfo *last = function_of(run, instance->function);
    Span span = unit_node(last->unit, awaited->end->node)->span;
    finding->sink = str_copy(run->results, awaited->end->path);
    finding->sink_place = check_place(run, last->unit, span);
    finding->sink_function = str_copy(run->results, last->name);
    finding->sink_source = check_line(run, last->unit, span);
}

/* --- reporting --- */

static void report(CheckRun *run, const Waiter *waiter, const Repetition *loop, const Waiting *waits,
                   bool certain)
{
    const Lines *lines = &run->unit->lines;
    Span span = unit_node(run->unit, waits->await)->span;
    Finding finding = {.code = check_code(run, "LS202")->code,
                       .message = message_of(run, loop, waits, certain),
                       .advice = str_from(advice),
                       .why = why_of(run, waits),
                       .severity = waiting_severity(run, waiter, certain ? SEVERITY_MEDIUM : SEVERITY_LOW),
                       .confidence = certain ? waits->awaited.confidence : CONFIDENCE_POSSIBLE,
                       .function = str_copy(run->results, waiter->info->name)};
    keep_way(run, &waits->awaited, &finding);
    uint32_t first = lines_row1(lines, unit_node(run->unit, loop->loop)->span.start);
    uint32_t last = lines_row1(lines, span.end);
    uint32_t own = lines_row1(lines, span.start);
    Report *added = check_add(run, finding, span, first < own ? first : own, last, !certain);
    Repetition *kept_loop = arena_array(run->results, 1, sizeof *kept_loop);
    *kept_loop = *loop;
    added->subject = (Subject){.kind = SUBJECT_REPETITION,
                               .function = waiter->function,
                               .node = waits->await,
                               .statement = loop->loop,
                               .name = waits->name,
                               .repetition = kept_loop};
}

/* Of the awaits for an item the first that surely gains, else the first that may. False: nothing gains, or the items
 * share something. */
static bool strongest(CheckRun *run, const Waiter *waiter, const Repetition *loop, Waiting *best)
{
    bool any = false;
    for (size_t i = 0; i < loop->count; i++) {
        Waiting waits = waiting_of(run, waiter, loop->awaits[i]);
        if (waiting_conflicts(&waits, &waits)) return false;
        if (waits.idle || (any && (best->proven || !waits.proven))) continue;
        *best = waits;
        any = true;
    }
    return any;
}

static bool is_certain(const Repetition *loop, const Waiting *waits)
{
    if (!waits->proven || waits->effect || waits->recurses) return false;
    return loop->collected && !loop->counted && !loop->rare && loop->count == 1;
}

static void look(CheckRun *run, const Waiter *waiter)
{
    for (size_t i = 0; i < waiter->found.repetitions.count; i++) {
        const Repetition *loop = &waiter->found.repetitions.items[i];
        Waiting waits = {0};
        if (strongest(run, waiter, loop, &waits)) report(run, waiter, loop, &waits, is_certain(loop, &waits));
    }
}

static void run_await_in_loop(CheckRun *run)
{
    waiting_each(run, look);
}

const Check check_await_in_loop = {.name = "await-in-loop", .run = run_await_in_loop};
