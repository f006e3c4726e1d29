/* request_text.h - the pieces that requests are written of: targets, header lines, forms.
 *
 * Owner   the caller's Buf. */
#ifndef LOOPSAFE_RUNTIME_REQUEST_TEXT_H
#define LOOPSAFE_RUNTIME_REQUEST_TEXT_H

#include "base/buf.h"

/* Everything but letters, digits and `-._~` in percent form. */
void target_add_value(Buf *target, Str value);
/* As it was written, but for bytes that may not stand in a request line: they are put into percent form. */
void target_add_written(Buf *target, Str written);
/* `https://host/path?query#part` without host and part; a path stays one. Empty: it is neither. */
Str target_of_url(Str url);
/* What stands between the scheme and the path; empty for a path. */
Str url_host(Str url);

/* The name is one that HTTP allows. */
bool header_is_name(Str name);
/* A header that comes with the connection or the body: not for a request to say. */
bool header_is_ours(Str name);
/* Without bytes that would end the line. */
void header_add(Buf *headers, Str name, Str value);
/* The value of the first header of that name, in any case; ptr NULL: none. */
Str header_find(Str headers, Str name);

/* One `name=value` more of a form. */
void form_add(Buf *form, Str name, Str value);

#define MULTIPART_BOUNDARY "loopsafe-part-of-a-form"
void multipart_add(Buf *body, Str name, Str value);
/* A small file: a picture when its name or its kind says so, else a line of text. */
void multipart_add_file(Buf *body, Str name, Str kind);
void multipart_end(Buf *body);

#endif
