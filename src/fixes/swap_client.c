/* `async with … as client:` around the statement that makes the request; the loop around it takes the client too. */
#include "fixes/passage.h"
#include "fixes/dotted.h"
#include "fixes/mentions.h"
#include "fixes/swap.h"
#include "base/banned.h"

enum { LOOP_LINES = 15 }; /* longer ones are left alone */

static bool is_simple(const Node *statement)
{
    return statement->kind >= STMT_EXPRESSION && statement->kind <= STMT_DELETE;
}

/* --- its name --- */

/* `async with library.Client() as name`, nothing else set. */
static NodeId client_of(const Swap *swap, const Node *with)
{
    const Draft *draft = swap->draft;
    const Node *item = draft_node(draft, with->first), *call = draft_node(draft, item->first);
    bool plain = with->flags & FLAG_ASYNC && !item->next && call->kind == EXPR_CALL && !call->second;
    if (with->kind != STMT_WITH || !plain || draft_node(draft, item->second)->kind != EXPR_NAME) return 0;
    Str path = swap_filled(swap, swap->row.client, "$", swap->row.library);
    return str_equal(dotted_path(draft, call->first), path) ? item->second : 0;
}

static bool find_open(Swap *swap)
{
    for (uint32_t i = swap->around.count; i-- > 1;) {
        const Node *with = draft_node(swap->draft, swap->around.nodes[i]);
        NodeId name = with->kind == STMT_WITH ? client_of(swap, with) : 0;
        if (!name) continue;
        swap->client = draft_text(swap->draft, name);
        swap->open = with->span;
        return true;
    }
    return false;
}

/* Whoever reads it reads what an `async with` elsewhere in the function binds for its own block. */
static bool is_apart(const Swap *swap, const Mentions *mentions, const Mention *mention)
{
    const Mention *binding = mention->binds ? mention : mentions_binding(mentions, mention);
    const Node *with = draft_node(swap->draft, binding ? binding->statement : 0);
    Span root = draft_node(swap->draft, swap->root)->span;
    if (with->kind != STMT_WITH || !(with->flags & FLAG_ASYNC)) return false;
    bool inside = with->span.start <= mention->offset && mention->offset < with->span.end;
    return inside && (root.end <= with->span.start || with->span.end <= root.start);
}

static bool is_free(const Swap *swap, Str name)
{
    Mentions mentions;
    mentions_find(swap->draft, names_intern(swap->draft->unit->names, name), &mentions);
    for (size_t i = 0; i < mentions.count && !mentions.trouble; i++)
        if (!is_apart(swap, &mentions, &mentions.items[i])) return false;
    return !mentions.trouble;
}

enum { NAME_TRIES = 9 };

void swap_client_name(Swap *swap)
{
    if (find_open(swap)) return;
    swap->client = swap->row.variable;
    for (unsigned i = 2; i < NAME_TRIES && !is_free(swap, swap->client); i++)
        swap->client = draft_format(swap->draft, "%.*s_%u", DRAFT_STR(swap->row.variable), i);
    if (!is_free(swap, swap->client)) draft_refuse(swap->draft, "no name is free for the client");
}

/* --- how far it stays open --- */

static uint32_t place_in_around(const Around *around, NodeId statement)
{
    for (uint32_t i = 1; i < around->count; i++)
        if (around->nodes[i] == statement) return i;
    return 0;
}

/* Up to the last statement of the same list that reads the response; 0: one elsewhere does. */
static uint32_t end_of_use(const Swap *swap, NodeId statement)
{
    for (NodeId at = statement; at; at = draft_node(swap->draft, at)->next) {
        Span span = draft_node(swap->draft, at)->span;
        if (swap->last_use <= span.end) return span.end;
    }
    return 0;
}

static uint32_t rows_of(const Swap *swap, Span span)
{
    const Lines *lines = &swap->draft->unit->lines;
    return lines_row1(lines, span.end) - lines_row1(lines, span.start) + 1;
}

/* A short loop around the statement, through branches: the client is opened once for all passes. */
static NodeId loop_around(const Swap *swap, uint32_t place)
{
    while (place-- > 1) {
        NodeId at = swap->around.nodes[place];
        const Node *node = draft_node(swap->draft, at);
        if (node->kind == STMT_FOR) {
            bool inside = swap->around.nodes[place + 1] != node->second && !node->fourth;
            return inside && rows_of(swap, node->span) <= LOOP_LINES ? at : 0;
        }
        if (node->kind != STMT_TRY && node->kind != STMT_IF && node->kind != HANDLER) return 0;
    }
    return 0;
}

/* --- writing it --- */

static Str arguments_of(const Swap *swap)
{
    Str text = STR("");
    for (size_t i = 0; i < swap->client_texts.count; i++)
        text = str_join(swap->draft->arena, text, i ? STR(", ") : STR(""), swap->client_texts.items[i]);
    return text;
}

static void open_around(Swap *swap, Span statements)
{
    Draft *draft = swap->draft;
    if (!passage_owns_lines(draft->unit, statements)) {
        draft_refuse(draft, "shares its line with another statement");
        return;
    }
    Str indent = draft_indent(draft, draft->unit, statements.start);
    Str client = swap_spelled(swap, swap->row.client), arguments = arguments_of(swap);
    uint32_t line = passage_line_start(draft->unit, statements.start);
    draft_insert(draft, draft->unit, line,
                 draft_format(draft, "%.*sasync with %.*s(%.*s) as %.*s:\n", DRAFT_STR(indent),
                              DRAFT_STR(client), DRAFT_STR(arguments), DRAFT_STR(swap->client)));
    passage_push(draft, draft->unit, statements, passage_step(draft, draft_function(draft)));
}

/* The one that is open there does it. */
static void use_open(Swap *swap)
{
    if (swap->client_texts.count)
        draft_refuse(swap->draft, "needs a client of its own");
    else if (swap->row.form == SWAP_CLIENT_HELD && swap->last_use > swap->open.end)
        draft_refuse(swap->draft, "the response is read after the block that asks for it");
    swap_note(swap, STR("the client that is open there keeps cookies between requests"));
}

static void open_client(Swap *swap)
{
    Draft *draft = swap->draft;
    NodeId statement = around_statement(&swap->around);
    const Node *node = draft_node(draft, statement);
    uint32_t end = swap->row.form == SWAP_CLIENT_HELD ? end_of_use(swap, statement) : node->span.end;
    uint32_t place = place_in_around(&swap->around, statement);
    if (!is_simple(node) || !place) {
        draft_refuse(draft, "stands in the header of a block");
        return;
    }
    NodeId loop = swap->client_texts.count ? 0 : loop_around(swap, place);
    if (loop && swap->last_use <= draft_node(draft, loop)->span.end) {
        swap_note(swap, STR("one client serves all passes of the loop and keeps cookies between them"));
        open_around(swap, draft_node(draft, loop)->span);
    } else if (!end) {
        draft_refuse(draft, "the response is read after the block that asks for it");
    } else {
        open_around(swap, (Span){node->span.start, end});
    }
}

void swap_client(Swap *swap)
{
    if (swap->open.end)
        use_open(swap);
    else
        open_client(swap);
}
