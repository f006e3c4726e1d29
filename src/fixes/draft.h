/* draft.h - a fix while a shape writes it: edits of the text, imports that they need, what stands against it.
 *
 * Shape   offsets are those of the unit's decoded text; texts are written with "\n", and take the file's own line end when
 *         they become edits.
 * Owner   texts live in the results arena. */
#ifndef LOOPSAFE_FIXES_DRAFT_H
#define LOOPSAFE_FIXES_DRAFT_H

#include "fixes/around.h"
#include "fixes/fixes.h"

typedef struct DraftEdit {
    const Unit *unit;
    Span span;
    Str text;
} DraftEdit;

typedef struct DraftClaim {
    const Unit *unit;
    Span span;
} DraftClaim;

typedef struct Draft {
    const Program *program;
    const Unit *unit; /* of the finding */
    const FixSettings *settings;
    const Report *report;
    const Subject *subject; /* of the report */
    Arena *arena;           /* texts of the fix */
    Str title, note;
    Applicability applicability; /* APPLICABILITY_SAFE unless draft_at_most lowered it */
    Str refusal;                 /* why there can be no edits; empty: none */
    VEC(DraftEdit) edits;
    VEC(DraftClaim) claims;
    VEC(Str) packages;
} Draft;

/* --- edits --- */

void draft_replace(Draft *draft, const Unit *unit, Span span, Str text);
void draft_insert(Draft *draft, const Unit *unit, uint32_t offset, Str text);
/* What must not change in the same round beside the edits themselves. */
void draft_claim(Draft *draft, const Unit *unit, Span span);
/* Names a package that has to be installed. */
void draft_package(Draft *draft, Str package);

/* --- what the fix is --- */

void draft_title(Draft *draft, const char *format, ...) __attribute__((format(printf, 2, 3)));
void draft_note(Draft *draft, const char *format, ...) __attribute__((format(printf, 2, 3)));
void draft_at_most(Draft *draft, Applicability most);
/* No edits: the reason is one line without a full stop, "stands in a lambda". The first reason stays. */
void draft_refuse(Draft *draft, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Advice without edits: title and note stay, edits go. */
void draft_display(Draft *draft);
bool draft_is_refused(const Draft *draft);

/* --- reading --- */

const Node *draft_node(const Draft *draft, NodeId node);
/* Text of a node of the finding's unit. */
Str draft_text(const Draft *draft, NodeId node);
/* The function that the finding stands in; NULL: module level. */
const FunctionInfo *draft_function(const Draft *draft);
Str draft_format(const Draft *draft, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The blanks before the line on which the offset stands. */
Str draft_indent(const Draft *draft, const Unit *unit, uint32_t offset);

/* Finds what stands around a node of the finding's function, and refuses where no `await` can stand: in a lambda, a
 * generator expression, a plain function, with a lock of threads held. */
bool draft_may_await(Draft *draft, NodeId node, Around *around);

#define DRAFT_STR(text) (int)(text).len, (text).ptr /* for "%.*s" */

/* --- imports.c: how a thing of another module is written at a place --- */

/* "asyncio.sleep" as it is spelled where node of the unit stands, in the function: through an import that is there, or
 * through one that is added. Empty, and refused: no way to name it. function: NULL at module level. */
Str draft_import(Draft *draft, const Unit *unit, const FunctionInfo *function, Str module, Str member);
/* The same for the finding's function. */
Str draft_name(Draft *draft, Str module, Str member);

#endif
