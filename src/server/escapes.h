/* escapes.h - escapes of a JSON text that no text of ours can hold: `\u0000`, and half a surrogate pair.
 *
 * An editor's text may have them; a message must not be lost for that, or every later edit would be applied to another
 * text than the client's. They become U+FFFD, which has as many UTF-16 units. */
#ifndef LOOPSAFE_SERVER_ESCAPES_H
#define LOOPSAFE_SERVER_ESCAPES_H

#include "base/buf.h"

/* Appends the text with such escapes replaced. */
void escapes_mend(Buf *buf, Str json);

#endif
