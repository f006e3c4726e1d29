/* The text of a loop whose calls run together: a semaphore, a function for one item, what gathers them. */
#include "fixes/bounded.h"

#include "base/buf.h"
#include "fixes/gathering.h"
#include "fixes/passage.h"
#include "base/banned.h"

/* Names and indentations of what is written. */
typedef struct Text {
    const Bounded *bounded;
    Draft *draft;
    Str indent, step, inner; /* of the loop; one level; of what stands in the function's `async with` */
    Str semaphore, worker, gather;
    Str result;     /* what one call gives */
    Str parameters; /* "number, key" */
    Str given;      /* what the function gives beside the result: "key, "; or empty */
} Text;

static const Node *node_of(const Text *text, NodeId id)
{
    return unit_node(text->bounded->unit, id);
}

static Str part_of(const Text *text, uint32_t start, uint32_t end)
{
    return passage_text(text->bounded->unit, (Span){start, end});
}

static Str kept(const Text *text, Buf *buf)
{
    Str kept = str_copy(text->draft->arena, buf_str(buf));
    buf_free(buf);
    return kept;
}

/* --- names --- */

/* What moves into the function: the head and the call, or the comprehension's element. */
static Span moved(const Text *text)
{
    const Bounded *bounded = text->bounded;
    if (bounded->comprehension) return node_of(text, node_of(text, bounded->repetition->loop)->first)->span;
    NodeId first = bounded->head ? bounded->head : bounded->await;
    return (Span){node_of(text, first)->span.start, node_of(text, bounded->await)->span.end};
}

static Str parameters_of(const Text *text)
{
    Buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < text->bounded->item_count; i++) {
        Name name = text->bounded->own[i];
        bool needed = gathering_uses_name(text->bounded->unit, moved(text), name_str(name)) ||
                      bounded_needs(text->bounded, name);
        if (needed) buf_format(&buf, "%s%.*s", buf.len ? ", " : "", DRAFT_STR(name_str(name)));
    }
    return kept(text, &buf);
}

static Str given_of(const Text *text)
{
    Buf buf;
    buf_init(&buf);
    for (size_t i = 0; i < text->bounded->own_count && !text->bounded->collector; i++)
        if (bounded_needs(text->bounded, text->bounded->own[i]))
            buf_format(&buf, "%.*s, ", DRAFT_STR(name_str(text->bounded->own[i])));
    return kept(text, &buf);
}

static void name_all(Text *text)
{
    const Bounded *bounded = text->bounded;
    Str callee = text->draft->subject->name;
    text->semaphore = gathering_free_name(text->draft, STR("semaphore"), NULL, 0);
    text->worker =
        gathering_free_name(text->draft, gathering_worker_name(text->draft, callee), &text->semaphore, 1);
    text->parameters = parameters_of(text);
    text->given = given_of(text);
    if (bounded->direct)
        text->result = passage_target(text->draft, bounded->unit, node_of(text, bounded->holder)->first);
    else
        text->result = gathering_free_name(text->draft, gathering_result_name(text->draft, callee),
                                           (Str[]){text->semaphore, text->worker}, 2);
}

/* --- the function --- */

static void add_line(const Text *text, Buf *buf, Str words)
{
    buf_add(buf, text->inner);
    buf_add(buf, words);
    buf_add_byte(buf, '\n');
}

/* Comments of the loop that nothing else takes along. */
static void add_comments(const Text *text, Buf *buf, Span gap)
{
    for (Span comment; (comment = passage_comment(text->bounded->unit, gap)).end; gap.start = comment.end)
        add_line(text, buf, passage_text(text->bounded->unit, comment));
}

/* The end of the head, with the comment behind it. */
static uint32_t head_end(const Text *text)
{
    uint32_t end = 0;
    for (NodeId at = text->bounded->head; at && at != text->bounded->holder; at = node_of(text, at)->next)
        end = node_of(text, at)->span.end;
    Span comment = passage_trailing_comment(text->bounded->unit, end);
    return comment.end ? comment.end : end;
}

static void add_head(const Text *text, Buf *buf)
{
    if (!text->bounded->head) return;
    const Unit *unit = text->bounded->unit;
    uint32_t start = node_of(text, text->bounded->head)->span.start;
    Str from = draft_indent(text->draft, unit, start);
    add_line(text, buf,
             passage_indented(text->draft, unit, (Span){start, head_end(text)}, from, text->inner));
    add_comments(text, buf, (Span){head_end(text), node_of(text, text->bounded->holder)->span.start});
}

static Str moved_text(const Text *text, NodeId node)
{
    Span span = node_of(text, node)->span;
    const Unit *unit = text->bounded->unit;
    return passage_indented(text->draft, unit, span, draft_indent(text->draft, unit, span.start),
                            text->inner);
}

static Str element_text(const Text *text)
{
    const Node *element = node_of(text, node_of(text, text->bounded->repetition->loop)->first);
    if (element->kind != PAIR) return moved_text(text, node_of(text, text->bounded->repetition->loop)->first);
    return str_join(text->draft->arena, moved_text(text, element->first), STR(", "),
                    moved_text(text, element->second));
}

/* `return key, await fetch(key)`; on two lines when one is full. */
static void add_call(const Text *text, Buf *buf)
{
    Str call = moved_text(text, text->bounded->value);
    size_t columns = text->inner.len + text->given.len + call.len + sizeof "return await";
    bool fits = !text->given.len || (columns <= PASSAGE_COLUMNS && str_find_byte(call, '\n') == SIZE_MAX);
    if (fits)
        buf_format(buf, "return %.*sawait ", DRAFT_STR(text->given));
    else
        buf_format(buf, "%.*s = await ", DRAFT_STR(text->result));
    buf_add(buf, call);
    if (!fits)
        buf_format(buf, "\n%.*sreturn %.*s%.*s", DRAFT_STR(text->inner), DRAFT_STR(text->given),
                   DRAFT_STR(text->result));
}

static void add_result(const Text *text, Buf *buf)
{
    const Bounded *bounded = text->bounded;
    buf_add(buf, text->inner);
    if (bounded->comprehension)
        buf_format(buf, "return %.*s", DRAFT_STR(element_text(text)));
    else
        add_call(text, buf);
    bool leaves = bounded->direct || bounded->collector; /* the holder is gone, its comment comes along */
    Span comment = passage_trailing_comment(bounded->unit, node_of(text, bounded->holder)->span.end);
    if (leaves && comment.end) {
        buf_add_text(buf, "  ");
        buf_add(buf, passage_text(bounded->unit, comment));
    }
    buf_add_byte(buf, '\n');
}

/* Of a loop that is replaced as a whole: comments of its header, and behind the holder. */
static void add_loop_comments(const Text *text, Buf *buf, bool before)
{
    const Bounded *bounded = text->bounded;
    const Node *holder = node_of(text, bounded->holder);
    NodeId first = bounded->head ? bounded->head : bounded->holder;
    Span trailing = passage_trailing_comment(bounded->unit, holder->span.end);
    if (!bounded->collector) return;
    if (before)
        add_comments(text, buf, (Span){bounded->loop.start, node_of(text, first)->span.start});
    else if (holder->next)
        add_comments(text, buf,
                     (Span){trailing.end ? trailing.end : holder->span.end,
                            passage_line_end(bounded->unit, bounded->loop.end)});
}

static void add_function(const Text *text, Buf *buf)
{
    buf_format(buf, "%.*sasync def %.*s(%.*s):\n", DRAFT_STR(text->indent), DRAFT_STR(text->worker),
               DRAFT_STR(text->parameters));
    buf_format(buf, "%.*s%.*sasync with %.*s:\n", DRAFT_STR(text->indent), DRAFT_STR(text->step),
               DRAFT_STR(text->semaphore));
    add_loop_comments(text, buf, true);
    add_head(text, buf);
    add_loop_comments(text, buf, false);
    add_result(text, buf);
}

/* Semaphore and function; the first line without its indentation. */
static Str definitions(const Text *text, Str semaphore_type)
{
    Buf buf;
    buf_init(&buf);
    buf_format(&buf, "%.*s = %.*s(10)\n\n", DRAFT_STR(text->semaphore), DRAFT_STR(semaphore_type));
    add_function(text, &buf);
    buf_add_byte(&buf, '\n');
    return kept(text, &buf);
}

/* --- what gathers --- */

/* `for key in keys if key` */
static Str clauses(const Text *text)
{
    const Bounded *bounded = text->bounded;
    const Node *loop = node_of(text, bounded->repetition->loop);
    if (bounded->comprehension) {
        Span span = node_of(text, loop->second)->span;
        for (NodeId at = loop->second; at; at = node_of(text, at)->next)
            span.end = node_of(text, at)->span.end;
        return passage_joined(text->draft, bounded->unit, span);
    }
    Str words = passage_joined(text->draft, bounded->unit,
                               passage_loop_head(bounded->unit, bounded->repetition->loop));
    return words.len ? str_join(text->draft->arena, STR("for "), words, STR("")) : words;
}

/* `await asyncio.gather(*(fetch_one(key) for key in keys))`; on three lines when `used` columns leave no room. */
static Str gathering(const Text *text, size_t used)
{
    Str calls = draft_format(text->draft, "*(%.*s(%.*s) %.*s)", DRAFT_STR(text->worker),
                             DRAFT_STR(text->parameters), DRAFT_STR(clauses(text)));
    Str line = draft_format(text->draft, "await %.*s(%.*s)", DRAFT_STR(text->gather), DRAFT_STR(calls));
    if (used + line.len <= PASSAGE_COLUMNS) return line;
    return draft_format(text->draft, "await %.*s(\n%.*s%.*s%.*s\n%.*s)", DRAFT_STR(text->gather),
                        DRAFT_STR(text->indent), DRAFT_STR(text->step), DRAFT_STR(calls),
                        DRAFT_STR(text->indent));
}

/* --- a comprehension --- */

static void write_comprehension(const Text *text, Str semaphore_type)
{
    const Bounded *bounded = text->bounded;
    const Node *node = node_of(text, bounded->repetition->loop);
    uint32_t start = node_of(text, bounded->holder)->span.start;
    Str type = node->kind == EXPR_LIST_COMPREHENSION  ? STR("")
               : node->kind == EXPR_SET_COMPREHENSION ? STR("set")
                                                      : STR("dict");
    bool bracket = type.len || around_binds_tighter(&bounded->around);
    uint32_t line = passage_line_start(bounded->unit, node->span.start);
    uint32_t end = passage_line_end(bounded->unit, node->span.end);
    size_t used = node->span.start - line + (end - node->span.end) + type.len + (bracket ? 2 : 0);
    Str words = gathering(text, used);
    if (bracket) words = draft_format(text->draft, "%.*s(%.*s)", DRAFT_STR(type), DRAFT_STR(words));
    draft_insert(text->draft, bounded->unit, start,
                 str_join(text->draft->arena, definitions(text, semaphore_type), text->indent, STR("")));
    draft_replace(text->draft, bounded->unit, node->span, words);
}

/* --- a loop that only collects --- */

/* `found = ` or `found: list[str] = ` as it stands, when nothing is in it yet; else its items are added. */
static Str collected(const Text *text)
{
    const Bounded *bounded = text->bounded;
    Str list = name_str(bounded->collector);
    if (!bounded->list) {
        Str words = gathering(text, text->indent.len + list.len + sizeof ".extend()");
        return draft_format(text->draft, "%.*s.extend(%.*s)", DRAFT_STR(list), DRAFT_STR(words));
    }
    const Node *node = node_of(text, bounded->list);
    NodeId value = node->kind == STMT_ASSIGN ? node->second : node->third;
    Str before = part_of(text, node->span.start, node_of(text, value)->span.start);
    Span comment = passage_trailing_comment(bounded->unit, node->span.end);
    Str words = gathering(text, text->indent.len + before.len);
    Str behind = comment.end
                     ? str_join(text->draft->arena, STR("  "), passage_text(bounded->unit, comment), STR(""))
                     : STR("");
    return draft_format(text->draft, "%.*s%.*s%.*s", DRAFT_STR(before), DRAFT_STR(words), DRAFT_STR(behind));
}

/* Comments between `found = []` and the loop stay above. */
static Str comments_above(const Text *text, uint32_t start)
{
    Buf buf;
    buf_init(&buf);
    const Unit *unit = text->bounded->unit;
    Span gap = {passage_line_end(unit, start), text->bounded->loop.start};
    for (Span comment; text->bounded->list && (comment = passage_comment(unit, gap)).end;
         gap.start = comment.end)
        buf_format(&buf, "%.*s\n%.*s", DRAFT_STR(passage_text(unit, comment)), DRAFT_STR(text->indent));
    return kept(text, &buf);
}

static void write_collection(const Text *text, Str semaphore_type)
{
    const Bounded *bounded = text->bounded;
    Span above = bounded->list ? node_of(text, bounded->list)->span : (Span){0, 0};
    uint32_t start = bounded->list ? above.start : bounded->loop.start;
    uint32_t end = passage_line_end(bounded->unit, bounded->loop.end);
    Buf buf;
    buf_init(&buf);
    buf_add(&buf, comments_above(text, above.end));
    buf_add(&buf, definitions(text, semaphore_type));
    buf_add(&buf, text->indent);
    buf_add(&buf, collected(text));
    draft_replace(text->draft, bounded->unit, (Span){start, end}, kept(text, &buf));
}

/* --- any other loop --- */

/* The head moves away; a holder that only gives the result a name, too. */
static void drop_moved(const Text *text)
{
    const Bounded *bounded = text->bounded;
    const Node *holder = node_of(text, bounded->holder);
    Around around;
    uint32_t start = node_of(text, bounded->head ? bounded->head : bounded->holder)->span.start;
    Span gone = {passage_line_start(bounded->unit, start),
                 passage_line_start(bounded->unit, holder->span.start)};
    if (bounded->direct) gone.end = passage_next_line(bounded->unit, holder->span.end);
    if (gone.end > gone.start) draft_replace(text->draft, bounded->unit, gone, STR(""));
    if (bounded->direct) return;
    if (around_find(bounded->unit, draft_function(text->draft)->node, bounded->await, &around))
        draft_replace(text->draft, bounded->unit, passage_grouped(bounded->unit, &around), text->result);
}

static bool owns_lines(const Text *text)
{
    const Bounded *bounded = text->bounded;
    if (!bounded->direct && !bounded->head) return true;
    for (NodeId at = bounded->head ? bounded->head : bounded->holder; at; at = node_of(text, at)->next) {
        if (!passage_owns_lines(bounded->unit, node_of(text, at)->span)) return false;
        if (at == bounded->holder) break;
    }
    return true;
}

static void write_loop(const Text *text, Str semaphore_type)
{
    const Bounded *bounded = text->bounded;
    const Node *holder = node_of(text, bounded->holder);
    Span head = passage_loop_head(bounded->unit, bounded->repetition->loop);
    Str names = str_join(text->draft->arena, text->given, text->result, STR(" in "));
    if (bounded->direct && !holder->next) draft_refuse(text->draft, "nothing is done with the results");
    if (!owns_lines(text)) draft_refuse(text->draft, "a statement shares its line with another one");
    if (bounded->direct &&
        passage_comment_between(bounded->unit, holder->span, node_of(text, bounded->value)->span))
        draft_refuse(text->draft, "a comment stands in one of the statements");
    if (draft_is_refused(text->draft)) return;
    draft_insert(text->draft, bounded->unit, bounded->loop.start,
                 str_join(text->draft->arena, definitions(text, semaphore_type), text->indent, STR("")));
    draft_replace(
        text->draft, bounded->unit, head,
        str_join(text->draft->arena, names,
                 gathering(text, head.start - bounded->loop.start + text->indent.len + names.len + 1),
                 STR("")));
    drop_moved(text);
}

void bounded_write(Bounded *bounded)
{
    Draft *draft = bounded->draft;
    uint32_t start =
        bounded->comprehension ? unit_node(bounded->unit, bounded->holder)->span.start : bounded->loop.start;
    Text text = {.bounded = bounded, .draft = draft, .indent = draft_indent(draft, bounded->unit, start)};
    text.step = passage_step(draft, draft_function(draft));
    text.inner = str_join(draft->arena, text.indent, text.step, text.step);
    name_all(&text);
    Str semaphore_type = draft_name(draft, STR("asyncio"), STR("Semaphore"));
    text.gather = draft_name(draft, STR("asyncio"), STR("gather"));
    if (!clauses(&text).len)
        draft_refuse(draft, "a comment or a string over several lines stands in the head of the loop");
    if (draft_is_refused(draft)) return;
    draft_claim(draft, bounded->unit, unit_node(bounded->unit, draft_function(draft)->node)->span);
    if (bounded->comprehension)
        write_comprehension(&text, semaphore_type);
    else if (bounded->collector)
        write_collection(&text, semaphore_type);
    else
        write_loop(&text, semaphore_type);
}
