#include "source/edit.h"

#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/banned.h"

/* --- edits --- */

static bool are_in_order(Str text, const TextEdit *edits, size_t count)
{
    uint32_t end = 0;
    for (size_t i = 0; i < count; i++) {
        Span span = edits[i].span;
        if (span.start < end || span.end < span.start || span.end > text.len) return false;
        end = span.end;
    }
    return true;
}

bool edit_text(Arena *arena, Str text, const TextEdit *edits, size_t count, Str *edited)
{
    *edited = text;
    if (!are_in_order(text, edits, count)) return false;
    Buf buf;
    buf_init(&buf);
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        buf_add(&buf, str_part(text, at, edits[i].span.start));
        buf_add(&buf, edits[i].text);
        at = edits[i].span.end;
    }
    buf_add(&buf, str_part(text, at, text.len));
    *edited = str_copy(arena, buf_str(&buf));
    buf_free(&buf);
    return edited->len <= LIMIT_FILE_BYTES;
}

uint32_t edit_offset(const TextEdit *edits, size_t count, uint32_t offset)
{
    uint64_t moved = offset;
    for (size_t i = 0; i < count && edits[i].span.start < offset; i++) {
        uint32_t end = edits[i].span.end < offset ? edits[i].span.end : offset;
        moved -= end - edits[i].span.start;
        if (edits[i].span.end <= offset) moved += edits[i].text.len;
    }
    return (uint32_t)moved;
}

static bool starts_line(Str text, uint32_t offset)
{
    return offset == 0 || (offset <= text.len && text.ptr[offset - 1] == '\n');
}

static bool ends_line(Str text, uint32_t offset)
{
    return offset == text.len ||
           (offset < text.len && (text.ptr[offset] == '\n' || text.ptr[offset] == '\r'));
}

bool edit_adds_lines(Str text, Span span, Str added)
{
    if (span.start != span.end || !added.len) return false;
    if (str_ends(added, STR("\n"))) return starts_line(text, span.start);
    return (added.ptr[0] == '\n' || added.ptr[0] == '\r') && ends_line(text, span.start);
}

/* --- encodings --- */

typedef struct Encoding {
    const char *shown; /* SourceText.encoding */
    const char *library;
    const char *mark; /* the byte order mark */
} Encoding;

static Encoding encoding_of(const SourceText *source)
{
    static const Encoding encodings[] = {
        {"utf-8", NULL, "\xEF\xBB\xBF"},       {"utf-16-le", "UTF-16LE", "\xFF\xFE"},
        {"utf-16-be", "UTF-16BE", "\xFE\xFF"}, {"ascii", "ASCII", ""},
        {"latin-1", "ISO-8859-1", ""},         {"iso-8859-15", "ISO-8859-15", ""},
    };
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++)
        if (strcmp(source->encoding, encodings[i].shown) == 0) return encodings[i];
    return (Encoding){source->encoding, text_library_encoding(source->encoding), ""};
}

/* Whole, or not at all: a character that the encoding has not is not to be replaced by another one. */
static bool convert(Arena *arena, const char *library, Str text, Str *converted)
{
    iconv_t converter = iconv_open(library, "UTF-8");
    if (converter == (iconv_t)-1) return false;
    size_t room = text.len * 4 + 16, in_left = text.len;
    char *scratch = memory_alloc(room), *out = scratch;
    char *in = (char *)(uintptr_t)text.ptr; /* iconv does not write there; POSIX forgot the const */
    bool done =
        iconv(converter, &in, &in_left, &out, &room) == 0 && iconv(converter, NULL, NULL, &out, &room) == 0;
    *converted = (Str){arena_copy(arena, scratch, (size_t)(out - scratch)), (size_t)(out - scratch)};
    free(scratch);
    iconv_close(converter);
    return done;
}

static bool encode(Arena *arena, const SourceText *source, Str text, Str *encoded)
{
    Encoding encoding = encoding_of(source);
    *encoded = text;
    if (encoding.library && !convert(arena, encoding.library, text, encoded)) return false;
    if (source->has_bom) *encoded = str_join(arena, str_from(encoding.mark), *encoded, STR(""));
    return true;
}

const char *text_encode(Arena *arena, const SourceText *source, Str bytes, Str text, Str *encoded)
{
    *encoded = STR("");
    if (source->has_nul) return "the file holds NUL bytes";
    if (source->replaced_count) return "the file holds bytes that its encoding does not have";
    if (source->unknown_encoding) return "the file's encoding is not known";
    Str same;
    if (!encode(arena, source, source->text, &same) || !str_equal(same, bytes))
        return "the file's encoding cannot be written back as it was read";
    if (!encode(arena, source, text, encoded))
        return "the fix holds characters that the file's encoding does not have";
    return NULL;
}
