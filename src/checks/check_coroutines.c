/* LS403: a coroutine that is made and never awaited. */
#include "checks/observed.h"

#include "base/buf.h"
#include "base/banned.h"

static Str kept(CheckRun *run, Buf *buf)
{
    Str text = str_copy(run->results, buf_str(buf));
    buf_free(buf);
    return text;
}

static Str name_of(const CheckRun *run, const Observation *made)
{
    return made->call ? ((const FunctionInfo *)program_function(run->program, made->call->function))->name
                      : made->path;
}

static Str message_of(CheckRun *run, const Observation *made)
{
    static const char *const said[] = {
        [OUTCOME_NONE] = "` only makes a coroutine, which is never awaited: nothing of it runs",
        [OUTCOME_TEST] = "` gives a coroutine, which is never awaited: as a condition it is always true",
        [OUTCOME_MEMBER] = "` gives a coroutine, which is never awaited: it has no such attribute"};
    Buf buf;
    buf_init(&buf);
    buf_add_byte(&buf, '`');
    buf_add(&buf, name_of(run, made));
    buf_add_text(&buf, said[made->use]);
    return kept(run, &buf);
}

static Str advice_of(CheckRun *run, const Observation *made, const FunctionInfo *function)
{
    Str text = unit_text(run->unit, unit_node(run->unit, made->node)->first);
    if (!function) return STR("run it: `asyncio.run(...)`");
    if (!function->is_async) return STR("make the function a coroutine and await it, or keep a task of it");
    Buf buf;
    buf_init(&buf);
    buf_add_text(&buf, made->use == OUTCOME_MEMBER ? "write `(await " : "write `await ");
    buf_add(&buf, text);
    buf_add_text(&buf, made->use == OUTCOME_MEMBER ? "(...))`" : "(...)`");
    return kept(run, &buf);
}

static void report(CheckRun *run, const Sighting *sighting)
{
    const Observation *made = sighting->observation;
    const FunctionInfo *function = sighting_function(run, sighting);
    const CodeRule *code = check_code(run, "LS403");
    Finding finding = {
        .code = code->code,
        .message = message_of(run, made),
        .advice = advice_of(run, made, function),
        .why = STR("calling a coroutine function runs none of it: it runs when it is awaited or made "
                   "a task"),
        .severity = SEVERITY_HIGH,
        .confidence = made->confidence};
    Report *added = observed_add(run, finding, made->node, function, name_of(run, made));
    observed_subject(added, sighting);
}

static void run_coroutines(CheckRun *run)
{
    Sightings made = {0};
    sightings_collect(run, OBSERVED_COROUTINE, 1u << OUTCOME_NONE | 1u << OUTCOME_TEST | 1u << OUTCOME_MEMBER,
                      &made);
    for (size_t i = 0; i < made.list.count; i++)
        report(run, &made.list.items[i]);
    sightings_free(&made);
}

const Check check_coroutines = {.name = "coroutines", .run = run_coroutines};
