/* locate.h - places of findings as the client wants them: URIs, lines and units from 0.
 *
 * Owner   nothing.
 * Threads one, after run_join. */
#ifndef LOOPSAFE_SERVER_LOCATE_H
#define LOOPSAFE_SERVER_LOCATE_H

#include "server/run.h"

ClientPosition locate_position(const RunText *text, Position position, PositionEncoding encoding);
/* Appends the URI as the client spelled it, else as a file's. */
void locate_add_uri(Buf *buf, const RunText *text);
/* These write one member of an object. */
void locate_write_uri(JsonOut *out, const char *key, const RunText *text);
void locate_write_range(JsonOut *out, const char *key, const RunText *text, const Place *place,
                        PositionEncoding encoding);
/* {"uri", "range"} */
void locate_write_location(JsonOut *out, const char *key, Run *run, const Place *place,
                           PositionEncoding encoding);

#endif
