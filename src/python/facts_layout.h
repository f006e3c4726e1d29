/* facts_layout.h - the bytes of a facts blob, for facts_save.c and facts_load.c.
 *
 *   header │ regions … wide nodes (4-byte items) │ starts lengths tail (2) │ kinds parts names (1)
 *
 * Shape   sections one behind the other, each an array whose length stands in the header. A node is one item in
 *         starts, lengths, kinds and parts; `parts` says which of its links and fields stand in the tail, in the order
 *         of NodePart. Links are differences to the node's own id. A node that does not fit in 16 bits (a long span, a
 *         far link) has no tail but a WideNode. Node 0 is not stored.
 * Errors  see facts_blob.h. */
#ifndef LOOPSAFE_PYTHON_FACTS_LAYOUT_H
#define LOOPSAFE_PYTHON_FACTS_LAYOUT_H

#include "python/facts_blob.h"
#include "python/read.h"

typedef enum Section {
    SECTION_REGIONS,      /* SavedRegion */
    SECTION_REGION_NODES, /* NodeId, one a region */
    SECTION_REGION_LAST,  /* NodeId, one a region */
    SECTION_MARKERS,      /* SavedMarker */
    SECTION_COMMENTS,     /* Span */
    SECTION_DAMAGES,      /* SavedDamage */
    SECTION_EXPRESSIONS,  /* SavedExpression */
    SECTION_NAME_LENGTHS, /* uint32_t; name 0 is "no name" and not stored */
    SECTION_WIDE,         /* WideNode, in the order of their ids */
    SECTION_STARTS,       /* int16_t: of the span, less that of the node before */
    SECTION_LENGTHS,      /* uint16_t: of the span */
    SECTION_TAIL,         /* uint16_t; TAIL_PADDING zeros at its end */
    SECTION_KINDS,        /* uint8_t */
    SECTION_PARTS,        /* uint8_t: NodePart */
    SECTION_NAMES,        /* the names' bytes */
    SECTION_COUNT
} Section;

enum NodePart {
    PART_FIRST = 1,
    PART_SECOND = 2,
    PART_NEXT = 4,
    PART_NAME = 8, /* index of the name */
    PART_THIRD = 16,
    PART_FOURTH = 32,
    PART_EXTRA = 64, /* two items: flags, level */
    PART_WIDE = 128  /* alone: all of it in a WideNode */
};

enum { TAIL_PADDING = 8 /* what one node takes at most */, FACTS_BLOB_MAGIC = 0x4246534c /* "LSFB" */ };

typedef struct BlobHeader {
    uint32_t magic; /* other bytes on a machine of another byte order */
    uint32_t version;
    uint32_t node_bytes; /* sizeof(Node) */
    uint32_t kinds;      /* NODE_KIND_COUNT */
    uint32_t text_bytes; /* of the text that was read */
    uint32_t mode;       /* FactsMode */
    uint32_t has_main_guard;
    uint32_t module_first, module_last;
    uint32_t counts[SECTION_COUNT]; /* items of each section */
    uint64_t bytes_parsed, limits_reached;
} BlobHeader;

typedef struct SavedRegion {
    uint32_t kind_and_flags; /* RegionKind, and REGION_SAVED_… */
    uint32_t start, end;
    uint32_t header_end; /* its header starts where it does, its body behind the header */
    uint32_t parent, indent;
    uint32_t name_start, name_bytes; /* in the text */
} SavedRegion;

enum {
    REGION_SAVED_KIND = 3,
    REGION_SAVED_IS_ASYNC = 4,
    REGION_SAVED_HAS_ASYNC = 8,
    REGION_SAVED_HAS_YIELD = 16,
    REGION_SAVED_BROKEN = 32
};

typedef struct SavedMarker {
    Span span;
    uint32_t own_line;
} SavedMarker;

typedef struct SavedDamage {
    Span span;
    uint32_t what; /* index into damage_texts */
} SavedDamage;

typedef struct SavedExpression {
    uint32_t name; /* index of its text */
    NodeId node;
} SavedExpression;

typedef struct WideNode {
    Span span;
    uint32_t flags, level, name;
    NodeId first, second, third, fourth, next;
} WideNode;

enum { DAMAGE_TEXT_COUNT = 4 };
extern const char *const damage_texts[DAMAGE_TEXT_COUNT];

/* Where each section starts; the last entry is the size of the whole. */
typedef struct BlobPlaces {
    uint64_t at[SECTION_COUNT + 1];
} BlobPlaces;

BlobPlaces blob_places(const uint32_t *counts);

#endif
