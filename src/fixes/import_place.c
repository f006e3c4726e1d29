#include "fixes/import_place.h"

#include "project/standard.h"
#include "base/banned.h"

typedef enum Section { SECTION_FUTURE, SECTION_STANDARD, SECTION_INSTALLED, SECTION_OWN } Section;

/* One import of the module level. */
typedef struct Line {
    NodeId statement;
    Str module;
    Section section;
    bool from;
    uint32_t first_row1, last_row1;
    uint32_t group; /* lines without a blank line between them */
} Line;

typedef struct Block {
    const Unit *unit;
    VEC(Line) lines;
    NodeId first, docstring; /* statements of the module */
    Line wanted;
} Block;

/* --- what is there --- */

static Section section_of(const Unit *unit, Str module, uint32_t level)
{
    if (level) return SECTION_OWN;
    if (str_equal(module, STR("__future__"))) return SECTION_FUTURE;
    Str head = str_before(module, '.');
    if (standard_has(head)) return SECTION_STANDARD;
    const Module *own = unit->module_file;
    return own && str_equal(str_before(own->name, '.'), head) ? SECTION_OWN : SECTION_INSTALLED;
}

static bool is_blank_row(const Unit *unit, uint32_t row1)
{
    return !str_trim(lines_line(&unit->lines, row1)).len;
}

/* No blank line and no other statement stands between the two. */
static bool is_joined(const Block *block, const Line *before, const Line *line)
{
    if (unit_node(block->unit, before->statement)->next != line->statement) return false;
    for (uint32_t row1 = before->last_row1 + 1; row1 < line->first_row1; row1++)
        if (is_blank_row(block->unit, row1)) return false;
    return true;
}

static void add_line(Block *block, NodeId id)
{
    const Unit *unit = block->unit;
    const Node *node = unit_node(unit, id);
    bool from = node->kind == STMT_IMPORT_FROM;
    const Node *alias = unit_node(unit, node->first);
    Name name = from ? node->name : alias->name;
    Line line = {.statement = id, .module = name ? name_str(name) : STR(""), .from = from};
    line.section = section_of(unit, line.module, from ? node->level : 0);
    line.first_row1 = lines_row1(&unit->lines, node->span.start);
    line.last_row1 = lines_row1(&unit->lines, node->span.end);
    if (block->lines.count) {
        const Line *before = &block->lines.items[block->lines.count - 1];
        line.group = before->group + (is_joined(block, before, &line) ? 0 : 1);
    }
    vec_add(&block->lines, line);
}

static bool is_docstring(const Unit *unit, const Node *node)
{
    return node->kind == STMT_EXPRESSION && unit_node(unit, node->first)->kind == EXPR_STRING;
}

/* Imports behind the first definition are somebody's exception. */
static void read_block(Block *block)
{
    const Unit *unit = block->unit;
    block->first = facts_module(unit->facts);
    if (block->first && is_docstring(unit, unit_node(unit, block->first))) block->docstring = block->first;
    for (NodeId at = block->first; at; at = unit_node(unit, at)->next) {
        NodeKind kind = (NodeKind)unit_node(unit, at)->kind;
        if (kind == STMT_FUNCTION || kind == STMT_CLASS) return;
        if (kind == STMT_IMPORT || kind == STMT_IMPORT_FROM) add_line(block, at);
    }
}

/* --- order --- */

static char folded(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static int compare_folded(Str left, Str right)
{
    for (size_t i = 0; i < left.len && i < right.len; i++)
        if (folded(left.ptr[i]) != folded(right.ptr[i]))
            return (unsigned char)folded(left.ptr[i]) < (unsigned char)folded(right.ptr[i]) ? -1 : 1;
    return left.len == right.len ? 0 : left.len < right.len ? -1 : 1;
}

/* Lines that the new one is sorted among: those of its section in the group, of its form or of both. */
static bool is_peer(const Block *block, const Line *line, uint32_t group, bool mixed)
{
    return line->group == group && line->section == block->wanted.section &&
           (mixed || line->from == block->wanted.from);
}

static bool is_sorted(const Block *block, uint32_t group, bool mixed)
{
    const Line *before = NULL;
    for (size_t i = 0; i < block->lines.count; i++) {
        const Line *line = &block->lines.items[i];
        if (!is_peer(block, line, group, mixed)) continue;
        if (before && compare_folded(before->module, line->module) > 0) return false;
        before = line;
    }
    return true;
}

/* `from a import b` stands before `import c`: sorted by module whatever the form. */
static bool is_mixed(const Block *block, uint32_t group)
{
    bool from_seen = false, plain_after = false;
    for (size_t i = 0; i < block->lines.count; i++) {
        const Line *line = &block->lines.items[i];
        if (!is_peer(block, line, group, true)) continue;
        plain_after = plain_after || (from_seen && !line->from);
        from_seen = from_seen || line->from;
    }
    return plain_after && is_sorted(block, group, true);
}

/* --- the place --- */

static void put_after(Draft *draft, const Block *block, uint32_t row1, const char *before, Str text)
{
    const Lines *lines = &block->unit->lines;
    Str whole = draft_format(draft, "%s%.*s\n", before, DRAFT_STR(text));
    bool ends = row1 >= lines->count;
    if (ends) whole = draft_format(draft, "\n%s%.*s", before, DRAFT_STR(text));
    uint32_t offset = ends ? (uint32_t)block->unit->source.text.len : lines->starts[row1];
    draft_insert(draft, block->unit, offset, whole);
}

static void put_before(Draft *draft, const Block *block, uint32_t row1, const char *after, Str text)
{
    uint32_t offset = block->unit->lines.starts[row1 - 1];
    draft_insert(draft, block->unit, offset, draft_format(draft, "%.*s\n%s", DRAFT_STR(text), after));
}

static void put_into_group(Draft *draft, const Block *block, uint32_t group, Str text)
{
    bool mixed = is_mixed(block, group);
    bool sorted = is_sorted(block, group, mixed);
    const Line *before = NULL, *peer = NULL, *first = NULL, *last = NULL;
    for (size_t i = 0; i < block->lines.count; i++) {
        const Line *line = &block->lines.items[i];
        if (!is_peer(block, line, group, true)) continue;
        if (!first) first = line;
        last = line;
        if (!is_peer(block, line, group, mixed)) continue;
        if (!peer) peer = line;
        if (!sorted || compare_folded(line->module, block->wanted.module) <= 0) before = line;
    }
    if (!peer && block->wanted.from) before = last;
    if (before)
        put_after(draft, block, before->last_row1, "", text);
    else
        put_before(draft, block, (peer ? peer : first)->first_row1, "", text);
}

/* The group that holds the section; UINT32_MAX: none does. */
static uint32_t group_of(const Block *block)
{
    for (size_t i = 0; i < block->lines.count; i++)
        if (block->lines.items[i].section == block->wanted.section) return block->lines.items[i].group;
    return UINT32_MAX;
}

/* A group of its own among the others. */
static void put_beside_groups(Draft *draft, const Block *block, Str text)
{
    const Line *before = NULL;
    for (size_t i = 0; i < block->lines.count; i++) {
        const Line *line = &block->lines.items[i];
        if (line->section > block->wanted.section) {
            put_before(draft, block, line->first_row1, "\n", text);
            return;
        }
        before = line;
    }
    put_after(draft, block, before->last_row1, "\n", text);
}

/* Below the docstring, else before the first statement and the comment that belongs to it. */
static void put_first(Draft *draft, const Block *block, Str text)
{
    const Unit *unit = block->unit;
    if (block->docstring) {
        put_after(draft, block, lines_row1(&unit->lines, unit_node(unit, block->docstring)->span.end), "\n",
                  text);
        return;
    }
    if (!block->first) {
        draft_refuse(draft, "the module has no statement");
        return;
    }
    const Node *first = unit_node(unit, block->first);
    uint32_t row1 = lines_row1(&unit->lines, first->span.start);
    NodeId decorator = first->kind == STMT_FUNCTION || first->kind == STMT_CLASS ? first->third : 0;
    if (decorator) row1 = lines_row1(&unit->lines, unit_node(unit, decorator)->span.start);
    bool definition = first->kind == STMT_FUNCTION || first->kind == STMT_CLASS;
    put_before(draft, block, row1, definition ? "\n\n" : "\n", text);
}

/* --- a name more in an import that is there --- */

enum { LINE_COLUMNS = 88 };

static bool extends_import(Draft *draft, const Block *block, Str member, Str as)
{
    const Unit *unit = block->unit;
    for (size_t i = 0; member.len && i < block->lines.count; i++) {
        const Line *line = &block->lines.items[i];
        const Node *node = unit_node(unit, line->statement);
        if (!line->from || node->level || !str_equal(line->module, block->wanted.module)) continue;
        NodeId last = node->first;
        while (last && unit_node(unit, last)->next)
            last = unit_node(unit, last)->next;
        const Node *alias = unit_node(unit, last);
        bool star = !alias->name || str_equal(name_str(alias->name), STR("*"));
        bool fits = node->span.end - node->span.start + member.len + as.len + 2 <= LINE_COLUMNS;
        if (star || (!fits && line->first_row1 == line->last_row1)) continue;
        draft_insert(draft, unit, alias->span.end,
                     draft_format(draft, ", %.*s%.*s", DRAFT_STR(member), DRAFT_STR(as)));
        return true;
    }
    return false;
}

void import_place(Draft *draft, const Unit *unit, Str module, Str member, Str as)
{
    Block block = {.unit = unit};
    block.wanted = (Line){.module = module, .section = section_of(unit, module, 0), .from = member.len > 0};
    read_block(&block);
    Str text = member.len ? draft_format(draft, "from %.*s import %.*s%.*s", DRAFT_STR(module),
                                         DRAFT_STR(member), DRAFT_STR(as))
                          : draft_format(draft, "import %.*s%.*s", DRAFT_STR(module), DRAFT_STR(as));
    uint32_t group = group_of(&block);
    if (!extends_import(draft, &block, member, as)) {
        if (group != UINT32_MAX)
            put_into_group(draft, &block, group, text);
        else if (block.lines.count)
            put_beside_groups(draft, &block, text);
        else
            put_first(draft, &block, text);
    }
    vec_free(&block.lines);
}
