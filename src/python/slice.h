/* slice.h - which parts of a text are parsed together.
 *
 *   class A(B):          ─ header ┐
 *       x = 1            ─ run    │ one slice: all but the bodies that were not asked for
 *       def f(self):     ─ header ┘
 *           ...
 *
 * Shape   a slice is a list of spans in the order of the text; joined they are a program of their own. Members of a
 *         class that start a slice are led by the headers of the classes around them. */
#ifndef LOOPSAFE_PYTHON_SLICE_H
#define LOOPSAFE_PYTHON_SLICE_H

#include "base/fail.h"
#include "python/read.h"

enum {
    SLICE_SPANS_MOST = 48,        /* the lexer looks through them for every token */
    SLICE_JOIN_BYTES = 64 * 1024, /* small regions are parsed together up to this size */
    SOURCE_CHUNK_BYTES = 2048,    /* handed to the parser at a time */
    SOURCE_PASSES_MOST = 64       /* how often the parser may go over a slice; ordinary code takes two */
};

typedef struct Slice {
    Span spans[SLICE_SPANS_MOST];
    size_t count;
    size_t bytes;
} Slice;

/* Adds a span behind the others; touching spans become one. */
void slice_add(Slice *slice, Span span);
/* Where a region's text starts with the line end and the indentation before it, but not before `least`. */
uint32_t slice_lead(const Facts *facts, const Region *region, uint32_t least);

void parser_use_names(Parser *parser, Names *names);
/* What the parser reads: a text, one span of which may be replaced by a copy of the same length. */
typedef struct Source {
    Str text;
    const char *copy; /* or NULL */
    Span copied;
    size_t served; /* bytes handed out so far */
    size_t limit;  /* then the text ends */
} Source;

/* NULL when the parser went over the text too often: its scanner looks ahead without bound. */
TSTree *parser_parse(Parser *parser, Source source, const Span *spans, size_t count);
/* A reader on the tree's root; one at a time for each parser. */
Reader parser_reader(Facts *facts, TSTree *tree);

/* Reads all regions into the facts. */
void slices_read_regions(Facts *facts);
void slices_read_whole(Facts *facts);
/* Adds the nodes of functions that are not parsed and start before the offset: in the order of the text. */
void slices_add_stubs(Facts *facts, uint32_t offset);
/* Reads the header of a function of which nothing was read; leaves it when it does not parse by itself. */
void slices_read_header(Facts *facts, NodeId function);
/* Reads one function's body into its node, and its header when that was left out too. */
void slices_read_body(Facts *facts, NodeId function);
/* Reads a text of its own that is one expression; 0 when it is not. */
NodeId slices_read_expression(Facts *facts, Str text);

#endif
