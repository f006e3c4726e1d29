/* facts.h - what the Python front end reads off a file: statements and expressions, without a grammar's detail.
 *
 *   text ──outline──▶ regions ──parse──▶ trees ──facts──▶ nodes          (no rule is known here)
 *
 * Shape   one array of nodes; node 0 is "none". A node has up to four links and a `next` that makes it an item of
 *         a list. What a link means depends on the kind: see the table at NodeKind. Every function of module and
 *         class level has a node; the body of one that was not asked for is absent (NODE_UNREAD) until facts_read.
 * Owner   the file's arena; names belong to the session.
 * Errors  a region that does not parse becomes NODE_DAMAGED nodes and an entry in `damages`; the rest is intact.
 * Threads one file, one thread. */
#ifndef LOOPSAFE_PYTHON_FACTS_H
#define LOOPSAFE_PYTHON_FACTS_H

#include "base/str.h"
#include "python/outline.h"
#include "source/span.h"

typedef uint32_t NodeId; /* 0: none */

/* Links of each kind: 1 first, 2 second, 3 third, 4 fourth; [..] a list through `next`; "name" the name field. */
typedef enum NodeKind {
    NODE_NONE,
    NODE_DAMAGED, /* text that did not parse, or nests too deep; no links */

    /* expressions */
    EXPR_NAME,      /* name */
    EXPR_ATTRIBUTE, /* 1 object, name attribute */
    EXPR_CALL,      /* 1 callee, 2 [arguments]: expressions, EXPR_STARRED, ARG_KEYWORD */
    ARG_KEYWORD,    /* name (none for **), 1 value */
    EXPR_STARRED,   /* 1 value */
    EXPR_STRING, /* name: contents of a plain literal up to 1000 bytes, adjacent pieces joined, simple escapes
                         kept as written; FLAG_BYTES */
    EXPR_FORMAT, /* f"…" or t"…": 1 [expressions in it]; adjacent pieces joined */
    EXPR_NUMBER, /* name: as written */
    EXPR_TRUE,
    EXPR_FALSE,
    EXPR_NOTHING, /* None */
    EXPR_ELLIPSIS,
    EXPR_AWAIT,              /* 1 value */
    EXPR_YIELD,              /* 1 value; FLAG_FROM */
    EXPR_BINARY,             /* name operator, 1 left, 2 right */
    EXPR_UNARY,              /* name operator (also "not"), 1 value */
    EXPR_COMPARE,            /* name first operator ("is not", "not in" …), 1 [operands] */
    EXPR_BOOLEAN,            /* name "and" or "or", 1 [operands] */
    EXPR_CONDITIONAL,        /* 1 then, 2 test, 3 else */
    EXPR_LAMBDA,             /* 1 [PARAMETER], 2 body expression */
    EXPR_SUBSCRIPT,          /* 1 object, 2 [indices] */
    EXPR_SLICE,              /* 1 [parts that are there] */
    EXPR_TUPLE,              /* 1 [items] */
    EXPR_LIST,               /* 1 [items] */
    EXPR_SET,                /* 1 [items] */
    EXPR_DICT,               /* 1 [PAIR or EXPR_STARRED (for **)] */
    PAIR,                    /* 1 key, 2 value */
    EXPR_LIST_COMPREHENSION, /* 1 element, 2 [CLAUSE_FOR, CLAUSE_IF] */
    EXPR_SET_COMPREHENSION,  /* same */
    EXPR_DICT_COMPREHENSION, /* same; element is a PAIR */
    EXPR_GENERATOR,          /* same */
    CLAUSE_FOR,              /* 1 target, 2 iterable; FLAG_ASYNC */
    CLAUSE_IF,               /* 1 test */
    EXPR_NAMED,              /* name := 1 value */

    /* statements */
    STMT_EXPRESSION, /* 1 value (several values of a bare tuple make an EXPR_TUPLE) */
    STMT_ASSIGN,     /* 1 [targets] (a = b = v has two), 2 value */
    STMT_ANNOTATED,  /* 1 target, 2 annotation, 3 value or none */
    STMT_AUGMENTED,  /* name operator ("+="), 1 target, 2 value */
    STMT_RETURN,     /* 1 value */
    STMT_RAISE,      /* 1 exception, 2 cause */
    STMT_ASSERT,     /* 1 test, 2 message */
    STMT_DELETE,     /* 1 [targets] */
    STMT_PRINT,      /* Python 2: 1 [values] */
    STMT_EXEC,       /* Python 2: 1 [values] */
    STMT_IF,         /* 1 test, 2 [body], 3 [else]; elif is a single STMT_IF in 3 */
    STMT_WHILE,      /* 1 test, 2 [body], 3 [else] */
    STMT_FOR,        /* 1 target, 2 iterable, 3 [body], 4 [else]; FLAG_ASYNC */
    STMT_TRY,        /* 1 [body], 2 [HANDLER], 3 [else], 4 [finally] */
    HANDLER,         /* 1 exception types, 2 [body], name bound or none */
    STMT_WITH,       /* 1 [WITH_ITEM], 2 [body]; FLAG_ASYNC */
    WITH_ITEM,       /* 1 context expression, 2 target or none */
    STMT_MATCH,      /* 1 subject, 2 [CASE] */
    CASE, /* 1 [EXPR_NAME captured], 2 guard or none, 3 [body], 4 [EXPR_NAME/ATTRIBUTE of class patterns that the
             subject itself may match]. A captured name: 1 EXPR_ATTRIBUTE of the class whose keyword it is, or none;
             FLAG_SUBJECT */
    STMT_IMPORT,      /* 1 [ALIAS] */
    STMT_IMPORT_FROM, /* name module without dots ("" for `from . import x`), level dots, 1 [ALIAS] */
    ALIAS,            /* name imported (dotted; "*" for a star), 1 EXPR_NAME after `as` or none */
    STMT_GLOBAL,      /* 1 [EXPR_NAME] */
    STMT_NONLOCAL,    /* 1 [EXPR_NAME] */
    STMT_FUNCTION, /* name, 1 [PARAMETER], 2 [body], 3 [decorator expressions], 4 return annotation; FLAG_ASYNC,
                         FLAG_GENERATOR, FLAG_UNREAD; level: index of its region in the outline + 1, 0 for a nested one */
    PARAMETER,     /* name, 1 annotation, 2 default; FLAG_STAR, FLAG_DOUBLE_STAR, FLAG_KEYWORD_ONLY,
                         FLAG_POSITIONAL_ONLY */
    STMT_CLASS,    /* name, 1 [bases and ARG_KEYWORD], 2 [body], 3 [decorator expressions] */
    STMT_TYPE_ALIAS, /* name, 1 value */
    STMT_PASS,
    STMT_BREAK,
    STMT_CONTINUE,
    NODE_KIND_COUNT
} NodeKind;

enum NodeFlag {
    FLAG_ASYNC = 1,
    FLAG_GENERATOR = 2, /* a yield stands in the function itself */
    FLAG_UNREAD = 4,    /* the body was not asked for yet */
    FLAG_STAR = 8,
    FLAG_DOUBLE_STAR = 16,
    FLAG_KEYWORD_ONLY = 32,
    FLAG_POSITIONAL_ONLY = 64,
    FLAG_BYTES = 128,
    FLAG_FROM = 256,
    FLAG_HEADER_UNREAD =
        512,            /* with FLAG_UNREAD: parameters and return annotation are not there yet either */
    FLAG_SUBJECT = 1024 /* captured by a pattern: the subject itself */
};

typedef struct Node {
    uint8_t kind; /* NodeKind */
    uint16_t flags;
    uint32_t level; /* STMT_IMPORT_FROM, STMT_FUNCTION */
    Span span;      /* of the text it stands for; a decorated definition starts at `def` or `class` */
    Name name;
    NodeId first, second, third, fourth;
    NodeId next;
} Node;

/* A region of the text that is not in the facts. */
typedef struct Damage {
    Span span;        /* the smallest region known to be at fault */
    const char *what; /* "syntax error", "nested too deeply", "region too large", "too costly to parse" */
} Damage;

typedef struct Facts Facts;
typedef struct Parser Parser; /* tree-sitter's, with scratch; one a worker */

/* Once, before any parser and any thread: the library takes its memory as we do, so that none left is exit code 3. */
void parser_setup(void);
Parser *parser_new(void);
void parser_free(Parser *parser);

typedef enum FactsMode {
    FACTS_ON_DEMAND, /* module level, class level, headers, and every function that holds `async` */
    FACTS_WHOLE      /* one parse of the whole file, nothing left out: what the other must equal */
} FactsMode;

/* Reads a file; outline comes from outline_scan of the same text. */
Facts *facts_new(Arena *arena, Names *names, Parser *parser, const Outline *outline, FactsMode mode);
/* Reads the body of a function with FLAG_UNREAD; afterwards the flag is gone, also when the region is damaged.
 * Nodes may move: node pointers taken before are stale. */
void facts_read(Facts *facts, NodeId function);
/* Reads parameters and return annotation of a function with FLAG_HEADER_UNREAD; the flag stays when the header does not
 * parse without its body. */
void facts_read_header(Facts *facts, NodeId function);
/* The parser and the memory that later calls use: whoever takes over a file hands in its own first. */
void facts_use(Facts *facts, Parser *parser, Arena *arena);
/* Reads an expression that is not in the file, such as a string annotation of up to 1000 bytes; its nodes have empty
 * spans. 0 when the text is not one expression. The same text gives the same nodes again; nodes may move. */
NodeId facts_parse_expression(Facts *facts, Str text);

/* First statement of the module. */
NodeId facts_module(const Facts *facts);
const Node *facts_node(const Facts *facts, NodeId id);
size_t facts_node_count(const Facts *facts);
const Outline *facts_outline(const Facts *facts);
const Damage *facts_damages(const Facts *facts, size_t *count);
size_t facts_bytes_parsed(const Facts *facts);
size_t facts_limits_reached(const Facts *facts);
const char *node_kind_text(NodeKind kind);

#endif
