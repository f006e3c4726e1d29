#include "python/read.h"

#include <string.h>

#include "base/banned.h"

TSNode reader_tree_node(const Reader *reader)
{
    return ts_tree_cursor_current_node(reader->cursor);
}

void reader_load(Reader *reader)
{
    TSNode node = reader_tree_node(reader);
    TSSymbol symbol = ts_node_symbol(node);
    reader->syntax = symbol < reader->parser->symbols ? (Syntax)reader->parser->syntax[symbol] : SYNTAX_ERROR;
    reader->span = (Span){ts_node_start_byte(node), ts_node_end_byte(node)};
}

static bool skip_extras(Reader *reader)
{
    for (;;) {
        reader_load(reader);
        if (reader->syntax != SYNTAX_EXTRA) return true;
        if (!ts_tree_cursor_goto_next_sibling(reader->cursor)) break;
    }
    ts_tree_cursor_goto_parent(reader->cursor);
    return false;
}

bool reader_enter(Reader *reader)
{
    return ts_tree_cursor_goto_first_child(reader->cursor) && skip_extras(reader);
}

bool reader_next(Reader *reader)
{
    if (ts_tree_cursor_goto_next_sibling(reader->cursor)) return skip_extras(reader);
    ts_tree_cursor_goto_parent(reader->cursor);
    return false;
}

void reader_leave(Reader *reader)
{
    ts_tree_cursor_goto_parent(reader->cursor);
}

bool reader_enter_to(Reader *reader, Syntax syntax)
{
    for (bool more = reader_enter(reader); more; more = reader_next(reader))
        if (reader->syntax == syntax) return true;
    return false;
}

static unsigned chunk_of(NodeId id, uint32_t *within)
{
    uint32_t shifted = id + NODE_FIRST_CHUNK;
    unsigned chunk = 31u - (unsigned)__builtin_clz(shifted) - 6u;
    *within = shifted - ((uint32_t)NODE_FIRST_CHUNK << chunk);
    return chunk;
}

Node *node_at(const Facts *facts, NodeId id)
{
    uint32_t within;
    unsigned chunk = chunk_of(id, &within);
    return &facts->chunks[chunk][within];
}

void facts_hold_nodes(Facts *facts, Node *nodes)
{
    for (uint32_t chunk = 0, start = 0; start < facts->node_count; chunk++) {
        facts->chunks[chunk] = nodes + start;
        start += (uint32_t)NODE_FIRST_CHUNK << chunk;
    }
    facts->is_tight = true;
}

void facts_loosen(Facts *facts)
{
    if (!facts->is_tight) return;
    uint32_t within;
    unsigned chunk = chunk_of(facts->node_count - 1, &within);
    Node *roomy = arena_array(facts->arena, (size_t)NODE_FIRST_CHUNK << chunk, sizeof *roomy);
    memcpy(roomy, facts->chunks[chunk], ((size_t)within + 1) * sizeof *roomy);
    facts->chunks[chunk] = roomy;
    facts->is_tight = false;
}

NodeId facts_add_node(Facts *facts, NodeKind kind, Span span)
{
    NodeId id = facts->node_count++;
    uint32_t within;
    unsigned chunk = chunk_of(id, &within);
    if (chunk >= NODE_CHUNKS) memory_exhausted();
    if (!facts->chunks[chunk])
        facts->chunks[chunk] = arena_array(facts->arena, (size_t)NODE_FIRST_CHUNK << chunk, sizeof(Node));
    Node *node = &facts->chunks[chunk][within];
    node->kind = (uint8_t)kind;
    node->span = span;
    return id;
}

NodeId node_new(Reader *reader, NodeKind kind, Span span)
{
    return facts_add_node(reader->facts, kind, span);
}

NodeId node_link(Reader *reader, NodeKind kind, Span span, NodeId first, NodeId second)
{
    NodeId id = facts_add_node(reader->facts, kind, span);
    Node *node = node_at(reader->facts, id);
    node->first = first;
    node->second = second;
    return id;
}

void list_add(Reader *reader, List *list, NodeId id)
{
    if (!id) return;
    if (list->last)
        node_at(reader->facts, list->last)->next = id;
    else
        list->first = id;
    list->last = id;
}

/* A few operations whatever the length: most names are met again and again. */
static uint32_t cache_slot(Str text)
{
    uint64_t first = 0, last = 0;
    size_t some = text.len < sizeof first ? text.len : sizeof first;
    if (some) {
        memcpy(&first, text.ptr, some);
        memcpy(&last, text.ptr + text.len - some, some);
    }
    uint64_t mixed = (first ^ last << 7 ^ last >> 57 ^ text.len) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(mixed >> 40) % NAME_CACHE_SLOTS;
}

Name parser_name(Parser *parser, Str text)
{
    Name *slot = &parser->cache[cache_slot(text)];
    bool known =
        *slot && (*slot)->len == text.len && (!text.len || !memcmp((*slot)->text, text.ptr, text.len));
    if (!known) *slot = names_intern(parser->names, text);
    return *slot;
}

Name reader_name(Reader *reader, Span span)
{
    return parser_name(reader->facts->parser, str_part(reader->facts->text, span.start, span.end));
}

Name reader_token_name(Reader *reader)
{
    TSNode node = reader_tree_node(reader);
    TSSymbol symbol = ts_node_symbol(node);
    Name *slot = &reader->facts->parser->operators[symbol];
    if (!*slot) *slot = names_intern(reader->facts->names, str_from(ts_node_type(node)));
    return *slot;
}

Name reader_dotted_name(Reader *reader, Span span)
{
    Str text = str_part(reader->facts->text, span.start, span.end);
    bool plain = true;
    for (size_t i = 0; i < text.len && plain; i++)
        plain = (unsigned char)text.ptr[i] > ' ' && text.ptr[i] != '\\';
    if (plain || text.len > NAME_BYTES_MOST) return parser_name(reader->facts->parser, text);
    char packed[NAME_BYTES_MOST];
    size_t length = 0;
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        Str part = str_part(reader->facts->text, reader->span.start, reader->span.end);
        memcpy(packed + length, part.ptr, part.len);
        length += part.len;
    }
    return parser_name(reader->facts->parser, (Str){packed, length});
}

void facts_damage(Facts *facts, Span span, const char *what)
{
    if (facts->damage_count == facts->damage_capacity) {
        size_t capacity = facts->damage_capacity ? facts->damage_capacity * 2 : 8;
        Damage *grown = arena_array(facts->arena, capacity, sizeof *grown);
        if (facts->damage_count) memcpy(grown, facts->damages, facts->damage_count * sizeof *grown);
        facts->damages = grown;
        facts->damage_capacity = capacity;
    }
    facts->damages[facts->damage_count++] = (Damage){span, what};
}

NodeId read_damaged(Reader *reader, Span span, const char *what)
{
    facts_damage(reader->facts, span, what);
    return node_new(reader, NODE_DAMAGED, span);
}

bool reader_has_error(const Reader *reader)
{
    return ts_node_has_error(reader_tree_node(reader));
}

static bool is_clause(Syntax syntax)
{
    return syntax == SYNTAX_ELIF || syntax == SYNTAX_ELSE || syntax == SYNTAX_EXCEPT ||
           syntax == SYNTAX_FINALLY || syntax == SYNTAX_CASE;
}

static bool is_suite(Syntax syntax)
{
    return syntax == SYNTAX_BLOCK || syntax == SYNTAX_FUNCTION || syntax == SYNTAX_CLASS;
}

static bool part_intact(Reader *reader)
{
    if (!reader_has_error(reader)) return true;
    if (is_suite(reader->syntax)) return true;
    return is_clause(reader->syntax) && reader_header_intact(reader);
}

bool reader_header_intact(Reader *reader)
{
    for (bool more = reader_enter(reader); more; more = reader_next(reader)) {
        if (part_intact(reader)) continue;
        reader_leave(reader);
        return false;
    }
    return true;
}
