#include "fixes/together.h"

#include "base/buf.h"
#include "fixes/gathering.h"
#include "fixes/passage.h"
#include "base/banned.h"

/* --- parts --- */

static const Node *node_of(const Together *together, NodeId id)
{
    return draft_node(together->draft, id);
}

static NodeId entered_or_awaited(const Together *together, NodeId await)
{
    const Node *node = node_of(together, await);
    return node->kind == EXPR_AWAIT ? node->first : await;
}

static Str callee_of(const Together *together, size_t i)
{
    const Finding *finding = &together->draft->report->finding;
    return finding->chain_count == together->draft->subject->member_count ? finding->chain[i].callee
                                                                          : STR("");
}

/* `name = await f()`: what the name is. */
static bool is_direct(const Together *together, const Part *part)
{
    const Node *node = node_of(together, part->statement);
    return node->kind == STMT_ASSIGN && node->second == part->await && !node_of(together, node->first)->next;
}

void together_init(Together *together)
{
    const Subject *subject = together->draft->subject;
    influence_init(&together->influence);
    for (size_t i = 0; i < subject->member_count; i++) {
        const Member *member = &subject->members[i];
        Part *part = &together->parts[together->count++];
        *part = (Part){.member = member, .statement = member->statement, .await = member->await};
        part->value = entered_or_awaited(together, part->await);
        part->callee = callee_of(together, i);
        part->direct = is_direct(together, part);
    }
}

void together_free(Together *together)
{
    influence_free(&together->influence);
}

/* --- names of results --- */

/* What stands around the await says what the result is: a key, a keyword. */
static Str wanted_name(const Together *together, const Part *part)
{
    Around around;
    NodeId function = draft_function(together->draft)->node;
    bool found = around_find(together->draft->unit, function, part->await, &around);
    const Node *parent = node_of(together, found ? around_parent(&around) : 0);
    const Node *key = node_of(together, parent->first);
    if (parent->kind == PAIR && key->kind == EXPR_STRING && key->name) return name_str(key->name);
    if (parent->kind == ARG_KEYWORD && parent->name) return name_str(parent->name);
    const Node *statement = node_of(together, part->statement), *target = node_of(together, statement->first);
    if (statement->kind == STMT_ASSIGN && target->kind == EXPR_NAME)
        return str_join(together->draft->arena, name_str(target->name), STR("_result"), STR(""));
    return gathering_result_name(together->draft, part->callee);
}

static void name_parts(Together *together)
{
    Str taken[LIMIT_SEQUENCE];
    for (size_t i = 0; i < together->count; i++) {
        Part *part = &together->parts[i];
        part->name = part->direct
                         ? passage_target(together->draft, together->draft->unit,
                                          node_of(together, part->statement)->first)
                         : gathering_free_name(together->draft, wanted_name(together, part), taken, i);
        taken[i] = part->name;
    }
}

/* --- words --- */

void together_say(Together *together)
{
    Buf buf;
    buf_init(&buf);
    enum { SHOWN = 3 };
    for (size_t i = 0; i < together->count; i++) {
        if (together->count > SHOWN + 1 && i == SHOWN) {
            buf_format(&buf, " and %zu more", together->count - i);
            break;
        }
        if (i) buf_add_text(&buf, i + 1 == together->count ? " and " : ", ");
        buf_format(&buf, "`%.*s`", DRAFT_STR(together->parts[i].callee));
    }
    draft_title(together->draft, "Await %.*s together", DRAFT_STR(buf_str(&buf)));
    buf_free(&buf);
    draft_at_most(together->draft, APPLICABILITY_UNSAFE);
}

/* --- gather --- */

/* The text of a fix while it is written: what comes before the gathering, its calls, what comes after. */
typedef struct Text {
    const Together *together;
    Str indent, inner; /* of the statements, of the calls */
    Buf before, calls, after;
    bool commented; /* comments stand among the calls: each has a line of its own */
    size_t part;    /* the next one */
} Text;

static const Unit *unit_of(const Text *text)
{
    return text->together->draft->unit;
}

static Str awaitable(const Text *text, const Part *part)
{
    const Node *node = node_of(text->together, part->value);
    return passage_indented(text->together->draft, unit_of(text), node->span,
                            draft_indent(text->together->draft, unit_of(text), node->span.start),
                            text->inner);
}

/* Comments on lines of their own. */
static bool add_comments(const Text *text, Buf *buf, Span gap, Str indent)
{
    bool any = false;
    for (Span comment; (comment = passage_comment(unit_of(text), gap)).end;
         gap.start = comment.end, any = true) {
        buf_add(buf, indent);
        buf_add(buf, passage_text(unit_of(text), comment));
        buf_add_byte(buf, '\n');
    }
    return any;
}

static void add_call(Text *text, const Part *part, Span comment)
{
    buf_add(&text->calls, text->inner);
    buf_add(&text->calls, awaitable(text, part));
    buf_add_byte(&text->calls, ',');
    if (comment.end) {
        buf_add_text(&text->calls, "  ");
        buf_add(&text->calls, passage_text(unit_of(text), comment));
        text->commented = true;
    }
    buf_add_byte(&text->calls, '\n');
}

/* The statement with names in the place of its awaits. */
static void add_changed(Text *text, NodeId statement, Span comment)
{
    Span span = node_of(text->together, statement)->span;
    NodeId function = draft_function(text->together->draft)->node;
    uint32_t from = span.start;
    for (; text->part < text->together->count; text->part++) {
        const Part *part = &text->together->parts[text->part];
        Around around;
        if (part->statement != statement || !around_find(unit_of(text), function, part->await, &around))
            break;
        Span await = passage_grouped(unit_of(text), &around);
        buf_add(&text->after, passage_text(unit_of(text), (Span){from, await.start}));
        buf_add(&text->after, part->name);
        from = await.end;
        add_call(text, part, (Span){0, 0});
    }
    buf_add(&text->after, passage_text(unit_of(text), (Span){from, comment.end ? comment.end : span.end}));
    buf_add_byte(&text->after, '\n');
}

static bool has_blank_line(Str gap)
{
    size_t first = str_find_byte(gap, '\n');
    if (first == SIZE_MAX) return false;
    Str rest = str_drop(gap, first + 1);
    size_t second = str_find_byte(rest, '\n');
    return second != SIZE_MAX && !str_trim(str_part(rest, 0, second)).len;
}

/* gap: from the end of the statement before it. */
static void add_statement(Text *text, NodeId statement, Span gap)
{
    Span span = node_of(text->together, statement)->span;
    Span comment = passage_trailing_comment(unit_of(text), span.end);
    const Part *part = &text->together->parts[text->part];
    if (text->part >= text->together->count || part->statement != statement) {
        add_comments(text, &text->before, gap, text->indent);
        buf_add(&text->before, text->indent);
        buf_add(&text->before,
                passage_text(unit_of(text), (Span){span.start, comment.end ? comment.end : span.end}));
        buf_add_byte(&text->before, '\n');
    } else if (part->direct) {
        text->commented = add_comments(text, &text->calls, gap, text->inner) || text->commented;
        add_call(text, part, comment);
        text->part++;
    } else {
        if (has_blank_line(passage_text(unit_of(text), gap))) buf_add_byte(&text->after, '\n');
        add_comments(text, &text->after, gap, text->indent);
        buf_add(&text->after, text->indent);
        add_changed(text, statement, comment);
    }
}

static uint32_t end_of(const Text *text, NodeId statement)
{
    uint32_t end = node_of(text->together, statement)->span.end;
    Span comment = passage_trailing_comment(unit_of(text), end);
    return comment.end ? comment.end : end;
}

/* All statements from the first to the last; gives the end of what is replaced. */
static uint32_t add_statements(Text *text)
{
    const Together *together = text->together;
    NodeId last = together->parts[together->count - 1].statement;
    uint32_t end = node_of(together, together->parts[0].statement)->span.start;
    for (NodeId at = together->parts[0].statement; at; at = node_of(together, at)->next) {
        add_statement(text, at, (Span){end, node_of(together, at)->span.start});
        end = end_of(text, at);
        if (at == last) break;
    }
    return end;
}

/* `first, second`, in brackets and one a line when the line is full. */
static void add_targets(const Text *text, Buf *buf, Str gather)
{
    const Together *together = text->together;
    Buf names;
    buf_init(&names);
    for (size_t i = 0; i < together->count; i++)
        buf_format(&names, "%s%.*s", i ? ", " : "", DRAFT_STR(together->parts[i].name));
    bool fits = text->indent.len + names.len + gather.len + sizeof " = await (" <= PASSAGE_COLUMNS;
    if (fits) buf_add(buf, buf_str(&names));
    for (size_t i = 0; i < together->count && !fits; i++)
        buf_format(buf, "%s%.*s%.*s,\n", i ? "" : "(\n", DRAFT_STR(text->inner),
                   DRAFT_STR(together->parts[i].name));
    if (!fits) buf_format(buf, "%.*s)", DRAFT_STR(text->indent));
    buf_free(&names);
}

/* On one line if there are two, and room for both. */
static bool add_short(const Text *text, Buf *buf)
{
    const Together *together = text->together;
    Buf line;
    buf_init(&line);
    for (size_t i = 0; i < together->count; i++) {
        if (i) buf_add_text(&line, ", ");
        buf_add(&line, awaitable(text, &together->parts[i]));
    }
    size_t newline = str_find_last(buf_str(buf), '\n');
    size_t before = newline == SIZE_MAX ? buf->len : buf->len - newline - 1;
    bool fits = together->count == 2 && !text->commented && str_find_byte(buf_str(&line), '\n') == SIZE_MAX &&
                text->indent.len + before + line.len + 1 <= PASSAGE_COLUMNS;
    if (fits) buf_format(buf, "%.*s)", DRAFT_STR(buf_str(&line)));
    buf_free(&line);
    return fits;
}

static void add_gathering(const Text *text, Buf *buf, Str gather)
{
    Buf statement;
    buf_init(&statement);
    add_targets(text, &statement, gather);
    buf_format(&statement, " = await %.*s(", DRAFT_STR(gather));
    if (!add_short(text, &statement)) {
        buf_add_byte(&statement, '\n');
        buf_add(&statement, buf_str(&text->calls));
        buf_format(&statement, "%.*s)", DRAFT_STR(text->indent));
    }
    buf_add(buf, text->indent);
    buf_add(buf, buf_str(&statement));
    buf_add_byte(buf, '\n');
    buf_free(&statement);
}

static void write_gather(Together *together)
{
    Draft *draft = together->draft;
    uint32_t start = node_of(together, together->parts[0].statement)->span.start;
    Text text = {.together = together, .indent = draft_indent(draft, draft->unit, start)};
    text.inner = str_join(draft->arena, text.indent, passage_step(draft, draft_function(draft)), STR(""));
    Str gather = draft_name(draft, STR("asyncio"), STR("gather"));
    uint32_t end = add_statements(&text);
    Buf all;
    buf_init(&all);
    buf_add(&all, buf_str(&text.before));
    add_gathering(&text, &all, gather);
    buf_add(&all, buf_str(&text.after));
    Str written = str_part(buf_str(&all), text.indent.len, all.len - 1);
    draft_replace(draft, draft->unit, (Span){start, end}, str_copy(draft->arena, written));
    draft_note(
        draft,
        "the calls start at the same time; the first exception is raised at once while the others go on, "
        "and calls are made that an earlier exception kept from being made");
    buf_free(&all);
    buf_free(&text.before);
    buf_free(&text.calls);
    buf_free(&text.after);
}

/* --- a group of tasks --- */

/* The call gives a coroutine for certain, which is all that a task can be made of. */
static bool is_coroutine(const Together *together, const Part *part)
{
    const Draft *draft = together->draft;
    for (size_t i = 0; i < draft->unit->on_loop.count; i++) {
        const Instance *instance = draft->unit->on_loop.items[i];
        for (size_t k = 0; instance->function == draft->subject->function && k < instance->steps.count; k++) {
            const Step *step = &instance->steps.items[k];
            if (!step->call || step->node != part->value || step->function != instance->function) continue;
            const FunctionInfo *info = program_function(draft->program, step->call->function);
            return info->is_async && !info->is_generator && !unit_node(info->unit, info->node)->third;
        }
    }
    return false;
}

/* An ExceptionGroup is no match for handlers that are written for what is in it. */
static bool may_use_tasks(const Together *together, const Around *around)
{
    enum { TASK_GROUP_MINOR = 11 };
    if (together->draft->settings->python_minor < TASK_GROUP_MINOR || together->between) return false;
    for (size_t i = 0; i < together->count; i++)
        if (!is_coroutine(together, &together->parts[i])) return false;
    return !gathering_is_handled(together->draft, around);
}

static Str task_name(const Together *together, const Part *part, const Str *taken, size_t count)
{
    const Node *target = node_of(together, node_of(together, part->statement)->first);
    bool named = part->direct && target->kind == EXPR_NAME;
    Str wanted = named ? name_str(target->name) : wanted_name(together, part);
    if (str_ends(wanted, STR("_result"))) wanted = str_part(wanted, 0, wanted.len - (sizeof "_result" - 1));
    wanted = str_join(together->draft->arena, wanted, STR("_task"), STR(""));
    return gathering_free_name(together->draft, wanted, taken, count);
}

static void add_task(Text *text, const Part *part, Str task, Str group)
{
    Draft *draft = text->together->draft;
    Around around;
    buf_format(&text->before, "%.*s%.*s = %.*s.create_task(", DRAFT_STR(text->inner), DRAFT_STR(task),
               DRAFT_STR(group));
    buf_add(&text->before, awaitable(text, part));
    buf_add_text(&text->before, ")\n");
    if (!around_find(draft->unit, draft_function(draft)->node, part->await, &around)) return;
    draft_replace(draft, draft->unit, passage_grouped(draft->unit, &around),
                  draft_format(draft, "%.*s.result()", DRAFT_STR(task)));
}

static void write_tasks(Together *together)
{
    Draft *draft = together->draft;
    uint32_t start = node_of(together, together->parts[0].statement)->span.start;
    Text text = {.together = together, .indent = draft_indent(draft, draft->unit, start)};
    text.inner = str_join(draft->arena, text.indent, passage_step(draft, draft_function(draft)), STR(""));
    Str group_type = draft_name(draft, STR("asyncio"), STR("TaskGroup"));
    Str taken[LIMIT_SEQUENCE + 1] = {gathering_free_name(draft, STR("tasks"), NULL, 0)};
    buf_format(&text.before, "async with %.*s() as %.*s:\n", DRAFT_STR(group_type), DRAFT_STR(taken[0]));
    for (size_t i = 0; i < together->count; i++) {
        taken[i + 1] = task_name(together, &together->parts[i], taken, i + 1);
        add_task(&text, &together->parts[i], taken[i + 1], taken[0]);
    }
    buf_add(&text.before, text.indent);
    draft_insert(draft, draft->unit, start, str_copy(draft->arena, buf_str(&text.before)));
    draft_note(draft, "the calls start at the same time; an exception cancels the others and is raised in an "
                      "ExceptionGroup");
    buf_free(&text.before);
}

static bool has_annotation(const Together *together)
{
    for (size_t i = 0; i < together->count; i++) {
        const Node *node = node_of(together, together->parts[i].statement);
        if (node->kind == STMT_ANNOTATED && node->third == together->parts[i].await) return true;
    }
    return false;
}

/* A comment in a statement that only gives a name would be lost. */
static bool has_lost_comment(const Together *together)
{
    for (size_t i = 0; i < together->count; i++) {
        const Part *part = &together->parts[i];
        if (part->direct &&
            passage_comment_between(together->draft->unit, node_of(together, part->statement)->span,
                                    node_of(together, part->value)->span))
            return true;
    }
    return false;
}

void together_write(Together *together, const Around *around)
{
    Draft *draft = together->draft;
    draft_claim(draft, draft->unit, node_of(together, draft_function(draft)->node)->span);
    if (may_use_tasks(together, around)) {
        write_tasks(together);
    } else if (has_annotation(together)) {
        draft_refuse(together->draft, "the name of a result has an annotation");
    } else if (has_lost_comment(together)) {
        draft_refuse(together->draft, "a comment stands in one of the statements");
    } else {
        name_parts(together);
        write_gather(together);
    }
}
