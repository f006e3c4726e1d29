/* path.h - paths and file URIs by their spelling: nothing here looks at the disk.
 *
 * Owner   the caller's Buf. */
#ifndef LOOPSAFE_BASE_PATH_H
#define LOOPSAFE_BASE_PATH_H

#include "base/buf.h"

/* Appends the path, a relative one behind the absolute directory, with `.`, `..` and double slashes resolved. */
void path_add_absolute(Buf *buf, Str directory, Str path);
/* A part of the path is `..`. */
bool path_climbs(Str path);
/* The path lies in the directory, or is it; both absolute, without a slash at the end (but for "/"). */
bool path_is_below(Str path, Str directory);

/* Appends the path as a URI writes it: what is not a letter, a digit, a slash or one of `-._~` in percent form. */
void uri_add_path(Buf *buf, Str path);
/* Appends the path of a file URI, with its percent forms undone; false: the URI is of another kind or broken, and buf
 * is as it was. */
bool uri_read_path(Buf *buf, Str uri) __attribute__((warn_unused_result));

#endif
