/* visible.h - text of unknown origin, made fit for a terminal.
 *
 * Shape   one line in, one line out: a control character becomes its picture (U+2400 on); a character that
 *         turns the reading direction or breaks the line, and a byte that is no UTF-8, become U+FFFD.
 *         Cells are columns of a fixed-width terminal: 2 for East Asian wide, 0 for combining characters. */
#ifndef LOOPSAFE_BASE_VISIBLE_H
#define LOOPSAFE_BASE_VISIBLE_H

#include "base/buf.h"

/* Reads the character at the start of text, which must not be empty; returns its length in bytes, at least 1.
 */
size_t glyph_read(Str text, uint32_t *code);
/* What is shown in place of a character; itself for most. A tab stays. */
uint32_t glyph_visible(uint32_t code);
/* Cells of a character that glyph_visible gave, but not of a tab. */
unsigned glyph_cells(uint32_t code);
void glyph_add(Buf *buf, uint32_t code);
/* Appends text as one harmless line; a tab becomes its picture too. */
void visible_add(Buf *buf, Str text);

#endif
