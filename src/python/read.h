/* read.h - from a syntax tree to nodes, with one cursor.
 *
 * Shape   a reader stands on one tree node; `syntax` and `span` are those of the node it moved to last. Every
 *         read_… function starts on its node and comes back to it. The left spine of operators, attributes and calls
 *         is walked in a loop, so that only real nesting counts against LIMIT_NESTING.
 * Errors  a statement that holds a syntax error becomes NODE_DAMAGED; below statements no error is met. */
#ifndef LOOPSAFE_PYTHON_READ_H
#define LOOPSAFE_PYTHON_READ_H

#include "base/map.h"
#include "python/facts.h"
#include "python/syntax.h"

enum { NAME_CACHE_SLOTS = 16384, NAME_BYTES_MOST = 1000, NODE_CHUNKS = 26, NODE_FIRST_CHUNK = 64 };

struct Parser {
    TSParser *parser;
    TSTreeCursor cursor;
    bool has_cursor;
    uint8_t *syntax;  /* by symbol */
    Name *operators;  /* by symbol; of `names` */
    uint32_t symbols; /* how many */
    Names *names;     /* the table that the cached names belong to */
    Name cache[NAME_CACHE_SLOTS];
};

/* A text of its own that was asked for, and what it gave. */
typedef struct Expression {
    Name text;
    NodeId node; /* 0: not one expression */
} Expression;

struct Facts {
    Arena *arena;
    Names *names;
    Parser *parser;
    const Outline *outline;
    Str text; /* what spans point into */
    Str code; /* the same with blanks for comments, which the grammar's scanner reads over and over; no pointer until
                 something is parsed: see facts_code */
    FactsMode mode;
    Node *chunks[NODE_CHUNKS]; /* NODE_FIRST_CHUNK nodes, then twice as many each */
    uint32_t node_count;       /* with node 0 */
    bool is_tight;             /* loaded: the last chunk holds no more than what it was loaded with */
    NodeId *region_nodes;      /* by region: its class or function node */
    NodeId *region_last;       /* by region: last member of a class */
    NodeId module_first, module_last;
    uint32_t stubs_done; /* regions before this one have their stub */
    Damage *damages;
    size_t damage_count;
    size_t damage_capacity;
    Expression *expressions;
    uint32_t expression_count;
    uint32_t expression_capacity;
    Map expression_of; /* by text: index into expressions */
    size_t bytes_parsed;
    size_t limits_reached;
};

typedef struct Reader {
    Facts *facts;
    const Parser *parser;
    TSTreeCursor *cursor;
    Syntax syntax;
    Span span;
    unsigned depth;
    bool has_yield;    /* a yield was met in the innermost function */
    uint32_t last_end; /* end of the last statement */
} Reader;

typedef struct List {
    NodeId first, last;
} List;

typedef NodeId (*ReadNode)(Reader *reader, Span span);

/* Moving. enter and next skip comments; when there is no (further) child they stand on the parent again. */
bool reader_enter(Reader *reader);
bool reader_next(Reader *reader);
void reader_leave(Reader *reader);
void reader_load(Reader *reader);
TSNode reader_tree_node(const Reader *reader);
/* Enters and stops at the first child of that syntax; false and back on the node when there is none. */
bool reader_enter_to(Reader *reader, Syntax syntax);

/* Making. */
NodeId node_new(Reader *reader, NodeKind kind, Span span);
NodeId node_link(Reader *reader, NodeKind kind, Span span, NodeId first, NodeId second);
Node *node_at(const Facts *facts, NodeId id);
void list_add(Reader *reader, List *list, NodeId id);
Name reader_name(Reader *reader, Span span);
Name reader_token_name(Reader *reader);
/* Text of a dotted name without the blanks and line joins that may stand in it. */
Name reader_dotted_name(Reader *reader, Span span);
void facts_damage(Facts *facts, Span span, const char *what);
NodeId read_damaged(Reader *reader, Span span, const char *what);
NodeId facts_add_node(Facts *facts, NodeKind kind, Span span);
/* Facts that were loaded: before the first node is added. The nodes of the last chunk move. */
void facts_loosen(Facts *facts);
/* Points the chunks into an array of exactly node_count nodes. */
void facts_hold_nodes(Facts *facts, Node *nodes);
/* Notes what the text gave. */
void facts_note_expression(Facts *facts, Name text, NodeId node);
Str facts_code(Facts *facts);
/* Names of the parser's table by way of its cache, which takes no lock. */
Name parser_name(Parser *parser, Str text);

/* Reading. */
NodeId read_expression(Reader *reader);
/* All child expressions as a list. */
NodeId read_items(Reader *reader);
/* The arguments of a call or the bases of a class; `**x` is an ARG_KEYWORD without a name. */
NodeId read_arguments(Reader *reader);
NodeId read_string(Reader *reader, Span span);
NodeId read_concatenated(Reader *reader, Span span);
/* The statements of the block, or of the whole tree, that the reader stands on. */
NodeId read_block(Reader *reader);
NodeId read_statement(Reader *reader);
NodeId read_parameters(Reader *reader);
NodeId read_case(Reader *reader, Span span);
bool reader_has_error(const Reader *reader);
/* Compound statements: their header is free of errors. */
bool reader_header_intact(Reader *reader);

extern const ReadNode EXPRESSION_READERS[SYNTAX_COUNT];
extern const ReadNode STATEMENT_READERS[SYNTAX_COUNT];
NodeId read_function(Reader *reader, Span span);
/* The reader stands on a function: fills in parameters, return annotation and body of its node. */
void read_function_parts(Reader *reader, Node *node);
NodeId read_class(Reader *reader, Span span);
NodeId read_decorated(Reader *reader, Span span);
NodeId read_import(Reader *reader, Span span);
NodeId read_import_from(Reader *reader, Span span);
NodeId read_import_future(Reader *reader, Span span);

/* Index of the region whose header holds the byte, or REGION_NONE. */
uint32_t facts_region_at(const Facts *facts, uint32_t offset, RegionKind kind);
/* The body is left out of what is parsed at first. */
bool facts_is_left_out(const Facts *facts, const Region *region);
/* Appends a statement to its class or to the module. */
void facts_append(Facts *facts, uint32_t owner, NodeId id);

#endif
