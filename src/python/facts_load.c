#include <string.h>

#include "base/limits.h"
#include "python/facts_layout.h"
#include "python/slice.h"

#include "base/banned.h"

typedef struct Loader {
    Arena *arena;
    Str blob;
    Str text; /* the outline's */
    BlobHeader header;
    BlobPlaces places;
    Outline *outline;
    Facts *facts;
    Name *names;   /* by index; 0 is none */
    uint8_t *seen; /* by node: something links to it */
} Loader;

static const void *section(const Loader *loader, Section which)
{
    return loader->blob.ptr + loader->places.at[which];
}

static uint32_t count_of(const Loader *loader, Section which)
{
    return loader->header.counts[which];
}

static bool span_fits(const Loader *loader, Span span)
{
    return span.start <= span.end && span.end <= loader->text.len;
}

/* --- the whole --- */

static bool header_fits(const BlobHeader *header, Str text)
{
    return header->magic == FACTS_BLOB_MAGIC && header->version == FACTS_BLOB_VERSION &&
           header->node_bytes == sizeof(Node) && header->kinds == NODE_KIND_COUNT &&
           header->text_bytes == text.len && header->mode <= FACTS_WHOLE && header->has_main_guard <= 1;
}

static bool counts_fit(const uint32_t *counts)
{
    return counts[SECTION_REGION_NODES] == counts[SECTION_REGIONS] &&
           counts[SECTION_REGION_LAST] == counts[SECTION_REGIONS] &&
           counts[SECTION_STARTS] == counts[SECTION_KINDS] &&
           counts[SECTION_LENGTHS] == counts[SECTION_KINDS] &&
           counts[SECTION_PARTS] == counts[SECTION_KINDS] && counts[SECTION_TAIL] >= TAIL_PADDING;
}

static bool load_header(Loader *loader)
{
    if (loader->blob.len < sizeof loader->header || loader->blob.len > LIMIT_BLOB_BYTES) return false;
    memcpy(&loader->header, loader->blob.ptr, sizeof loader->header);
    if (!header_fits(&loader->header, loader->text) || !counts_fit(loader->header.counts)) return false;
    loader->places = blob_places(loader->header.counts);
    if (loader->places.at[SECTION_COUNT] != loader->blob.len) return false;
    if ((uintptr_t)loader->blob.ptr % _Alignof(BlobHeader) != 0)
        loader->blob = str_copy(loader->arena, loader->blob);
    return true;
}

/* --- the outline --- */

static bool region_fits(const Loader *loader, const SavedRegion *saved, uint32_t index, uint32_t least)
{
    return saved->kind_and_flags < 2 * REGION_SAVED_BROKEN &&
           (saved->kind_and_flags & REGION_SAVED_KIND) <= REGION_FUNCTION && saved->start >= least &&
           span_fits(loader, (Span){saved->start, saved->end}) &&
           span_fits(loader, (Span){saved->name_start, saved->name_start + saved->name_bytes}) &&
           (saved->parent == REGION_NONE || saved->parent < index);
}

static bool unpack_region(const Loader *loader, const SavedRegion *saved, Region *region)
{
    *region = (Region){.kind = (RegionKind)(saved->kind_and_flags & REGION_SAVED_KIND),
                       .span = {saved->start, saved->end},
                       .parent = saved->parent,
                       .indent = saved->indent,
                       .is_async = (saved->kind_and_flags & REGION_SAVED_IS_ASYNC) != 0,
                       .has_async = (saved->kind_and_flags & REGION_SAVED_HAS_ASYNC) != 0,
                       .has_yield = (saved->kind_and_flags & REGION_SAVED_HAS_YIELD) != 0,
                       .broken = (saved->kind_and_flags & REGION_SAVED_BROKEN) != 0};
    if (region->kind == REGION_RUN) return true;
    region->name = str_part(loader->text, saved->name_start, saved->name_start + saved->name_bytes);
    region->header = (Span){saved->start, saved->header_end};
    region->body = (Span){saved->header_end, saved->end};
    return span_fits(loader, region->header) && span_fits(loader, region->body);
}

static bool load_regions(Loader *loader)
{
    const SavedRegion *saved = section(loader, SECTION_REGIONS);
    Outline *outline = loader->outline;
    uint32_t least = 0;
    outline->region_count = count_of(loader, SECTION_REGIONS);
    outline->regions = arena_array(loader->arena, outline->region_count, sizeof *outline->regions);
    for (uint32_t i = 0; i < outline->region_count; i++) {
        if (!region_fits(loader, &saved[i], i, least)) return false;
        if (!unpack_region(loader, &saved[i], &outline->regions[i])) return false;
        least = saved[i].start;
    }
    return true;
}

static bool load_markers(Loader *loader)
{
    const SavedMarker *saved = section(loader, SECTION_MARKERS);
    Outline *outline = loader->outline;
    outline->marker_count = count_of(loader, SECTION_MARKERS);
    outline->markers = arena_array(loader->arena, outline->marker_count, sizeof *outline->markers);
    for (uint32_t i = 0; i < outline->marker_count; i++) {
        if (!span_fits(loader, saved[i].span) || saved[i].own_line > 1) return false;
        outline->markers[i] = (Comment){saved[i].span, saved[i].own_line == 1};
    }
    return true;
}

static bool load_comments(Loader *loader)
{
    const Span *saved = section(loader, SECTION_COMMENTS);
    Outline *outline = loader->outline;
    outline->comment_count = count_of(loader, SECTION_COMMENTS);
    outline->comments = arena_array(loader->arena, outline->comment_count, sizeof *outline->comments);
    uint32_t least = 0;
    for (uint32_t i = 0; i < outline->comment_count; i++) {
        if (!span_fits(loader, saved[i]) || saved[i].start < least) return false;
        outline->comments[i] = saved[i];
        least = saved[i].end;
    }
    return true;
}

static bool load_outline(Loader *loader)
{
    loader->outline = arena_alloc(loader->arena, sizeof *loader->outline);
    loader->outline->text = loader->text;
    loader->outline->has_main_guard = loader->header.has_main_guard != 0;
    return load_regions(loader) && load_markers(loader) && load_comments(loader);
}

/* --- names --- */

static bool load_names(Loader *loader, Names *names, Parser *parser)
{
    const uint32_t *lengths = section(loader, SECTION_NAME_LENGTHS);
    const char *bytes = section(loader, SECTION_NAMES);
    uint32_t count = count_of(loader, SECTION_NAME_LENGTHS), left = count_of(loader, SECTION_NAMES);
    loader->names = arena_array(loader->arena, (size_t)count + 1, sizeof *loader->names);
    for (uint32_t i = 0; i < count; i++) {
        if (lengths[i] > left) return false;
        Str text = {bytes, lengths[i]};
        loader->names[i + 1] = parser ? parser_name(parser, text) : names_intern(names, text);
        bytes += lengths[i];
        left -= lengths[i];
    }
    return left == 0;
}

/* --- nodes --- */

/* Kinds that never come without a name. */
static const bool IS_NAMED[NODE_KIND_COUNT] = {
    [EXPR_NAME] = true,    [EXPR_ATTRIBUTE] = true,   [EXPR_NUMBER] = true,
    [EXPR_BINARY] = true,  [EXPR_UNARY] = true,       [EXPR_BOOLEAN] = true,
    [EXPR_COMPARE] = true, [STMT_IMPORT_FROM] = true, [ALIAS] = true,
};

enum { FLAGS_KNOWN = 2 * FLAG_SUBJECT - 1, PARTS_RARE = PART_THIRD | PART_FOURTH | PART_EXTRA | PART_WIDE };

/* What the loop over the nodes carries along. */
typedef struct Unpacker {
    const uint16_t *tail;
    const WideNode *wide, *wide_end;
    uint32_t count;      /* of nodes, with node 0 */
    uint32_t name_count; /* with the empty one */
    uint8_t *seen;
    uint32_t bad; /* not 0: something does not fit */
} Unpacker;

/* Notes that something links to the node: nothing else may. `present` is 0 or 1; a link that is absent is 0. */
static inline NodeId claim(Unpacker *unpacker, NodeId link, uint32_t present)
{
    uint32_t beyond = link >= unpacker->count;
    link = beyond ? 0 : link;
    unpacker->bad |= beyond | (unpacker->seen[link] & present);
    unpacker->seen[link] |= (uint8_t)present;
    return link;
}

/* The next item of the tail, if it is this link, without a branch. */
static inline NodeId unpack_link(Unpacker *unpacker, NodeId id, uint32_t present)
{
    uint32_t distance = (uint32_t)(int16_t)*unpacker->tail;
    unpacker->tail += present;
    return claim(unpacker, (id + distance) & (0u - present), present);
}

static inline Name unpack_name(Unpacker *unpacker, const Name *names, uint32_t present)
{
    uint32_t index = *unpacker->tail & (0u - present);
    unpacker->tail += present;
    uint32_t beyond = index >= unpacker->name_count;
    unpacker->bad |= beyond;
    return names[beyond ? 0 : index];
}

static inline uint32_t bit(uint32_t parts, uint32_t part)
{
    return (parts & part) != 0;
}

static void unpack_rare(Unpacker *unpacker, NodeId id, uint32_t parts, Node *node)
{
    node->third = unpack_link(unpacker, id, bit(parts, PART_THIRD));
    node->fourth = unpack_link(unpacker, id, bit(parts, PART_FOURTH));
    if (!(parts & PART_EXTRA)) return;
    node->flags = *unpacker->tail++;
    node->level = *unpacker->tail++;
}

static void unpack_wide(Unpacker *unpacker, const Name *names, uint32_t parts, Node *node)
{
    if (parts != PART_WIDE || unpacker->wide == unpacker->wide_end) {
        unpacker->bad = 1;
        return;
    }
    const WideNode *wide = unpacker->wide++;
    node->span = wide->span;
    node->level = wide->level;
    node->flags = (uint16_t)(wide->flags & FLAGS_KNOWN);
    unpacker->bad |= wide->flags > FLAGS_KNOWN || wide->name >= unpacker->name_count;
    node->name = names[wide->name < unpacker->name_count ? wide->name : 0];
    node->first = claim(unpacker, wide->first, wide->first != 0);
    node->second = claim(unpacker, wide->second, wide->second != 0);
    node->third = claim(unpacker, wide->third, wide->third != 0);
    node->fourth = claim(unpacker, wide->fourth, wide->fourth != 0);
    node->next = claim(unpacker, wide->next, wide->next != 0);
}

/* Flags and level: what a function says of its region must hold when its body is read. */
static bool extra_fits(const Outline *outline, const Node *node)
{
    if (node->flags > FLAGS_KNOWN) return false;
    bool unread = (node->flags & (FLAG_UNREAD | FLAG_HEADER_UNREAD)) != 0;
    if (node->kind != STMT_FUNCTION) return !unread;
    if (!node->level) return !unread;
    if (node->level > outline->region_count) return false;
    const Region *region = &outline->regions[node->level - 1];
    if (region->kind != REGION_FUNCTION) return false;
    return !unread || (node->span.start >= region->span.start && node->span.start <= region->span.end);
}

static bool unpack_nodes(Loader *loader, Node *nodes, uint32_t count)
{
    const int16_t *starts = section(loader, SECTION_STARTS);
    const uint16_t *lengths = section(loader, SECTION_LENGTHS);
    const uint8_t *kinds = section(loader, SECTION_KINDS), *part_bits = section(loader, SECTION_PARTS);
    const uint16_t *tail = section(loader, SECTION_TAIL);
    const uint16_t *tail_end = tail + count_of(loader, SECTION_TAIL) - TAIL_PADDING;
    const WideNode *wide = section(loader, SECTION_WIDE);
    const Name *names = loader->names;
    uint32_t start = 0, text_bytes = (uint32_t)loader->text.len;
    Unpacker unpacker = {.tail = tail,
                         .wide = wide,
                         .wide_end = wide + count_of(loader, SECTION_WIDE),
                         .count = count,
                         .name_count = count_of(loader, SECTION_NAME_LENGTHS) + 1,
                         .seen = loader->seen};
    for (NodeId id = 1; id < count; id++) {
        uint32_t parts = part_bits[id - 1], kind = kinds[id - 1];
        Node *node = &nodes[id];
        int32_t distance = starts[id - 1];
        start += (uint32_t)distance;
        node->kind = (uint8_t)kind;
        node->span = (Span){start, start + lengths[id - 1]};
        node->first = unpack_link(&unpacker, id, bit(parts, PART_FIRST));
        node->second = unpack_link(&unpacker, id, bit(parts, PART_SECOND));
        node->next = unpack_link(&unpacker, id, bit(parts, PART_NEXT));
        node->name = unpack_name(&unpacker, names, bit(parts, PART_NAME));
        if (parts & PARTS_RARE) {
            unpack_rare(&unpacker, id, parts, node);
            if (parts & PART_WIDE) unpack_wide(&unpacker, names, parts, node);
            unpacker.bad |= !extra_fits(loader->outline, node);
            start = node->span.start;
        }
        unpacker.bad |=
            node->span.end < start || node->span.end > text_bytes || kind - 1 >= NODE_KIND_COUNT - 1;
        if (unpacker.bad || unpacker.tail > tail_end || (IS_NAMED[kind] && !node->name)) return false;
    }
    return unpacker.tail == tail_end && unpacker.wide == unpacker.wide_end;
}

/* What nothing but the facts themselves may link to. */
static bool claim_root(Loader *loader, NodeId id)
{
    if (id == 0) return true;
    if (id >= loader->facts->node_count || loader->seen[id]) return false;
    loader->seen[id] = 1;
    return true;
}

static bool load_nodes(Loader *loader)
{
    Facts *facts = loader->facts;
    uint32_t count = count_of(loader, SECTION_KINDS) + 1;
    facts->node_count = count;
    Node *nodes = arena_array(loader->arena, count, sizeof *nodes);
    loader->seen = arena_alloc(loader->arena, count);
    loader->seen[0] = 1;
    if (!unpack_nodes(loader, nodes, count)) return false;
    facts_hold_nodes(facts, nodes);
    facts->module_first = loader->header.module_first;
    facts->module_last = loader->header.module_last;
    return claim_root(loader, facts->module_first) && facts->module_last < count;
}

/* --- the rest --- */

static NodeId *load_ids(Loader *loader, Section which)
{
    const NodeId *saved = section(loader, which);
    uint32_t count = count_of(loader, which);
    NodeId *ids = arena_array(loader->arena, count, sizeof *ids);
    for (uint32_t i = 0; i < count; i++) {
        if (saved[i] >= loader->facts->node_count) return NULL;
        ids[i] = saved[i];
    }
    return ids;
}

static bool load_damages(Loader *loader)
{
    const SavedDamage *saved = section(loader, SECTION_DAMAGES);
    for (uint32_t i = 0; i < count_of(loader, SECTION_DAMAGES); i++) {
        if (!span_fits(loader, saved[i].span) || saved[i].what >= DAMAGE_TEXT_COUNT) return false;
        facts_damage(loader->facts, saved[i].span, damage_texts[saved[i].what]);
    }
    return true;
}

static bool load_expressions(Loader *loader)
{
    const SavedExpression *saved = section(loader, SECTION_EXPRESSIONS);
    for (uint32_t i = 0; i < count_of(loader, SECTION_EXPRESSIONS); i++) {
        if (saved[i].name == 0 || saved[i].name > count_of(loader, SECTION_NAME_LENGTHS)) return false;
        if (!claim_root(loader, saved[i].node)) return false;
        facts_note_expression(loader->facts, loader->names[saved[i].name], saved[i].node);
    }
    return true;
}

static bool load_rest(Loader *loader)
{
    Facts *facts = loader->facts;
    facts->region_nodes = load_ids(loader, SECTION_REGION_NODES);
    facts->region_last = load_ids(loader, SECTION_REGION_LAST);
    facts->mode = (FactsMode)loader->header.mode;
    facts->stubs_done = facts->mode == FACTS_WHOLE ? 0 : loader->outline->region_count;
    facts->bytes_parsed = (size_t)loader->header.bytes_parsed;
    facts->limits_reached = (size_t)loader->header.limits_reached;
    return facts->region_nodes && facts->region_last && load_damages(loader) && load_expressions(loader);
}

Facts *facts_load(Arena *arena, Names *names, Parser *parser, Str text, Str blob)
{
    Loader loader = {.arena = arena, .blob = blob, .text = text};
    if (!load_header(&loader)) return NULL;
    loader.text = outline_text(arena, text);
    if (parser) parser_use_names(parser, names);
    if (!load_outline(&loader) || !load_names(&loader, names, parser)) return NULL;
    Facts *facts = arena_alloc(arena, sizeof *facts);
    *facts = (Facts){
        .arena = arena, .names = names, .parser = parser, .outline = loader.outline, .text = loader.text};
    loader.facts = facts;
    return load_nodes(&loader) && load_rest(&loader) ? facts : NULL;
}
