/* text.h - one file's text as UTF-8, and its lines.
 *
 * Shape   bytes as read -> UTF-8 without BOM. Line ends stay as they are (LF, CRLF, lone CR counts as a line end).
 *         Bytes that the declared encoding does not allow become U+FFFD and are counted.
 * Owner   the arena handed in. */
#ifndef LOOPSAFE_SOURCE_TEXT_H
#define LOOPSAFE_SOURCE_TEXT_H

#include "base/str.h"
#include "source/span.h"

typedef struct SourceText {
    Str text;                /* UTF-8, followed by a NUL that is not counted */
    const char *encoding;    /* "utf-8", "latin-1" … ; as declared by PEP 263 or the BOM */
    uint32_t replaced_count; /* bytes that were not valid in that encoding */
    bool unknown_encoding;   /* declared, but not one we know: read as UTF-8, else Latin-1 */
    bool has_nul;            /* a NUL byte stands in the text; Python refuses such a file */
    bool has_bom;            /* a byte order mark was dropped: offsets on disk are 3 (or 2) bytes more */
} SourceText;

/* Decodes bytes as Python would (BOM, then a coding cookie in the first two lines, else UTF-8). */
SourceText text_decode(Arena *arena, Str bytes);

/* What the C library calls an encoding that text_decode named. */
const char *text_library_encoding(const char *encoding);

/* Offsets at which lines start. */
typedef struct Lines {
    Str text;
    uint32_t *starts; /* starts[0] is 0 */
    uint32_t count;
} Lines;

Lines lines_index(Arena *arena, Str text);
uint32_t lines_row1(const Lines *lines, uint32_t offset);
Position lines_position(const Lines *lines, uint32_t offset);
/* A line's text without its line end; row1 beyond the file gives the empty text. */
Str lines_line(const Lines *lines, uint32_t row1);

#endif
