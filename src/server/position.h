/* position.h - columns as the client counts them, and as findings do.
 *
 *   text        "𝄞" x           finding: code points from 1, as in every report
 *   utf-8       5 bytes … 7     client: units from 0, in the encoding that was agreed on
 *   utf-16      4 units … 5
 *   utf-32      3 … 4
 *
 * Shape   a byte that is no UTF-8 counts as one character, U+FFFD. Lines end at LF, CRLF and CR, here and there.
 * Errors  none: what lies beyond a line is its end, what lies inside a character its start. */
#ifndef LOOPSAFE_SERVER_POSITION_H
#define LOOPSAFE_SERVER_POSITION_H

#include "base/str.h"
#include "source/span.h"

typedef enum PositionEncoding {
    POSITION_UTF8,
    POSITION_UTF16,
    POSITION_UTF32,
    POSITION_ENCODINGS
} PositionEncoding;

/* As the client and we count a place: from 0. */
typedef struct ClientPosition {
    uint32_t line;
    uint32_t character; /* units */
} ClientPosition;

/* "utf-16" */
const char *position_encoding_text(PositionEncoding encoding);
/* Units before the column of a line that is given without its end. */
uint32_t position_units(Str line, uint32_t column1, PositionEncoding encoding);
/* Bytes before so many units of the line. */
size_t position_bytes(Str line, uint32_t units, PositionEncoding encoding);
/* Byte offset of a client's position in a text; a line beyond the last is the text's end. */
size_t position_offset(Str text, ClientPosition position, PositionEncoding encoding);

#endif
