#define _GNU_SOURCE
#include "probe/pytext.h"

#include <string.h>

#include "base/limits.h"
#include "probe/memory.h"

#include "base/banned.h"

/* How a string is stored. */
typedef struct TextHead {
    uint64_t length;
    unsigned width; /* bytes a character */
    bool compact, ascii;
} TextHead;

static bool text_head(const Layout *layout, uint64_t object, TextHead *head)
{
    uint32_t state;
    if (!memory_read_word(object + SIZED_COUNT, &head->length) ||
        !memory_read(object + TEXT_STATE, &state, sizeof state))
        return false;
    state >>= layout->kind_shift;
    head->width = state & 7;
    head->compact = state >> 3 & 1;
    head->ascii = state >> 4 & 1;
    return head->compact && head->length <= LIMIT_PROBE_NAME_BYTES &&
           (head->width == 1 || head->width == 2 || head->width == 4);
}

/* UTF-8 of a character; 0 bytes: no room. */
static size_t put_character(uint32_t character, char *text, size_t room)
{
    if (character >= 0xdc80 && character <= 0xdcff)
        character -= 0xdc00; /* a byte of its own */
    else if (character >= 0x80) {
        static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
        size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
        if (size > room) return 0;
        for (size_t i = size - 1; i > 0; i--, character >>= 6)
            text[i] = (char)(0x80 | (character & 0x3f));
        text[0] = (char)(lead[size] | character);
        return size;
    }
    if (!room) return 0;
    text[0] = (char)character;
    return 1;
}

static uint32_t character_at(const unsigned char *data, unsigned width)
{
    uint32_t character = data[0];
    if (width > 1) character |= (uint32_t)data[1] << 8;
    if (width > 2) character |= (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
    return character;
}

static size_t wide_text(uint64_t address, const TextHead *head, char *text, size_t size)
{
    enum { BLOCK = 64 };
    unsigned char block[BLOCK * 4];
    size_t written = 0;
    for (uint64_t done = 0; done < head->length;) {
        size_t count = head->length - done < BLOCK ? (size_t)(head->length - done) : BLOCK;
        if (!memory_read(address + done * head->width, block, count * head->width)) return 0;
        for (size_t i = 0; i < count; i++) {
            size_t put = put_character(character_at(block + i * head->width, head->width), text + written,
                                       size - written);
            if (!put) return written;
            written += put;
        }
        done += count;
    }
    return written;
}

size_t pytext_read(const Layout *layout, uint64_t object, char *text, size_t size)
{
    TextHead head;
    if (!text_head(layout, object, &head)) return 0;
    if (!head.ascii) return wide_text(object + layout->wide_header, &head, text, size);
    size_t bytes = head.length < size ? (size_t)head.length : size;
    return memory_read(object + layout->ascii_header, text, bytes) ? bytes : 0;
}
