#include "fixes/gathering.h"

#include "fixes/names.h"
#include "fixes/passage.h"
#include "base/banned.h"

/* --- the loop --- */

/* A library with a `run` of its own that starts a loop. */
static bool is_loop_library(const Draft *draft, Str module)
{
    Handover rule;
    Str path = str_join(draft->arena, module, STR("."), STR("run"));
    return !str_equal(module, STR("asyncio")) && catalogue_handover(draft->unit->catalogue, path, 0, &rule) &&
           rule.coroutine_runs == PLACE_LOOP && !rule.is_decorator;
}

/* 1: the language's own, 2: another library's; bits, of one import. */
static unsigned loops_of(const Draft *draft, const Node *import)
{
    unsigned found = 0;
    if (import->kind == STMT_IMPORT_FROM && !import->level && import->name) {
        Str module = str_before(name_str(import->name), '.');
        found = str_equal(module, STR("asyncio")) ? 1 : is_loop_library(draft, module) ? 2 : 0;
    }
    for (NodeId at = import->kind == STMT_IMPORT ? import->first : 0; at; at = draft_node(draft, at)->next) {
        Str module = str_before(name_str(draft_node(draft, at)->name), '.');
        found |= str_equal(module, STR("asyncio")) ? 1u : is_loop_library(draft, module) ? 2u : 0;
    }
    return found;
}

bool gathering_has_loop(Draft *draft)
{
    unsigned found = 0;
    for (size_t id = 1; id < facts_node_count(draft->unit->facts); id++) {
        const Node *node = draft_node(draft, (NodeId)id);
        if (node->kind == STMT_IMPORT || node->kind == STMT_IMPORT_FROM) found |= loops_of(draft, node);
    }
    if (found == 2) draft_refuse(draft, "the file uses another loop library");
    return found != 2;
}

/* --- exceptions --- */

static bool ends_function(const Draft *draft, NodeId first)
{
    NodeId last = first;
    for (NodeId at = first; at; at = draft_node(draft, at)->next)
        last = at;
    NodeKind kind = draft_node(draft, last)->kind;
    return kind == STMT_RETURN || kind == STMT_RAISE;
}

static Span block_span(const Draft *draft, NodeId first)
{
    Span span = draft_node(draft, first)->span;
    for (NodeId at = first; at; at = draft_node(draft, at)->next)
        span.end = draft_node(draft, at)->span.end;
    return span;
}

/* Some word of the comma-separated ones. */
static bool uses_any(const Draft *draft, Span span, Str names)
{
    while (names.len) {
        size_t comma = str_find_byte(names, ',');
        Str name = str_trim(str_part(names, 0, comma == SIZE_MAX ? names.len : comma));
        if (name.len && gathering_uses_name(draft->unit, span, name)) return true;
        names = comma == SIZE_MAX ? STR("") : str_drop(names, comma + 1);
    }
    return false;
}

/* The handlers and the end of one `try` need nothing of what is there when one of the awaits fails. */
static bool needs_nothing(const Draft *draft, const Node *node, Str left)
{
    for (NodeId at = node->second; at; at = draft_node(draft, at)->next) {
        NodeId body = draft_node(draft, at)->second;
        if (!ends_function(draft, body) || uses_any(draft, block_span(draft, body), left)) return false;
    }
    return !node->fourth || !uses_any(draft, block_span(draft, node->fourth), left);
}

/* Number i of the nodes stands in the body of the `try` around it. */
static bool is_tried(const Draft *draft, const Around *around, uint32_t i)
{
    const Node *node = draft_node(draft, around->nodes[i]);
    if (node->kind != STMT_TRY || i + 1 >= around->count) return false;
    for (NodeId at = node->first; at; at = draft_node(draft, at)->next)
        if (at == around->nodes[i + 1]) return true;
    return false;
}

/* `with suppress(...)`: what follows may run after the exception. */
static bool is_suppressing(const Draft *draft, const Node *node)
{
    if (node->kind != STMT_WITH || node->flags & FLAG_ASYNC) return false;
    return str_find(passage_text(draft->unit, block_span(draft, node->first)), STR("suppress")) != SIZE_MAX;
}

bool gathering_may_fail(Draft *draft, const Around *around, Str left)
{
    for (uint32_t i = 0; i < around->count; i++) {
        const Node *node = draft_node(draft, around->nodes[i]);
        bool needed = is_tried(draft, around, i) && !needs_nothing(draft, node, left);
        if (!needed && !is_suppressing(draft, node)) continue;
        draft_refuse(draft, "an exception is handled around it, and what was done before it may be needed");
        return false;
    }
    return true;
}

enum { MOST_CALLERS = 200 };

/* Somebody who calls the function, near or far, has a handler in its text; or is not known. */
static bool callers_handle(const Draft *draft)
{
    VEC(uint32_t) seen = {0};
    bool handled = false;
    vec_add(&seen, draft->subject->function);
    for (size_t i = 0; i < seen.count && !handled; i++) {
        const FunctionInfo *info = program_function(draft->program, seen.items[i]);
        Str text = unit_text(info->unit, info->node);
        handled = info->contexts.exposed || info->contexts.request || name_occurs(text, STR("except")) ||
                  name_occurs(text, STR("suppress")) || seen.count > MOST_CALLERS;
        for (size_t k = 0; k < info->callers.count && !handled; k++) {
            bool known = false;
            for (size_t j = 0; j < seen.count && !known; j++)
                known = seen.items[j] == info->callers.items[k];
            if (!known) vec_add(&seen, info->callers.items[k]);
        }
    }
    vec_free(&seen);
    return handled;
}

bool gathering_is_handled(const Draft *draft, const Around *around)
{
    for (uint32_t i = 0; i < around->count; i++)
        if (draft_node(draft, around->nodes[i])->kind == STMT_TRY) return true;
    return draft->subject->function == ID_NONE || callers_handle(draft);
}

/* --- names --- */

static bool binds_or_reads(const Node *node)
{
    switch (node->kind) {
    case EXPR_NAME:
    case EXPR_NAMED:
    case PARAMETER:
    case HANDLER:
    case ALIAS:
    case STMT_FUNCTION:
    case STMT_CLASS:
        return true;
    default:
        return false;
    }
}

bool gathering_uses_name(const Unit *unit, Span span, Str name)
{
    for (size_t id = 1; id < facts_node_count(unit->facts); id++) {
        const Node *node = unit_node(unit, (NodeId)id);
        if (node->name && binds_or_reads(node) && span_holds(span, node->span) &&
            str_equal(name_str(node->name), name))
            return true;
    }
    return false;
}

static bool is_keyword(Str name)
{
    static const char *const words[] = {
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield",    NULL};
    for (size_t i = 0; words[i]; i++)
        if (str_equal(name, str_from(words[i]))) return true;
    return false;
}

static bool is_name(Str text)
{
    if (!text.len || (text.ptr[0] >= '0' && text.ptr[0] <= '9') || is_keyword(text)) return false;
    for (size_t i = 0; i < text.len; i++)
        if (!byte_is_word(text.ptr[i])) return false;
    return true;
}

static bool is_taken(const Draft *draft, Str name, const Str *taken, size_t taken_count)
{
    const FunctionInfo *function = draft_function(draft);
    Span span = function ? draft_node(draft, function->node)->span : (Span){0, UINT32_MAX};
    for (size_t i = 0; i < taken_count; i++)
        if (str_equal(taken[i], name)) return true;
    return gathering_uses_name(draft->unit, span, name);
}

enum { NAME_TRIES = 100 };

Str gathering_free_name(const Draft *draft, Str wanted, const Str *taken, size_t taken_count)
{
    Str base = is_name(wanted) ? str_copy(draft->arena, wanted) : STR("result"), name = base;
    for (unsigned i = 2; is_taken(draft, name, taken, taken_count) && i < NAME_TRIES; i++)
        name = draft_format(draft, "%.*s_%u", DRAFT_STR(base), i);
    return name;
}

/* Without the underscores that it begins with; empty: it is no plain name in small letters. */
static Str plain(Str name)
{
    while (name.len && name.ptr[0] == '_')
        name = str_drop(name, 1);
    for (size_t i = 0; i < name.len; i++)
        if (!(name.ptr[i] == '_' || (name.ptr[i] >= 'a' && name.ptr[i] <= 'z') ||
              (name.ptr[i] >= '0' && name.ptr[i] <= '9')))
            return STR("");
    return name;
}

Str gathering_result_name(const Draft *draft, Str callee)
{
    static const char *const verbs[] = {"get_",  "load_",  "fetch_",  "read_",     "find_",
                                        "list_", "query_", "search_", "download_", NULL};
    Str name = plain(callee);
    for (size_t i = 0; verbs[i]; i++)
        if (str_starts(name, str_from(verbs[i])) && is_name(str_drop(name, str_from(verbs[i]).len)))
            return str_drop(name, str_from(verbs[i]).len);
    return name.len ? draft_format(draft, "%.*s_result", DRAFT_STR(name)) : STR("result");
}

Str gathering_worker_name(const Draft *draft, Str callee)
{
    Str name = plain(callee);
    size_t end = str_find_byte(name, '_');
    if (!is_name(name)) return STR("run_one");
    if (end == SIZE_MAX) return draft_format(draft, "%.*s_one", DRAFT_STR(name));
    Str verb = str_part(name, 0, end), rest = str_drop(name, end + 1);
    return draft_format(draft, "%.*s_one_%.*s", DRAFT_STR(verb), DRAFT_STR(rest));
}
