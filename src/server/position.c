#include "server/position.h"

#include "base/visible.h"

#include "base/banned.h"

const char *position_encoding_text(PositionEncoding encoding)
{
    static const char *const names[] = {
        [POSITION_UTF8] = "utf-8", [POSITION_UTF16] = "utf-16", [POSITION_UTF32] = "utf-32"};
    return names[encoding];
}

/* Units of the character at the start of the text, and its bytes. */
static uint32_t first_units(Str text, PositionEncoding encoding, size_t *bytes)
{
    uint32_t code;
    *bytes = glyph_read(text, &code);
    if (encoding == POSITION_UTF8) return (uint32_t)*bytes;
    return encoding == POSITION_UTF16 && code > 0xFFFF ? 2 : 1;
}

uint32_t position_units(Str line, uint32_t column1, PositionEncoding encoding)
{
    uint32_t units = 0;
    size_t bytes;
    for (uint32_t column = 1; column < column1 && line.len; column++) {
        units += first_units(line, encoding, &bytes);
        line = str_drop(line, bytes);
    }
    return units;
}

size_t position_bytes(Str line, uint32_t units, PositionEncoding encoding)
{
    size_t at = 0, bytes;
    while (at < line.len) {
        uint32_t wide = first_units(str_drop(line, at), encoding, &bytes);
        if (wide > units) break;
        units -= wide;
        at += bytes;
    }
    return at;
}

/* Bytes of the line end at the offset; 0: none is there. */
static size_t line_end_bytes(Str text, size_t at)
{
    if (at >= text.len) return 0;
    if (text.ptr[at] == '\r') return at + 1 < text.len && text.ptr[at + 1] == '\n' ? 2 : 1;
    return text.ptr[at] == '\n' ? 1 : 0;
}

static size_t line_end(Str text, size_t at)
{
    while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r')
        at++;
    return at;
}

size_t position_offset(Str text, ClientPosition position, PositionEncoding encoding)
{
    size_t start = 0;
    for (uint32_t line = 0; line < position.line; line++) {
        size_t end = line_end(text, start);
        if (end == text.len) return text.len;
        start = end + line_end_bytes(text, end);
    }
    Str line = str_part(text, start, line_end(text, start));
    return start + position_bytes(line, position.character, encoding);
}
