#include "python/facts_layout.h"

#include <string.h>

#include "base/banned.h"

const char *const damage_texts[DAMAGE_TEXT_COUNT] = {"syntax error", "nested too deeply", "region too large",
                                                     "too costly to parse"};

static const uint8_t ITEM_BYTES[SECTION_COUNT] = {
    [SECTION_REGIONS] = sizeof(SavedRegion),
    [SECTION_REGION_NODES] = sizeof(NodeId),
    [SECTION_REGION_LAST] = sizeof(NodeId),
    [SECTION_MARKERS] = sizeof(SavedMarker),
    [SECTION_COMMENTS] = sizeof(Span),
    [SECTION_DAMAGES] = sizeof(SavedDamage),
    [SECTION_EXPRESSIONS] = sizeof(SavedExpression),
    [SECTION_NAME_LENGTHS] = sizeof(uint32_t),
    [SECTION_WIDE] = sizeof(WideNode),
    [SECTION_STARTS] = sizeof(int16_t),
    [SECTION_LENGTHS] = sizeof(uint16_t),
    [SECTION_TAIL] = sizeof(uint16_t),
    [SECTION_KINDS] = 1,
    [SECTION_PARTS] = 1,
    [SECTION_NAMES] = 1,
};

_Static_assert(sizeof(BlobHeader) == 4 * (9 + SECTION_COUNT) + 16, "the header has no padding");

BlobPlaces blob_places(const uint32_t *counts)
{
    BlobPlaces places;
    uint64_t at = sizeof(BlobHeader);
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        places.at[i] = at;
        at += (uint64_t)counts[i] * ITEM_BYTES[i];
    }
    places.at[SECTION_COUNT] = at;
    return places;
}

typedef struct Saver {
    const Facts *facts;
    Arena scratch;
    Map names; /* to the index in the blob */
    Buf name_bytes;
    Buf name_lengths;
    Buf wide;
    int16_t *starts;
    uint16_t *lengths;
    uint16_t *tail, *tail_at;
    uint8_t *kinds, *parts;
    uint32_t start; /* of the node before */
} Saver;

/* --- names --- */

static uint32_t save_name(Saver *saver, Name name)
{
    if (!name) return 0;
    uint32_t known = map_find(&saver->names, name);
    if (known != MAP_NONE) return known;
    uint32_t index = (uint32_t)saver->names.count + 1;
    map_put(&saver->names, name, index);
    buf_add(&saver->name_lengths, (Str){(const char *)&name->len, sizeof name->len});
    buf_add(&saver->name_bytes, name_str(name));
    return index;
}

/* --- nodes --- */

typedef struct Packing {
    uint16_t *at;
    uint8_t parts;
    bool fits;
} Packing;

static void pack_link(Packing *packing, uint8_t part, NodeId id, NodeId link)
{
    if (!link) return;
    int64_t distance = (int64_t)link - id;
    packing->fits &= distance >= INT16_MIN && distance <= INT16_MAX;
    packing->parts |= part;
    *packing->at++ = (uint16_t)(int16_t)distance;
}

static void pack_number(Packing *packing, uint32_t number)
{
    packing->fits &= number <= UINT16_MAX;
    *packing->at++ = (uint16_t)number;
}

static bool pack_node(Saver *saver, NodeId id, const Node *node, uint32_t name)
{
    Packing packing = {.at = saver->tail_at, .fits = true};
    int64_t distance = (int64_t)node->span.start - saver->start;
    uint32_t length = node->span.end - node->span.start;
    pack_link(&packing, PART_FIRST, id, node->first);
    pack_link(&packing, PART_SECOND, id, node->second);
    pack_link(&packing, PART_NEXT, id, node->next);
    if (name) {
        packing.parts |= PART_NAME;
        pack_number(&packing, name);
    }
    pack_link(&packing, PART_THIRD, id, node->third);
    pack_link(&packing, PART_FOURTH, id, node->fourth);
    if (node->flags || node->level) {
        packing.parts |= PART_EXTRA;
        pack_number(&packing, node->flags);
        pack_number(&packing, node->level);
    }
    if (!packing.fits || distance < INT16_MIN || distance > INT16_MAX || length > UINT16_MAX) return false;
    saver->starts[id - 1] = (int16_t)distance;
    saver->lengths[id - 1] = (uint16_t)length;
    saver->parts[id - 1] = packing.parts;
    saver->tail_at = packing.at;
    return true;
}

static void save_wide(Saver *saver, NodeId id, const Node *node, uint32_t name)
{
    WideNode wide = {.span = node->span,
                     .flags = node->flags,
                     .level = node->level,
                     .name = name,
                     .first = node->first,
                     .second = node->second,
                     .third = node->third,
                     .fourth = node->fourth,
                     .next = node->next};
    saver->starts[id - 1] = 0;
    saver->lengths[id - 1] = 0;
    saver->parts[id - 1] = PART_WIDE;
    buf_add(&saver->wide, (Str){(const char *)&wide, sizeof wide});
}

static void save_nodes(Saver *saver)
{
    uint32_t count = saver->facts->node_count - 1;
    saver->starts = arena_array(&saver->scratch, count, sizeof *saver->starts);
    saver->lengths = arena_array(&saver->scratch, count, sizeof *saver->lengths);
    saver->kinds = arena_array(&saver->scratch, count, 1);
    saver->parts = arena_array(&saver->scratch, count, 1);
    saver->tail = arena_array(&saver->scratch, ((size_t)count + 1) * TAIL_PADDING, sizeof *saver->tail);
    saver->tail_at = saver->tail;
    for (NodeId id = 1; id <= count; id++) {
        const Node *node = node_at(saver->facts, id);
        uint32_t name = save_name(saver, node->name);
        saver->kinds[id - 1] = node->kind;
        if (!pack_node(saver, id, node, name)) save_wide(saver, id, node, name);
        saver->start = node->span.start;
    }
    memset(saver->tail_at, 0, TAIL_PADDING * sizeof *saver->tail_at);
    saver->tail_at += TAIL_PADDING;
}

/* --- the rest --- */

static SavedRegion pack_region(Str text, const Region *region)
{
    SavedRegion saved = {.kind_and_flags = region->kind,
                         .start = region->span.start,
                         .end = region->span.end,
                         .header_end = region->header.end,
                         .parent = region->parent,
                         .indent = region->indent};
    if (region->is_async) saved.kind_and_flags |= REGION_SAVED_IS_ASYNC;
    if (region->has_async) saved.kind_and_flags |= REGION_SAVED_HAS_ASYNC;
    if (region->has_yield) saved.kind_and_flags |= REGION_SAVED_HAS_YIELD;
    if (region->broken) saved.kind_and_flags |= REGION_SAVED_BROKEN;
    if (!region->name.len) return saved;
    saved.name_start = (uint32_t)(region->name.ptr - text.ptr);
    saved.name_bytes = (uint32_t)region->name.len;
    return saved;
}

static SavedRegion *pack_regions(Saver *saver)
{
    const Outline *outline = saver->facts->outline;
    SavedRegion *saved = arena_array(&saver->scratch, outline->region_count, sizeof *saved);
    for (uint32_t i = 0; i < outline->region_count; i++)
        saved[i] = pack_region(outline->text, &outline->regions[i]);
    return saved;
}

static SavedMarker *pack_markers(Saver *saver)
{
    const Outline *outline = saver->facts->outline;
    SavedMarker *saved = arena_array(&saver->scratch, outline->marker_count, sizeof *saved);
    for (uint32_t i = 0; i < outline->marker_count; i++)
        saved[i] = (SavedMarker){outline->markers[i].span, outline->markers[i].own_line};
    return saved;
}

static SavedDamage *pack_damages(Saver *saver)
{
    const Facts *facts = saver->facts;
    SavedDamage *saved = arena_array(&saver->scratch, facts->damage_count, sizeof *saved);
    for (size_t i = 0; i < facts->damage_count; i++) {
        saved[i].span = facts->damages[i].span;
        while (saved[i].what < DAMAGE_TEXT_COUNT &&
               strcmp(damage_texts[saved[i].what], facts->damages[i].what) != 0)
            saved[i].what++;
    }
    return saved;
}

static SavedExpression *pack_expressions(Saver *saver)
{
    const Facts *facts = saver->facts;
    SavedExpression *saved = arena_array(&saver->scratch, facts->expression_count, sizeof *saved);
    for (uint32_t i = 0; i < facts->expression_count; i++)
        saved[i] =
            (SavedExpression){save_name(saver, facts->expressions[i].text), facts->expressions[i].node};
    return saved;
}

static BlobHeader header_of(const Facts *facts)
{
    return (BlobHeader){.magic = FACTS_BLOB_MAGIC,
                        .version = FACTS_BLOB_VERSION,
                        .node_bytes = sizeof(Node),
                        .kinds = NODE_KIND_COUNT,
                        .text_bytes = (uint32_t)facts->text.len,
                        .mode = facts->mode,
                        .has_main_guard = facts->outline->has_main_guard,
                        .module_first = facts->module_first,
                        .module_last = facts->module_last,
                        .bytes_parsed = facts->bytes_parsed,
                        .limits_reached = facts->limits_reached};
}

typedef struct Items {
    const void *items;
    size_t count;
} Items;

static void write_sections(const Facts *facts, const Items *sections, Buf *out)
{
    BlobHeader header = header_of(facts);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        header.counts[i] = (uint32_t)sections[i].count;
    buf_add(out, (Str){(const char *)&header, sizeof header});
    for (size_t i = 0; i < SECTION_COUNT; i++)
        buf_add(out, (Str){sections[i].items, sections[i].count * ITEM_BYTES[i]});
}

void facts_save(const Facts *facts, Buf *out)
{
    const Outline *outline = facts->outline;
    Saver saver = {.facts = facts};
    arena_init(&saver.scratch);
    map_init(&saver.names, &saver.scratch);
    save_nodes(&saver);
    size_t count = facts->node_count - 1;
    Items sections[SECTION_COUNT] = {
        [SECTION_REGIONS] = {pack_regions(&saver), outline->region_count},
        [SECTION_REGION_NODES] = {facts->region_nodes, outline->region_count},
        [SECTION_REGION_LAST] = {facts->region_last, outline->region_count},
        [SECTION_MARKERS] = {pack_markers(&saver), outline->marker_count},
        [SECTION_COMMENTS] = {outline->comments, outline->comment_count},
        [SECTION_DAMAGES] = {pack_damages(&saver), facts->damage_count},
        [SECTION_EXPRESSIONS] = {pack_expressions(&saver), facts->expression_count},
        [SECTION_STARTS] = {saver.starts, count},
        [SECTION_LENGTHS] = {saver.lengths, count},
        [SECTION_TAIL] = {saver.tail, (size_t)(saver.tail_at - saver.tail)},
        [SECTION_KINDS] = {saver.kinds, count},
        [SECTION_PARTS] = {saver.parts, count},
    };
    sections[SECTION_WIDE] = (Items){saver.wide.data, saver.wide.len / sizeof(WideNode)};
    sections[SECTION_NAME_LENGTHS] = (Items){saver.name_lengths.data, saver.names.count};
    sections[SECTION_NAMES] = (Items){saver.name_bytes.data, saver.name_bytes.len};
    write_sections(facts, sections, out);
    buf_free(&saver.wide);
    buf_free(&saver.name_lengths);
    buf_free(&saver.name_bytes);
    arena_free(&saver.scratch);
}
