#include "session/bytes.h"

#include <string.h>

#include "base/banned.h"

enum { PAYLOAD_BITS = 7, MORE = 0x80, NUMBER_BITS = 64 };

void bytes_add_number(Buf *buf, uint64_t number)
{
    for (; number >= MORE; number >>= PAYLOAD_BITS)
        buf_add_byte(buf, (char)(unsigned char)(number | MORE));
    buf_add_byte(buf, (char)number);
}

void bytes_add_text(Buf *buf, Str text)
{
    bytes_add_number(buf, text.len);
    buf_add(buf, text);
    buf_add_byte(buf, '\0');
}

void bytes_add_key(Buf *buf, StoreKey key)
{
    buf_add(buf, (Str){(const char *)&key, sizeof key});
}

/* The next bytes, or NULL. */
static const char *take(ByteReader *reader, size_t count)
{
    if (reader->bad || count > reader->left.len) {
        reader->bad = true;
        return NULL;
    }
    const char *bytes = reader->left.ptr;
    reader->left = str_part(reader->left, count, reader->left.len);
    return bytes;
}

uint64_t bytes_number(ByteReader *reader)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < NUMBER_BITS; shift += PAYLOAD_BITS) {
        const char *byte = take(reader, 1);
        if (!byte) return 0;
        number |= (uint64_t)((unsigned char)*byte & (MORE - 1)) << shift;
        if (!((unsigned char)*byte & MORE)) return number;
    }
    reader->bad = true;
    return 0;
}

uint32_t bytes_below(ByteReader *reader, uint32_t end)
{
    uint64_t number = bytes_number(reader);
    if (number < end) return (uint32_t)number;
    reader->bad = true;
    return 0;
}

uint32_t bytes_small(ByteReader *reader)
{
    return bytes_below(reader, UINT32_MAX);
}

bool bytes_flag(ByteReader *reader)
{
    return bytes_below(reader, 2) != 0;
}

size_t bytes_count(ByteReader *reader, size_t item_bytes)
{
    uint64_t count = bytes_number(reader);
    if (count <= reader->left.len / item_bytes) return (size_t)count;
    reader->bad = true;
    return 0;
}

Str bytes_text(ByteReader *reader)
{
    size_t length = bytes_count(reader, 1);
    const char *text = take(reader, length + 1);
    if (text && text[length] == '\0') return (Str){text, length};
    reader->bad = true;
    return STR("");
}

StoreKey bytes_key(ByteReader *reader)
{
    StoreKey key = {0, 0};
    const char *bytes = take(reader, sizeof key);
    if (bytes) memcpy(&key, bytes, sizeof key);
    return key;
}
