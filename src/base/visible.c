#include "base/visible.h"

#include "base/banned.h"

enum { CODE_UNKNOWN = 0xfffd, CODE_PICTURES = 0x2400, CODE_PICTURE_DELETE = 0x2421 };

typedef struct CodeRange {
    uint32_t first;
    uint32_t last;
} CodeRange;

#include "base/visible_cells.inc"

/* Turn the reading direction or end a line: what is read would not be what runs. */
static const CodeRange misleading[] = {
    {0x061c, 0x061c},
    {0x200e, 0x200f},
    {0x2028, 0x202e},
    {0x2066, 0x2069},
};

static bool range_has(const CodeRange *ranges, size_t count, uint32_t code)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (code < ranges[middle].first)
            high = middle;
        else if (code > ranges[middle].last)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

#define RANGE_HAS(ranges, code) range_has((ranges), sizeof(ranges) / sizeof(ranges)[0], (code))

static size_t sequence_length(unsigned char first)
{
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 1;
}

size_t glyph_read(Str text, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text.ptr[0];
    size_t length = sequence_length(first);
    *code = CODE_UNKNOWN;
    if (first < 0x80) *code = first;
    if (length == 1 || length > text.len) return 1;
    uint32_t value = first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text.ptr[i];
        if ((next & 0xc0) != 0x80) return 1;
        value = value << 6 | (next & 0x3fu);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) return 1;
    *code = value;
    return length;
}

uint32_t glyph_visible(uint32_t code)
{
    if (code == '\t') return code;
    if (code < ' ') return CODE_PICTURES + code;
    if (code == 0x7f) return CODE_PICTURE_DELETE;
    if (code >= 0x80 && code < 0xa0) return CODE_UNKNOWN;
    return RANGE_HAS(misleading, code) ? CODE_UNKNOWN : code;
}

unsigned glyph_cells(uint32_t code)
{
    if (code < 0x300) return code == 0xad ? 0 : 1;
    if (RANGE_HAS(combining, code)) return 0;
    return RANGE_HAS(wide, code) ? 2 : 1;
}

void glyph_add(Buf *buf, uint32_t code)
{
    if (code < 0x80) {
        buf_add_byte(buf, (char)code);
        return;
    }
    unsigned more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned mark[] = {0, 0xc0, 0xe0, 0xf0};
    buf_add_byte(buf, (char)(mark[more] | code >> 6 * more));
    while (more--)
        buf_add_byte(buf, (char)(0x80u | (code >> 6 * more & 0x3fu)));
}

void visible_add(Buf *buf, Str text)
{
    while (text.len) {
        uint32_t code;
        size_t length = glyph_read(text, &code);
        glyph_add(buf, code == '\t' ? CODE_PICTURES + code : glyph_visible(code));
        text = str_part(text, length, text.len);
    }
}
