#include "python/slice.h"

#include "base/limits.h"
#include "python/line.h"
#include "python/repair.h"

#include "base/banned.h"

void slice_add(Slice *slice, Span span)
{
    if (span.start >= span.end) return;
    slice->bytes += span.end - span.start;
    if (slice->count && slice->spans[slice->count - 1].end == span.start) {
        slice->spans[slice->count - 1].end = span.end;
        return;
    }
    if (slice->count == SLICE_SPANS_MOST) BUG("too many spans");
    slice->spans[slice->count++] = span;
}

uint32_t slice_lead(const Facts *facts, const Region *region, uint32_t least)
{
    uint32_t start = region->span.start;
    if (start < region->indent + 1 || start - region->indent - 1 < least) return start;
    uint32_t lead = start - region->indent - 1;
    return facts->text.ptr[lead] == '\n' ? lead : start;
}

static bool is_too_large(Span span)
{
    return span.end - span.start > LIMIT_SLICE_BYTES;
}

/* --- definitions without a tree --- */

/* A function of which nothing is parsed at first: a plain one, without a decorator that says where it runs. */
static bool is_bare(const Facts *facts, const Region *region)
{
    if (region->kind != REGION_FUNCTION || !facts_is_left_out(facts, region) || region->has_async)
        return false;
    return !region->broken && facts->text.ptr[region->span.start] == 'd';
}

/* A node for a definition whose header did not parse or was not read: its members and callers must find it. */
static void add_stub(Facts *facts, uint32_t index)
{
    const Region *region = &facts->outline->regions[index];
    if (facts->region_nodes[index]) return;
    NodeId id =
        facts_add_node(facts, region->kind == REGION_CLASS ? STMT_CLASS : STMT_FUNCTION, region->span);
    Node *node = node_at(facts, id);
    node->name = region->name.len ? names_intern(facts->names, region->name) : NULL;
    if (region->kind == REGION_FUNCTION) node->level = index + 1;
    if (region->is_async) node->flags |= FLAG_ASYNC;
    if (is_bare(facts, region)) node->flags |= FLAG_UNREAD | FLAG_HEADER_UNREAD;
    if (is_bare(facts, region) && region->has_yield) node->flags |= FLAG_GENERATOR;
    facts->region_nodes[index] = id;
    facts_append(facts, region->parent, id);
}

void slices_add_stubs(Facts *facts, uint32_t offset)
{
    const Outline *outline = facts->outline;
    if (facts->mode == FACTS_WHOLE) return;
    for (; facts->stubs_done < outline->region_count; facts->stubs_done++) {
        const Region *region = &outline->regions[facts->stubs_done];
        if (region->span.start >= offset) return;
        if (is_bare(facts, region)) add_stub(facts, facts->stubs_done);
    }
}

/* --- trees to nodes --- */

static void read_tree(Facts *facts, TSTree *tree, uint32_t owner)
{
    Reader reader = parser_reader(facts, tree);
    if (reader.syntax == SYNTAX_ERROR) {
        facts_append(facts, owner, read_damaged(&reader, reader.span, "syntax error"));
        return;
    }
    for (bool more = reader_enter(&reader); more; more = reader_next(&reader)) {
        slices_add_stubs(facts, reader.span.start);
        facts_append(facts, owner, read_statement(&reader));
    }
}

static bool is_intact(const TSTree *tree)
{
    return tree && !ts_node_has_error(ts_tree_root_node(tree));
}

static TSTree *parse_slice(Facts *facts, const Slice *slice)
{
    facts->bytes_parsed += slice->bytes;
    return parser_parse(facts->parser, (Source){.text = facts_code(facts)}, slice->spans, slice->count);
}

static TSTree *drop_tree(TSTree *tree)
{
    if (tree) ts_tree_delete(tree);
    return NULL;
}

/* The tree of a repaired copy, or NULL when that does not parse either. */
static TSTree *parse_repaired(Facts *facts, Span span)
{
    Buf copy;
    TSTree *tree = NULL;
    Str code = facts_code(facts);
    buf_init(&copy);
    if (repair_text(code, span, &copy)) {
        Source source = {.text = code, .copy = copy.data, .copied = span};
        facts->bytes_parsed += span.end - span.start;
        tree = parser_parse(facts->parser, source, &span, 1);
        if (!is_intact(tree)) tree = drop_tree(tree);
    }
    buf_free(&copy);
    return tree;
}

/* The span's tree, repaired where that helps; NULL when it costs too much. */
static TSTree *parse_span(Facts *facts, Span span)
{
    Slice slice = {0};
    slice_add(&slice, span);
    TSTree *tree = parse_slice(facts, &slice);
    if (!tree || is_intact(tree)) return tree;
    TSTree *repaired = parse_repaired(facts, span);
    if (!repaired) return tree;
    ts_tree_delete(tree);
    return repaired;
}

static NodeId give_up(Facts *facts, Span span)
{
    facts->limits_reached++;
    facts_damage(facts, span, "too costly to parse");
    return facts_add_node(facts, NODE_DAMAGED, span);
}

static void read_span(Facts *facts, Span span, uint32_t owner)
{
    if (span.start >= span.end) return;
    TSTree *tree = parse_span(facts, span);
    if (tree)
        read_tree(facts, tree, owner);
    else
        facts_append(facts, owner, give_up(facts, span));
    drop_tree(tree);
}

void slices_read_whole(Facts *facts)
{
    read_span(facts, (Span){0, (uint32_t)facts->text.len}, REGION_NONE);
}

/* --- one region alone --- */

static void leave_out(Facts *facts, Span span)
{
    facts->limits_reached++;
    facts_damage(facts, span, "region too large");
}

/* Tells a function that is too large to be read as such. */
static void close_large(Facts *facts, uint32_t index)
{
    const Region *region = &facts->outline->regions[index];
    if (region->kind != REGION_FUNCTION || !region->has_async || !is_too_large(region->span)) return;
    leave_out(facts, region->span);
    node_at(facts, facts->region_nodes[index])->flags &= (uint16_t)~FLAG_UNREAD;
}

static bool continues_statement(Str text, size_t at)
{
    static const char *const WORDS[] = {"elif", "else", "except", "finally"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (line_word(text, at, str_from(WORDS[i])) != SIZE_MAX) return true;
    return false;
}

typedef struct Cutter {
    LineScan line;
    Span span;    /* the statement found last */
    bool more;    /* a line is waiting */
    size_t start; /* where it starts */
} Cutter;

static uint32_t cutter_line(Cutter *cutter)
{
    LineScan *line = &cutter->line;
    while (line->at < line->text.len) {
        uint32_t column = line_indent(line);
        if (line->at >= line->text.len) break;
        if (line->text.ptr[line->at] == '#')
            line_comment(line, false);
        else if (line->text.ptr[line->at] == '\n')
            line->at++;
        else {
            cutter->start = line->at;
            cutter->more = true;
            return column;
        }
    }
    cutter->more = false;
    return 0;
}

static Cutter cutter_new(const Facts *facts, Span span)
{
    Cutter cutter = {.line = {.text = str_part(facts->text, 0, span.end),
                              .at = span.start,
                              .comment_start = SIZE_MAX,
                              .decorator = SIZE_MAX}};
    cutter_line(&cutter);
    return cutter;
}

/* Finds the next statement; deeper lines than `base` belong to it. */
static bool cutter_next(Cutter *cutter, uint32_t base)
{
    if (!cutter->more) return false;
    size_t start = cutter->start;
    while (cutter->more) {
        line_rest(&cutter->line);
        cutter->span = (Span){(uint32_t)start, (uint32_t)cutter->line.code_end};
        uint32_t column = cutter_line(cutter);
        if (!cutter->more) break;
        if (column <= base && !continues_statement(cutter->line.text, cutter->start)) break;
    }
    return true;
}

/* The statements of a run one by one, so that a broken or giant one does not take the others along. */
static void read_run_apart(Facts *facts, const Region *region)
{
    LineScan indent = {.text = facts->text, .at = region->span.start - region->indent};
    uint32_t base = line_indent(&indent);
    Cutter cutter = cutter_new(facts, region->span);
    while (cutter_next(&cutter, base)) {
        if (is_too_large(cutter.span))
            leave_out(facts, cutter.span);
        else
            read_span(facts, cutter.span, region->parent);
    }
    vec_free(&cutter.line.markers);
    vec_free(&cutter.line.comments);
}

static void read_region_alone(Facts *facts, uint32_t index)
{
    const Region *region = &facts->outline->regions[index];
    Span span = region->span;
    if (is_bare(facts, region)) return;
    slices_add_stubs(facts, span.start);
    if (region->kind == REGION_RUN) {
        read_run_apart(facts, region);
        return;
    }
    if (region->kind == REGION_CLASS || facts_is_left_out(facts, region)) span = region->header;
    if (is_too_large(span))
        leave_out(facts, span);
    else
        read_span(facts, span, region->parent);
    add_stub(facts, index);
    close_large(facts, index);
}

/* --- regions together --- */

/* Adds the headers of the classes around a region. */
static void add_owners(const Facts *facts, Slice *slice, uint32_t owner)
{
    uint32_t chain[64];
    size_t count = 0;
    for (; owner != REGION_NONE && count < 64; owner = facts->outline->regions[owner].parent)
        chain[count++] = owner;
    while (count > 0) {
        const Region *region = &facts->outline->regions[chain[--count]];
        uint32_t least = slice->count ? slice->spans[slice->count - 1].end : region->span.start;
        slice_add(slice, (Span){slice_lead(facts, region, least), region->header.end});
    }
}

/* What of a region is parsed with its neighbours: a class gives its header, its members follow. */
static Span joined_part(const Facts *facts, const Region *region)
{
    if (region->kind == REGION_CLASS || facts_is_left_out(facts, region)) return region->header;
    return region->span;
}

static bool fits(const Facts *facts, const Slice *slice, const Region *region)
{
    if (is_bare(facts, region)) return true;
    Span part = joined_part(facts, region);
    return slice->count + 2 <= SLICE_SPANS_MOST && slice->bytes + (part.end - part.start) <= SLICE_JOIN_BYTES;
}

/* Fills the slice with regions from `first` on; returns the index behind the last one. */
static uint32_t fill_slice(const Facts *facts, Slice *slice, uint32_t first)
{
    const Region *regions = facts->outline->regions;
    uint32_t index = first;
    add_owners(facts, slice, regions[first].parent);
    do {
        const Region *region = &regions[index++];
        if (is_bare(facts, region)) continue;
        uint32_t least = slice->count ? slice->spans[slice->count - 1].end : region->span.start;
        Span part = joined_part(facts, region);
        slice_add(slice, (Span){slice_lead(facts, region, least), part.end});
    } while (index < facts->outline->region_count && fits(facts, slice, &regions[index]));
    return index;
}

static void check_region(Facts *facts, uint32_t index)
{
    const Region *region = &facts->outline->regions[index];
    if (region->kind == REGION_RUN || is_bare(facts, region)) return;
    add_stub(facts, index);
    close_large(facts, index);
}

static void read_together(Facts *facts, const Slice *slice, uint32_t first, uint32_t end)
{
    TSTree *tree = parse_slice(facts, slice);
    bool intact = is_intact(tree);
    if (intact) read_tree(facts, tree, REGION_NONE);
    drop_tree(tree);
    for (uint32_t i = first; i < end; i++) {
        if (intact)
            check_region(facts, i);
        else
            read_region_alone(facts, i);
    }
}

void slices_read_regions(Facts *facts)
{
    for (uint32_t first = 0; first < facts->outline->region_count;) {
        Slice slice = {0};
        const Region *region = &facts->outline->regions[first];
        if (is_bare(facts, region)) {
            first++;
            continue;
        }
        if (is_too_large(joined_part(facts, region))) {
            read_region_alone(facts, first++);
            continue;
        }
        uint32_t end = fill_slice(facts, &slice, first);
        read_together(facts, &slice, first, end);
        first = end;
    }
    slices_add_stubs(facts, UINT32_MAX);
}

/* --- one body --- */

static bool find_function(Reader *reader)
{
    if (reader_enter_to(reader, SYNTAX_FUNCTION)) return true;
    if (!reader_enter_to(reader, SYNTAX_DECORATED)) return false;
    if (reader_enter_to(reader, SYNTAX_FUNCTION)) return true;
    reader_leave(reader);
    return false;
}

static void read_body_tree(Facts *facts, TSTree *tree, NodeId function)
{
    Reader reader = parser_reader(facts, tree);
    Node *node = node_at(facts, function);
    bool found = find_function(&reader);
    if (found && node->flags & FLAG_HEADER_UNREAD) {
        read_function_parts(&reader, node);
        return;
    }
    if (!found || !reader_enter_to(&reader, SYNTAX_BLOCK)) {
        node->second = read_damaged(&reader, node->span, "syntax error");
        return;
    }
    node->second = read_block(&reader);
    if (reader.has_yield) node->flags |= FLAG_GENERATOR;
}

void slices_read_header(Facts *facts, NodeId function)
{
    Node *node = node_at(facts, function);
    Slice slice = {0};
    Span span = {node->span.start, facts->outline->regions[node->level - 1].header.end};
    if (span.start >= span.end || is_too_large(span)) return;
    slice_add(&slice, span);
    TSTree *tree = parse_slice(facts, &slice);
    if (is_intact(tree)) {
        Reader reader = parser_reader(facts, tree);
        if (find_function(&reader)) {
            read_function_parts(&reader, node);
            node->flags &= (uint16_t)~FLAG_HEADER_UNREAD;
        }
    }
    drop_tree(tree);
}

void slices_read_body(Facts *facts, NodeId function)
{
    Node *node = node_at(facts, function);
    const Region *region = &facts->outline->regions[node->level - 1];
    node->flags &= (uint16_t) ~(FLAG_UNREAD | FLAG_GENERATOR);
    Span span = {node->span.start, region->span.end};
    if (is_too_large(span)) {
        leave_out(facts, node->span);
        return;
    }
    if (span.start >= span.end) return;
    TSTree *tree = parse_span(facts, span);
    if (tree)
        read_body_tree(facts, tree, function);
    else
        node->second = give_up(facts, span);
    node->flags &= (uint16_t)~FLAG_HEADER_UNREAD;
    drop_tree(tree);
}

/* --- a text of its own --- */

static NodeId read_only_expression(Reader *reader)
{
    size_t statements = 0, values = 0;
    NodeId id = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        statements++;
        if (reader->syntax != SYNTAX_EXPRESSION_STATEMENT) continue;
        for (bool found = reader_enter(reader); found; found = reader_next(reader)) {
            values++;
            if (EXPRESSION_READERS[reader->syntax]) id = read_expression(reader);
        }
    }
    return statements == 1 && values == 1 ? id : 0;
}

/* What was read from another text stands nowhere in this one. */
static void forget_places(Facts *facts, NodeId first_node, size_t first_damage)
{
    for (NodeId id = first_node; id < facts->node_count; id++)
        node_at(facts, id)->span = (Span){0, 0};
    for (size_t i = first_damage; i < facts->damage_count; i++)
        facts->damages[i].span = (Span){0, 0};
}

NodeId slices_read_expression(Facts *facts, Str text)
{
    Str whole = facts->text;
    NodeId first_node = facts->node_count;
    size_t first_damage = facts->damage_count;
    Span span = {0, (uint32_t)text.len};
    TSTree *tree = parser_parse(facts->parser, (Source){.text = text}, &span, 1);
    NodeId id = 0;
    facts->text = text;
    if (is_intact(tree)) {
        Reader reader = parser_reader(facts, tree);
        id = read_only_expression(&reader);
    }
    facts->text = whole;
    forget_places(facts, first_node, first_damage);
    drop_tree(tree);
    return id;
}
