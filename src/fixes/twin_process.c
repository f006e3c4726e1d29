/* The asynchronous form keeps the program's work and its result, but it is never quite the same: a cancelled task leaves
 * the program running, output is decoded as UTF-8 unless the call says otherwise, and Windows has it on one kind of loop
 * only. So the fix is never safe. */
#include "fixes/twin_process.h"

#include "base/buf.h"
#include "fixes/names.h"
#include "fixes/process_call.h"
#include "fixes/twin_holder.h"
#include "base/banned.h"

typedef struct Process {
    Draft *draft;
    const Unit *unit;
    Spot spot;        /* the call */
    NodeId statement; /* that it is the value of */
    ProcessCall call;
    Str name;    /* the process */
    Str command; /* how the exception names the command */
    Str output, errors;
    Str indent;
    Str pipe, error; /* how the file writes PIPE and CalledProcessError */
    Holder result;
    Buf lines; /* before the statement, or in its place */
} Process;

static void add(Process *process, Str text)
{
    buf_add(&process->lines, text);
}

static void add_text(Process *process, const char *text)
{
    buf_add_text(&process->lines, text);
}

static Str fresh(Process *process, const char *name)
{
    return name_fresh(process->draft, process->unit, draft_function(process->draft), str_from(name));
}

/* --- the command --- */

/* All that the function assigns to the name are lists. */
static bool is_list_name(const Process *process, const Node *name)
{
    const Unit *unit = process->unit;
    const FunctionInfo *function = draft_function(process->draft);
    Span body = function ? unit_node(unit, function->node)->span : (Span){0, 0};
    size_t count = facts_node_count(unit->facts), lists = 0;
    for (NodeId id = 1; id < count; id++) {
        const Node *node = unit_node(unit, id);
        if (node->span.start < body.start || node->span.end > body.end) continue;
        if (node->kind == PARAMETER && node->name == name->name) return false;
        if (node->kind != STMT_ASSIGN) continue;
        const Node *target = unit_node(unit, node->first);
        if (target->kind != EXPR_NAME || target->name != name->name) continue;
        if (unit_node(unit, node->second)->kind != EXPR_LIST || target->next) return false;
        lists++;
    }
    return lists && function && name_is_local(unit, function->node, name_str(name->name));
}

/* What stands between the brackets of a list on one line; empty: nothing, or more than that. */
static Str spread(const Process *process, const Node *list)
{
    Str text = unit_text(process->unit, process->call.command);
    bool plain = list->kind == EXPR_LIST && list->first && text.len > 2 &&
                 str_find_byte(text, '\n') == SIZE_MAX && str_find_byte(text, '#') == SIZE_MAX;
    if (!plain) return STR("");
    Str inner = str_trim(str_part(text, 1, text.len - 1));
    return str_ends(inner, STR(",")) ? str_trim(str_part(inner, 0, inner.len - 1)) : inner;
}

/* `command = […]` before the call, when it is needed twice or takes several lines. */
static Str name_command(Process *process)
{
    process->command = fresh(process, "command");
    add(process, process->command);
    add_text(process, " = ");
    add(process, unit_text(process->unit, process->call.command));
    add_text(process, "\n");
    add(process, process->indent);
    return process->command;
}

/* What the asynchronous function is called with. */
static Str command_argument(Process *process)
{
    Draft *draft = process->draft;
    const Node *node = unit_node(process->unit, process->call.command);
    Str text = unit_text(process->unit, process->call.command);
    bool name = node->kind == EXPR_NAME;
    process->command = text;
    if (process->call.shell && (name || (!process->call.checked && str_find_byte(text, '\n') == SIZE_MAX)))
        return text;
    if (process->call.shell) return name_command(process);
    if (name && is_list_name(process, node)) return str_join(draft->arena, STR("*"), text, STR(""));
    if (node->kind != EXPR_LIST || !node->first) {
        draft_refuse(draft, "whether the command is a list is not known");
        return STR("");
    }
    Str inner = process->call.checked ? STR("") : spread(process, node);
    return inner.len ? inner : str_join(draft->arena, STR("*"), name_command(process), STR(""));
}

/* --- the statements --- */

static void add_start(Process *process)
{
    Draft *draft = process->draft;
    const ProcessCall *call = &process->call;
    Str argument = command_argument(process);
    Str function = draft_name(draft, STR("asyncio"),
                              call->shell ? STR("create_subprocess_shell") : STR("create_subprocess_exec"));
    process->name =
        process->result.kind == HOLDER_NONE ? fresh(process, "process") : name_str(process->result.name);
    add(process, draft_format(draft, "%.*s = await %.*s(%.*s", DRAFT_STR(process->name), DRAFT_STR(function),
                              DRAFT_STR(argument)));
    Str pipe = str_join(draft->arena, STR("="), process->pipe, STR(""));
    if (call->pipes_in) add(process, str_join(draft->arena, STR(", stdin"), pipe, STR("")));
    if (call->pipes_out) add(process, str_join(draft->arena, STR(", stdout"), pipe, STR("")));
    if (call->pipes_err) add(process, str_join(draft->arena, STR(", stderr"), pipe, STR("")));
    add(process, call->passed);
    add_text(process, ")\n");
    add(process, process->indent);
}

static bool communicates(const ProcessCall *call)
{
    return call->pipes_in || call->pipes_out || call->pipes_err;
}

/* What a result is taken apart into lives as long as the result: `done_output`. */
static Str part_name(Process *process, const char *part)
{
    if (process->result.kind == HOLDER_NONE) return fresh(process, part);
    Str name = str_join(process->draft->arena, process->name, STR("_"), str_from(part));
    return name_fresh(process->draft, process->unit, draft_function(process->draft), name);
}

static void add_wait(Process *process)
{
    Draft *draft = process->draft;
    const ProcessCall *call = &process->call;
    bool used = process->result.kind != HOLDER_NONE || call->gives == GIVES_OUTPUT;
    process->output = used && call->pipes_out ? part_name(process, "output") : STR("_");
    process->errors = used && call->pipes_err ? part_name(process, "errors") : STR("_");
    if (!communicates(call))
        add(process, draft_format(draft, "await %.*s.wait()", DRAFT_STR(process->name)));
    else if (!used)
        add(process, draft_format(draft, "await %.*s.communicate(%.*s)", DRAFT_STR(process->name),
                                  DRAFT_STR(call->input)));
    else
        add(process,
            draft_format(draft, "%.*s, %.*s = await %.*s.communicate(%.*s)", DRAFT_STR(process->output),
                         DRAFT_STR(process->errors), DRAFT_STR(process->name), DRAFT_STR(call->input)));
}

/* One step of the file's own indentation. */
static Str deeper(const Process *process)
{
    bool tabs = process->indent.len && process->indent.ptr[0] == '\t';
    return str_join(process->draft->arena, process->indent, tabs ? STR("\t") : STR("    "), STR(""));
}

static void add_check(Process *process)
{
    Draft *draft = process->draft;
    if (!process->call.checked) return;
    bool output = process->output.len && !str_equal(process->output, STR("_"));
    Str more = output ? str_join(draft->arena, STR(", "), process->output, STR("")) : STR("");
    add(process, draft_format(draft, "\n%.*sif %.*s.returncode:\n%.*sraise %.*s(%.*s.returncode, %.*s%.*s)",
                              DRAFT_STR(process->indent), DRAFT_STR(process->name),
                              DRAFT_STR(deeper(process)), DRAFT_STR(process->error), DRAFT_STR(process->name),
                              DRAFT_STR(process->command), DRAFT_STR(more)));
}

/* --- the result --- */

static Str decoded(const Process *process, Str bytes)
{
    if (!process->call.decoded) return bytes;
    return draft_format(process->draft, "%.*s.decode(%.*s)", DRAFT_STR(bytes),
                        DRAFT_STR(process->call.encoding));
}

/* What stands for `result.name`; empty: it has no equivalent. */
static Str member(const Process *process, Str name)
{
    const ProcessCall *call = &process->call;
    if (str_equal(name, STR("returncode")))
        return str_join(process->draft->arena, process->name, STR(".returncode"), STR(""));
    if (str_equal(name, STR("stdout")) && call->pipes_out) return decoded(process, process->output);
    if (str_equal(name, STR("stderr")) && call->pipes_err) return decoded(process, process->errors);
    return STR("");
}

static void replace_use(Process *process, const Spot *use)
{
    const Node *parent = unit_node(use->unit, spot_parent(use, 1));
    bool reads = parent->kind == EXPR_ATTRIBUTE && parent->first == spot_node(use);
    Str text = reads ? member(process, name_str(parent->name)) : STR("");
    if (text.len && !str_equal(text, unit_text(use->unit, spot_parent(use, 1))))
        draft_replace(process->draft, use->unit, parent->span, text);
    else if (!text.len)
        draft_refuse(process->draft, "the result is handed on");
}

static void replace_uses(Process *process)
{
    Spots spots = {0};
    uint32_t targets = 0;
    if (process->result.kind == HOLDER_NONE) return;
    holder_uses(process->draft, &process->result, &spots);
    for (size_t i = 0; i < spots.count && !draft_is_refused(process->draft); i++) {
        bool target = spot_is_target(&spots.items[i]);
        targets += target;
        if (!target) replace_use(process, &spots.items[i]);
    }
    if (targets != 1) draft_refuse(process->draft, "the result is bound more than once");
    vec_free(&spots);
}

/* --- where it stands --- */

/* Nothing else stands on the statement's lines. */
static bool stands_alone(const Process *process)
{
    const Unit *unit = process->unit;
    Span span = unit_node(unit, process->statement)->span;
    Str text = unit->source.text;
    uint32_t start = span.start, end = span.end;
    while (start && (text.ptr[start - 1] == ' ' || text.ptr[start - 1] == '\t'))
        start--;
    while (end < text.len && (text.ptr[end] == ' ' || text.ptr[end] == '\t'))
        end++;
    bool first = !start || text.ptr[start - 1] == '\n';
    return first &&
           (end >= text.len || text.ptr[end] == '\n' || text.ptr[end] == '\r' || text.ptr[end] == '#');
}

/* The call is what the statement evaluates first: `x = call(…).strip()`. */
static bool is_head(const Process *process, uint32_t *levels)
{
    *levels = 1;
    for (; *levels < process->spot.around.count; (*levels)++) {
        NodeId outer = spot_parent(&process->spot, *levels), inner = spot_parent(&process->spot, *levels - 1);
        const Node *node = unit_node(process->unit, outer);
        if (outer == process->statement)
            return node->kind == STMT_ASSIGN ? node->second == inner : node->first == inner;
        bool chain = node->kind == EXPR_ATTRIBUTE || node->kind == EXPR_CALL || node->kind == EXPR_SUBSCRIPT;
        if (!chain || node->first != inner) return false;
    }
    return false;
}

static void find_result(Process *process, const Node *statement)
{
    Spot target;
    if (statement->kind == STMT_ASSIGN && !unit_node(process->unit, statement->first)->next &&
        spot_find(process->unit, statement->first, &target) &&
        unit_node(process->unit, statement->first)->kind == EXPR_NAME)
        process->result = holder_of(process->draft, &target);
    if (process->result.kind != HOLDER_LOCAL) draft_refuse(process->draft, "the result is handed on");
}

/* --- the edits --- */

/* The whole statement goes: its result is unused, or taken apart elsewhere. */
static void replace_statement(Process *process)
{
    add_start(process);
    add_wait(process);
    add_check(process);
    Span span = unit_node(process->unit, process->statement)->span;
    draft_replace(process->draft, process->unit, span, buf_str(&process->lines));
    replace_uses(process);
}

/* The statement stays, with what the call gives in its place. */
static void replace_call(Process *process)
{
    Draft *draft = process->draft;
    bool output = process->call.gives == GIVES_OUTPUT;
    add_start(process);
    add_wait(process);
    add_check(process);
    add_text(process, "\n");
    add(process, process->indent);
    Str given = output ? decoded(process, process->output)
                       : str_join(draft->arena, process->name, STR(".returncode"), STR(""));
    draft_insert(draft, process->unit, unit_node(process->unit, process->statement)->span.start,
                 buf_str(&process->lines));
    draft_replace(draft, process->unit, unit_node(process->unit, spot_node(&process->spot))->span, given);
}

static void write(Process *process)
{
    const Node *statement = unit_node(process->unit, process->statement);
    ProcessGives gives = process->call.gives;
    uint32_t levels = 0;
    bool head = is_head(process, &levels);
    bool unused = head && statement->kind == STMT_EXPRESSION && levels == 1;
    bool known = statement->kind == STMT_ASSIGN || statement->kind == STMT_RETURN ||
                 statement->kind == STMT_EXPRESSION;
    if (!head || !known || !stands_alone(process)) {
        draft_refuse(process->draft, "is not a statement of its own");
    } else if (unused) {
        replace_statement(process);
    } else if (gives == GIVES_RESULT && levels == 1) {
        find_result(process, statement);
        if (!draft_is_refused(process->draft)) replace_statement(process);
    } else if (gives == GIVES_CODE || gives == GIVES_OUTPUT) {
        replace_call(process);
    } else {
        draft_refuse(process->draft, "the result is handed on");
    }
}

/* How the file writes what stands beside the function: `subprocess.PIPE`. */
static Str name_beside(Process *process, const char *name)
{
    const Node *callee = unit_node(process->unit, unit_node(process->unit, spot_node(&process->spot))->first);
    bool dotted =
        callee->kind == EXPR_ATTRIBUTE && unit_node(process->unit, callee->first)->kind == EXPR_NAME;
    if (!dotted) return draft_name(process->draft, STR("subprocess"), str_from(name));
    return str_join(process->draft->arena, unit_text(process->unit, callee->first), STR("."), str_from(name));
}

static void find_names(Process *process)
{
    if (communicates(&process->call)) process->pipe = name_beside(process, "PIPE");
    if (process->call.checked) process->error = name_beside(process, "CalledProcessError");
    process->indent =
        draft_indent(process->draft, process->unit, unit_node(process->unit, process->statement)->span.start);
}

static void describe(Process *process)
{
    const ProcessCall *call = &process->call;
    draft_title(process->draft, "Run the program with `asyncio.create_subprocess_%s`",
                call->shell ? "shell" : "exec");
    if (call->decoded && !call->encoding.len) draft_note(process->draft, "the output is read as UTF-8");
    draft_at_most(process->draft, APPLICABILITY_UNSAFE);
}

bool twin_process(Draft *draft)
{
    const Rule *rule = &draft->subject->sink->rule;
    if (!process_is_call(rule->path)) return false;
    Process process = {.draft = draft, .unit = draft->unit, .statement = draft->subject->statement};
    if (!spot_of_finding(draft, &process.spot) ||
        draft_node(draft, draft->subject->node)->kind != EXPR_CALL) {
        draft_refuse(draft, "its place in the function was not found");
        return true;
    }
    if (!twin_may_await(draft, &process.spot) ||
        !process_read(draft, &process.spot, rule->path, &process.call))
        return true;
    buf_init(&process.lines);
    find_names(&process);
    write(&process);
    buf_free(&process.lines);
    describe(&process);
    return true;
}
