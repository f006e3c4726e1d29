/* html.h - a run as one page for people: the verdict first, then what it rests on.
 *
 * Shape   one HTML file that needs nothing else: no script, no font, no address; its own policy forbids them. Well-formed as
 *         XML, too. Readable in light, dark and print, with a pointer, with the keyboard and read aloud.
 * Owner   the buffer is the caller's.
 * Errors  none: what is too long or too much is cut, and the page says so. */
#ifndef LOOPSAFE_VERIFY_HTML_H
#define LOOPSAFE_VERIFY_HTML_H

#include "base/buf.h"
#include "verify/run.h"

void run_html(Buf *out, const Run *run);

#endif
