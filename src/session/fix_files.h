/* fix_files.h - the files that fixes change: their texts before, now, and with the edits of a round.
 *
 *   before ─round─▶ bytes ─round─▶ bytes …          edits, claims ─▶ next
 *
 * Shape   a file is taken up when a fix first wants to edit it. Its `refusal` says why it is not to be changed: out of
 *         the tree, read-only, in an encoding that cannot be written.
 * Owner   the arena handed in; texts of a round that is taken back stay there until the end. */
#ifndef LOOPSAFE_SESSION_FIX_FILES_H
#define LOOPSAFE_SESSION_FIX_FILES_H

#include "base/vec.h"
#include "checks/finding.h"
#include "session/session.h"
#include "source/edit.h"

typedef struct FileEdit {
    TextEdit edit;
    size_t choice; /* index into the round's choices, of the first that wants it */
    size_t order;  /* among the edits of the file, as they came */
} FileEdit;

typedef struct FixFile {
    Str path;           /* as findings name it */
    const char *target; /* absolute, all links resolved; NULL: standard input */
    Str before, bytes;  /* on the disk, and now */
    SourceText source;  /* of bytes */
    Lines lines;
    size_t damages;      /* regions that do not parse */
    const char *refusal; /* one line without a full stop; NULL: it may be changed */
    bool is_locked;      /* it was refused because it may not be written */
    /* Of the round: */
    VEC(FileEdit) edits; /* sorted once the round is complete */
    VEC(Span) claims;
    const TextEdit *plain; /* the edits alone, sorted; NULL: there are none */
    bool is_taken;         /* by a fix that is tried alone */
    Str next;              /* bytes with the edits */
    Str next_text;         /* the same, decoded */
    Lines next_lines;
} FixFile;

typedef struct FixFiles {
    Arena *arena;
    Names *names;
    Parser *parser;
    const Options *options;
    bool writes; /* files will be written: they must be allowed to */
    Str *roots;  /* real paths of what was checked */
    size_t root_count;
    VEC(FixFile *) items;
} FixFiles;

void fix_files_init(FixFiles *files, Arena *arena, const Options *options, bool writes);
void fix_files_free(FixFiles *files);
/* The file, as the session has read it when it is asked for the first time. */
FixFile *fix_files_get(FixFiles *files, const Session *session, Str path);
/* NULL: no fix has wanted to edit it. */
FixFile *fix_files_find(const FixFiles *files, Str path);
/* Forgets the edits of the round. */
void fix_files_clear(FixFiles *files);
/* Applies the edits: fills next. NULL, or why the file cannot be written so. */
const char *fix_file_apply(FixFiles *files, FixFile *file) __attribute__((warn_unused_result));
/* Byte offsets of a place that lies so now, in the text with the edits: with what was put into it, without what was put
 * before and behind it. */
Span fix_file_moved(const FixFile *file, Position start, Position end);
/* The same of what an edit wrote. */
Span fix_file_written(const FixFile *file, Span edited, Str text);
/* Offset of a place of the text with the edits. */
uint32_t fix_file_offset(const FixFile *file, Position after);
/* How many regions of a text do not parse; *row1: the first of them, 0: none. */
size_t fix_files_damages(FixFiles *files, Str text, uint32_t *row1);
/* Takes over what the round made. */
void fix_file_accept(FixFiles *files, FixFile *file);

#endif
