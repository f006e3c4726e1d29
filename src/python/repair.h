/* repair.h - valid Python that the grammar does not know, written so that it does.
 *
 *   x[*[a], b]         ─▶ x[~[a], b]        a starred display outside a call or list
 *   def f[T = int](x)  ─▶ def f         (x)  defaults of type parameters
 *   f"{total:=^40}"    ─▶ f"{total:<^40}"   a format that starts like a walrus
 *   loop.async(x)      ─▶ loop.a____(x)     Python 2's and 3.6's names
 *   (a +⏎b)            ─▶ (a + b)           line ends inside brackets, which end a block by mistake
 *
 * Shape   a copy of the span of the same length, so that spans stay those of the file; names are read from the file.
 * Source  used only for text that did not parse, and kept only when the copy does. */
#ifndef LOOPSAFE_PYTHON_REPAIR_H
#define LOOPSAFE_PYTHON_REPAIR_H

#include "base/buf.h"
#include "source/span.h"

/* Fills the buffer with the span's text; false when nothing was to be changed. */
bool repair_text(Str text, Span span, Buf *copy);

#endif
