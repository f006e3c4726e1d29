#include "fixes/block.h"

#include "fixes/block_names.h"
#include "fixes/nodes.h"
#include "fixes/passage.h"
#include "base/banned.h"

enum { BLOCK_ROWS = 40 }; /* more is for a person to cut into functions */

static const Node *node_of(const Block *block, NodeId id)
{
    return unit_node(block->unit, id);
}

/* --- what may stand in it --- */

static bool suspends(const Node *node)
{
    bool may_be_async = node->kind == STMT_FOR || node->kind == STMT_WITH || node->kind == CLAUSE_FOR;
    return node->kind == EXPR_AWAIT || (may_be_async && node->flags & FLAG_ASYNC);
}

bool block_awaits(const Unit *unit, NodeId statement)
{
    bool found = false;
    Nodes nodes;
    nodes_init(&nodes, unit, statement);
    for (NodeId at; !found && (at = nodes_next(&nodes));)
        found = suspends(unit_node(unit, at));
    nodes_free(&nodes);
    return found;
}

static const char *forbids(const Node *node)
{
    switch (node->kind) {
    case NODE_DAMAGED:
        return "a part of the block does not parse";
    case EXPR_YIELD:
        return "yields inside the block";
    case STMT_GLOBAL:
    case STMT_NONLOCAL:
        return "declares a name global inside the block";
    case STMT_FUNCTION:
    case STMT_CLASS:
        return "defines a function inside the block";
    case STMT_DELETE:
        return "deletes something inside the block";
    case STMT_TYPE_ALIAS:
    case STMT_PRINT:
    case STMT_EXEC:
        return "a statement in the block is not understood";
    default:
        return suspends(node) ? "awaits inside the block" : NULL;
    }
}

/* These look at the frame that they stand in. */
static bool looks_at_frame(const Node *node)
{
    static const char *const words[] = {"super", "locals", "vars", "dir", "eval", "exec", "__class__"};
    for (size_t i = 0; node->kind == EXPR_NAME && i < sizeof words / sizeof *words; i++)
        if (str_equal(name_str(node->name), str_from(words[i]))) return true;
    return false;
}

static void check_nodes(Block *block)
{
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->statement);
    for (NodeId at; (at = nodes_next(&nodes));) {
        const char *reason = forbids(node_of(block, at));
        if (reason) draft_refuse(block->draft, "%s", reason);
        if (looks_at_frame(node_of(block, at))) draft_refuse(block->draft, "looks at its own frame");
    }
    nodes_free(&nodes);
}

/* --- where it is left --- */

typedef struct Exits {
    bool returns, breaks; /* breaks: out of a loop that is not in the block */
} Exits;

static bool is_loop(const Node *node)
{
    return node->kind == STMT_FOR || node->kind == STMT_WHILE;
}

/* Some loop of the block holds the place. */
static bool stands_in_loop(const Block *block, NodeId id)
{
    bool found = false;
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->statement);
    for (NodeId at; !found && (at = nodes_next(&nodes));)
        found = is_loop(node_of(block, at)) && span_holds(node_of(block, at)->span, node_of(block, id)->span);
    nodes_free(&nodes);
    return found;
}

static Exits find_exits(const Block *block)
{
    Exits exits = {0};
    Nodes nodes;
    nodes_init(&nodes, block->unit, block->statement);
    for (NodeId at; (at = nodes_next(&nodes));) {
        const Node *node = node_of(block, at);
        if (node->kind == STMT_RETURN) exits.returns = true;
        bool jumps = node->kind == STMT_BREAK || node->kind == STMT_CONTINUE;
        if (jumps && !stands_in_loop(block, at)) exits.breaks = true;
    }
    nodes_free(&nodes);
    return exits;
}

static NodeId last_of(const Block *block, NodeId first)
{
    while (first && node_of(block, first)->next)
        first = node_of(block, first)->next;
    return first;
}

/* Every way through the list ends in return or an exception; what is not sure ends in neither. */
static bool list_ends(const Block *block, NodeId first, unsigned depth)
{
    const Node *last = node_of(block, last_of(block, first));
    if (depth >= LIMIT_FIX_NESTING) return false;
    switch (last->kind) {
    case STMT_RETURN:
    case STMT_RAISE:
        return true;
    case STMT_WITH:
        return list_ends(block, last->second, depth + 1);
    case STMT_IF:
        return last->third && list_ends(block, last->second, depth + 1) &&
               list_ends(block, last->third, depth + 1);
    case STMT_TRY:
        if (last->fourth && list_ends(block, last->fourth, depth + 1)) return true;
        if (!list_ends(block, last->third ? last->third : last->first, depth + 1)) return false;
        for (NodeId at = last->second; at; at = node_of(block, at)->next)
            if (!list_ends(block, node_of(block, at)->second, depth + 1)) return false;
        return true;
    default:
        return false;
    }
}

static void check_exits(Block *block)
{
    Exits exits = find_exits(block);
    const Node *statement = node_of(block, block->statement);
    if (exits.breaks) draft_refuse(block->draft, "leaves a loop from inside the block");
    if (!exits.returns) return;
    block->returns = statement->kind == STMT_WITH && list_ends(block, statement->second, 0);
    if (!block->returns) draft_refuse(block->draft, "returns in the middle of the block");
    if (node_of(block, block->function)->flags & FLAG_GENERATOR)
        draft_refuse(block->draft, "returns inside the block of a generator");
}

/* --- its lines --- */

static Str row_text(const Block *block, uint32_t row1)
{
    return lines_line(&block->unit->lines, row1);
}

static uint32_t offset_of(const Block *block, const char *at)
{
    return (uint32_t)(at - block->unit->source.text.ptr);
}

static size_t blanks_of(Str line)
{
    size_t at = 0;
    while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t'))
        at++;
    return at;
}

/* Comments that are indented as the body is belong to it. */
static void add_comments(Block *block, size_t indent)
{
    uint32_t rows = (uint32_t)lines_row1(&block->unit->lines, (uint32_t)block->unit->source.text.len);
    for (uint32_t row = block->last_row1 + 1; row <= rows; row++) {
        Str line = row_text(block, row);
        bool comment = blanks_of(line) > indent && line.ptr[blanks_of(line)] == '#';
        if (blanks_of(line) >= line.len || !comment) return;
        block->last_row1 = row;
    }
}

static void read_rows(Block *block)
{
    Span span = node_of(block, block->statement)->span;
    const Lines *lines = &block->unit->lines;
    block->first_row1 = lines_row1(lines, span.start);
    block->last_row1 = lines_row1(lines, span.end ? span.end - 1 : 0);
    Str first = row_text(block, block->first_row1);
    if (!passage_owns_lines(block->unit, span))
        draft_refuse(block->draft, "another statement stands on its line");
    if (block->last_row1 - block->first_row1 >= BLOCK_ROWS)
        draft_refuse(block->draft, "the block is too long to move");
    add_comments(block, blanks_of(first));
}

/* --- reading --- */

static bool is_in_loop(const Around *around, NodeId statement)
{
    for (uint32_t i = 0; i < around->count && around->nodes[i] != statement; i++)
        if (is_loop(unit_node(around->unit, around->nodes[i]))) return true;
    return false;
}

/* `data = …` at the end of the block, through the blocks of `with` in it. */
static NodeId last_assignment(const Block *block)
{
    const Node *node = node_of(block, block->statement);
    for (unsigned i = 0; node->kind == STMT_WITH && i < LIMIT_FIX_NESTING; i++) {
        NodeId last = last_of(block, node->second);
        node = node_of(block, last);
        if (node->kind != STMT_ASSIGN) continue;
        const Node *target = node_of(block, node->first);
        return !target->next && target->kind == EXPR_NAME ? last : 0;
    }
    return 0;
}

static void find_assignment(Block *block)
{
    NodeId last = block->results.count == 1 ? last_assignment(block) : 0;
    const Node *target = node_of(block, node_of(block, last)->first);
    if (last && target->name == block->results.items[0]) block->assignment = last;
}

void block_init(Block *block, Draft *draft, const Around *around, NodeId statement)
{
    *block = (Block){.draft = draft,
                     .unit = draft->unit,
                     .function = around->nodes[0],
                     .statement = statement,
                     .in_loop = is_in_loop(around, statement)};
    check_nodes(block);
    read_rows(block);
    if (!draft_is_refused(draft)) check_exits(block);
    if (!draft_is_refused(draft)) block_names(block, around);
    if (!draft_is_refused(draft)) find_assignment(block);
}

void block_free(Block *block)
{
    vec_free(&block->bound);
    vec_free(&block->results);
    vec_free(&block->kept);
    vec_free(&block->targets);
}

/* --- writing --- */

/* One step of indentation: what the body has more than the statement; four blanks where it stands on the same line. */
static Str step_of(const Block *block, Str indent)
{
    const Node *statement = node_of(block, block->statement);
    NodeId body = statement->kind == STMT_WITH ? statement->second : statement->third;
    Str inner = draft_indent(block->draft, block->unit, node_of(block, body)->span.start);
    bool deeper = inner.len > indent.len && str_starts(inner, indent);
    return deeper ? str_drop(inner, indent.len) : STR("    ");
}

static Str listed(const Block *block, const Name *names, size_t count)
{
    Str text = STR("");
    for (size_t i = 0; i < count; i++)
        text = str_join(block->draft->arena, text, text.len ? STR(", ") : STR(""), name_str(names[i]));
    return text;
}

static Str results_text(const Block *block)
{
    return listed(block, block->results.items, block->results.count);
}

static Str header_of(const Block *block, Str name, Str indent, Str step)
{
    Str kept = listed(block, block->kept.items, block->kept.count);
    Str outer = kept.len ? draft_format(block->draft, "\n%.*s%.*snonlocal %.*s", DRAFT_STR(indent),
                                        DRAFT_STR(step), DRAFT_STR(kept))
                         : STR("");
    return draft_format(block->draft, "def %.*s():%.*s\n%.*s%.*s", DRAFT_STR(name), DRAFT_STR(outer),
                        DRAFT_STR(indent), DRAFT_STR(step));
}

static void indent_rows(Block *block, Str step)
{
    for (uint32_t row = block->first_row1; row <= block->last_row1; row++) {
        Str line = row_text(block, row);
        uint32_t start = offset_of(block, line.ptr);
        bool is_blank = blanks_of(line) == line.len;
        if (row == block->first_row1 || is_blank || passage_in_text(block->unit, start)) continue;
        draft_insert(block->draft, block->unit, start, step);
    }
}

/* `data = json.load(f)` becomes `return json.load(f)`. */
static void return_value(Block *block)
{
    const Node *assignment = node_of(block, block->assignment);
    uint32_t start = node_of(block, assignment->first)->span.end;
    Str rest = str_part(block->unit->source.text, start, node_of(block, assignment->second)->span.start);
    size_t equals = str_find_byte(rest, '=');
    if (equals == SIZE_MAX) return;
    uint32_t end = start + (uint32_t)equals + 1;
    end += (uint32_t)blanks_of(str_drop(rest, equals + 1));
    draft_replace(block->draft, block->unit, (Span){assignment->span.start, end}, STR("return "));
}

static Str ending_of(const Block *block, Str indent, Str step, Str call)
{
    Str results = results_text(block);
    bool hands_back = results.len && !block->returns && !block->assignment;
    Str back = hands_back ? draft_format(block->draft, "\n%.*s%.*sreturn %.*s", DRAFT_STR(indent),
                                         DRAFT_STR(step), DRAFT_STR(results))
                          : STR("");
    const char *takes = block->returns ? "return " : "";
    Str names = block->returns || !results.len ? STR("")
                                               : str_join(block->draft->arena, results, STR(" = "), STR(""));
    return draft_format(block->draft, "%.*s\n\n%.*s%s%.*s%.*s", DRAFT_STR(back), DRAFT_STR(indent), takes,
                        DRAFT_STR(names), DRAFT_STR(call));
}

/* A blank line before the function, but for the first statement of a block and what a comment leads to. */
static bool wants_blank_line(const Block *block)
{
    Str before = str_trim(row_text(block, block->first_row1 - 1));
    return before.len && before.ptr[0] != '#' && before.ptr[before.len - 1] != ':';
}

void block_write(Block *block, Str name, Str call)
{
    Draft *draft = block->draft;
    Span span = node_of(block, block->statement)->span;
    Str indent = draft_indent(draft, block->unit, span.start), step = step_of(block, indent);
    if (wants_blank_line(block))
        draft_insert(draft, block->unit, offset_of(block, row_text(block, block->first_row1).ptr), STR("\n"));
    draft_insert(draft, block->unit, span.start, header_of(block, name, indent, step));
    indent_rows(block, step);
    if (block->assignment) return_value(block);
    Str last = row_text(block, block->last_row1);
    uint32_t end = offset_of(block, last.ptr) + (uint32_t)last.len;
    draft_insert(draft, block->unit, end, ending_of(block, indent, step, call));
    draft_claim(draft, block->unit, span);
}
