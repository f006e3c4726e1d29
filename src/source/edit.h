/* edit.h - a text changed in some places, and bytes of it for the disk.
 *
 *   bytes ─text_decode─▶ text ─edit_text─▶ text ─text_encode─▶ bytes
 *
 * Shape   what no edit touches stays as it was, byte for byte: line ends, byte order mark, encoding.
 * Owner   the arena handed in.
 * Errors  a text that cannot be written back as it was read gives a reason: one line without a full stop. */
#ifndef LOOPSAFE_SOURCE_EDIT_H
#define LOOPSAFE_SOURCE_EDIT_H

#include "source/text.h"

typedef struct TextEdit {
    Span span; /* of the text before */
    Str text;  /* what stands there afterwards */
} TextEdit;

/* The edits in one go, by offset; insertions at one offset in their order. False: they overlap, or one lies beyond the
 * text. */
bool edit_text(Arena *arena, Str text, const TextEdit *edits, size_t count, Str *edited)
    __attribute__((warn_unused_result));
/* Where a place of the text lies afterwards; what was replaced goes to its start. */
uint32_t edit_offset(const TextEdit *edits, size_t count, uint32_t offset);
/* The edit puts whole lines between others, such as an import, and leaves those as they are. */
bool edit_adds_lines(Str text, Span span, Str added);
/* Bytes of another text in the file's encoding. bytes: those that source was read from. NULL, or why not. */
const char *text_encode(Arena *arena, const SourceText *source, Str bytes, Str text, Str *encoded)
    __attribute__((warn_unused_result));

#endif
