#include "checks/waiting.h"

#include "base/identifier.h"
#include "program/arguments.h"
#include "program/contexts.h"
#include "base/banned.h"

/* --- functions --- */

static void look_at(CheckRun *run, Waiter *waiter, void (*look)(CheckRun *run, const Waiter *waiter))
{
    waiter->info = program_function(run->program, waiter->function);
    if (waiter->info->unit != run->unit) return;
    sequences_find(run->unit, waiter->info->node, &waiter->found);
    if (waiter->found.sequences.count || waiter->found.repetitions.count) look(run, waiter);
    sequences_free(&waiter->found);
}

void waiting_each(CheckRun *run, void (*look)(CheckRun *run, const Waiter *waiter))
{
    Instance *const *items = run->unit->on_loop.items;
    for (size_t i = 0, end; i < run->unit->on_loop.count; i = end) {
        for (end = i + 1; end < run->unit->on_loop.count && items[end]->function == items[i]->function;)
            end++;
        Waiter waiter = {.function = items[i]->function, .instances = &items[i], .count = end - i};
        look_at(run, &waiter, look);
    }
}

/* --- names --- */

/* What is done to others has its place among other things that are done. */
static const char *const effects[] = {
    "refresh",     "create",  "start",     "stop",     "close",     "commit",       "flush",     "send",
    "put",         "publish", "notify",    "register", "set",       "update",       "delete",    "acquire",
    "lock",        "login",   "init",      "connect",  "add",       "post",         "patch",     "remove",
    "save",        "write",   "insert",    "drop",     "begin",     "rollback",     "release",   "join",
    "reset",       "clear",   "cancel",    "shutdown", "setup",     "cleanup",      "migrate",   "subscribe",
    "unsubscribe", "enqueue", "push",      "pop",      "mark",      "emit",         "dispatch",  "trigger",
    "invalidate",  "install", "upsert",    "ack",      "increment", "move",         "rename",    "click",
    "fill",        "press",   "type",      "play",     "pause",     "seek",         "goto",      "navigate",
    "disconnect",  "kill",    "terminate", "restart",  "rotate",    "pay",          "wait",      "sleep",
    "validate",    "verify",  "ensure",    "check",    "require",   "authenticate", "authorize", "logout",
    "record",      "store",   "apply",     "finish",   "complete",  "prepare",      "handle",    "process",
    NULL};

/* Of these not even the same call a second time is likely to be independent. */
static const char *const orders[] = {
    "commit",       "flush",     "close",  "start",      "stop",     "lock",     "acquire", "release",
    "connect",      "login",     "init",   "begin",      "rollback", "setup",    "cleanup", "migrate",
    "shutdown",     "wait",      "sleep",  "validate",   "verify",   "ensure",   "check",   "require",
    "authenticate", "authorize", "logout", "disconnect", "goto",     "navigate", "click",   "fill",
    "press",        "join",      "reset",  "prepare",    "finish",   "complete", "restart", NULL};

static NodeId first_text(const Unit *unit, NodeId call)
{
    for (NodeId at = unit_node(unit, call)->second; at; at = unit_node(unit, at)->next)
        if (unit_node(unit, at)->kind == EXPR_STRING) return at;
    return 0;
}

static bool says(const Unit *unit, NodeId call, Str name, const char *const *words)
{
    NodeId text = first_text(unit, call);
    return identifier_has_word(name, words) ||
           (text && identifier_has_word(name_str(unit_node(unit, text)->name), words));
}

enum { NAME_BYTES = 60 };

/* What runs in a thread says more than what takes it there. */
static NodeId handed_function(const CheckRun *run, NodeId call, const Awaited *awaited)
{
    Handover rule;
    if (awaited->step || !awaited->end || awaited->kind != TRAIT_WAITS_EXECUTOR) return 0;
    if (!catalogue_handover(run->unit->catalogue, awaited->end->path, 0, &rule)) return 0;
    NodeId argument = argument_find(run->unit, call, rule.position, rule.keyword, NULL);
    const Node *node = unit_node(run->unit, argument);
    if (argument && node->kind == EXPR_CALL && node->second) argument = node->second;
    return argument;
}

static Str name_of(CheckRun *run, NodeId await, const Awaited *awaited)
{
    NodeId call = awaited_call(run->unit, await), callee = unit_node(run->unit, call)->first;
    NodeId handed = handed_function(run, call, awaited);
    if (unit_node(run->unit, handed)->name) callee = handed;
    const Node *node = unit_node(run->unit, call ? callee : unit_node(run->unit, await)->first);
    bool named = node->kind == EXPR_NAME || node->kind == EXPR_ATTRIBUTE;
    Str text = named ? name_str(node->name) : STR("await");
    return str_copy(run->results, str_part(text, 0, text.len < NAME_BYTES ? text.len : NAME_BYTES));
}

/* --- one await --- */

static bool is_idle(const Awaited *awaited)
{
    uint32_t any = (awaited->waits | awaited->sometimes) & TRAITS_OF_WAITING;
    if (awaited->waits & WAITS_UNKNOWN && !any) return false;
    return awaited->is_known && !(any & ~TRAIT_BIT(TRAIT_WAITS_OTHER));
}

Waiting waiting_of(CheckRun *run, const Waiter *waiter, NodeId await)
{
    const Unit *unit = run->unit;
    NodeId call = awaited_call(unit, await);
    Waiting waiting = {.await = await};
    waiting.awaited =
        waits_at(run->program, unit, waiter->instances, waiter->count, unit_node(unit, await)->span);
    waiting.name = name_of(run, await, &waiting.awaited);
    waiting.proven = waiting.awaited.waits & WAITS_APART;
    const uint32_t outside = TRAIT_BIT(TRAIT_WAITS_NETWORK) | TRAIT_BIT(TRAIT_WAITS_PROCESS);
    waiting.brief = !(waiting.awaited.waits & (outside | WAITS_LONG));
    waiting.idle = waiting.awaited.is_held || is_idle(&waiting.awaited);
    const Step *step = waiting.awaited.step;
    waiting.recurses = step && step->call->function == waiter->function;
    waiting.effect = says(unit, call, waiting.name, effects);
    waiting.ordered = says(unit, call, waiting.name, orders);
    return waiting;
}

/* What is handed in by name may be anything. */
static uint32_t shared_of(const Waiting *waiting)
{
    return waiting->awaited.is_shared ? WAITS_SHARED : waiting->awaited.waits & WAITS_SHARED;
}

bool waiting_conflicts(const Waiting *left, const Waiting *right)
{
    return shared_of(left) & shared_of(right);
}

const char *waiting_kind(Trait kind)
{
    static const char *const texts[WAIT_KINDS] = {
        [TRAIT_WAITS_NETWORK] = "the network",
        [TRAIT_WAITS_DB] = "the database",
        [TRAIT_WAITS_EXECUTOR] = "a thread or a process of a pool",
        [TRAIT_WAITS_PROCESS] = "another program",
        [TRAIT_WAITS_FILE] = "the disk",
        [TRAIT_WAITS_OTHER] = "time or another task",
    };
    return (int)kind < (int)WAIT_KINDS ? texts[kind] : "something";
}

Severity waiting_severity(const CheckRun *run, const Waiter *waiter, Severity severity)
{
    bool once = run->runs_once || contexts_once(run->program, waiter->function);
    return once ? SEVERITY_INFO : severity;
}
