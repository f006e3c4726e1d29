#include "fixes/word_hits.h"

#include "base/banned.h"

/* --- strings and comments --- */

static char byte_at(Str text, size_t at)
{
    return at < text.len ? text.ptr[at] : '\0';
}

/* The letters before a quote say that it opens an f-string. */
static bool opens_format(Str text, size_t quote)
{
    for (size_t at = quote; at-- > 0 && quote - at <= 2;) {
        char letter = text.ptr[at];
        if (letter == 'f' || letter == 'F' || letter == 't' || letter == 'T') return true;
        if (!byte_is_word(letter)) return false;
    }
    return false;
}

static void open_string(WordHits *hits)
{
    char quote = hits->text.ptr[hits->at];
    hits->quote = quote;
    hits->is_format = opens_format(hits->text, hits->at);
    hits->triple = byte_at(hits->text, hits->at + 1) == quote && byte_at(hits->text, hits->at + 2) == quote;
    hits->at += hits->triple ? 3 : 1;
}

static void step_in_string(WordHits *hits)
{
    char byte = hits->text.ptr[hits->at];
    bool closes = byte == hits->quote;
    if (closes && hits->triple)
        closes = byte_at(hits->text, hits->at + 1) == byte && byte_at(hits->text, hits->at + 2) == byte;
    if (closes || (byte == '\n' && !hits->triple)) {
        hits->quote = 0;
        hits->at += closes && hits->triple ? 3 : 1;
    } else {
        hits->at += byte == '\\' ? 2 : 1;
    }
}

static void step_in_code(WordHits *hits)
{
    char byte = hits->text.ptr[hits->at];
    if (hits->in_comment)
        hits->in_comment = byte != '\n';
    else if (byte == '"' || byte == '\'') {
        open_string(hits);
        return;
    } else
        hits->in_comment = byte == '#';
    hits->at++;
}

/* Every step ends behind where it began. */
static HitPlace place_of(WordHits *hits, size_t offset)
{
    while (hits->at < offset)
        if (hits->quote)
            step_in_string(hits);
        else
            step_in_code(hits);
    if (hits->quote && !hits->is_format) return HIT_STRING;
    return hits->in_comment ? HIT_COMMENT : HIT_CODE;
}

/* --- the word --- */

/* Where the word stands alone, from the offset on. */
static size_t find_word(Str text, Str word, size_t from)
{
    for (size_t found; from < text.len; from += found + 1) {
        found = str_find(str_part(text, from, text.len), word);
        if (found == SIZE_MAX) return SIZE_MAX;
        size_t start = from + found, end = start + word.len;
        bool before = start && byte_is_word(text.ptr[start - 1]);
        if (!before && !byte_is_word(byte_at(text, end))) return start;
    }
    return SIZE_MAX;
}

bool word_stands_in(Str text, Str word)
{
    return word.len && find_word(text, word, 0) != SIZE_MAX;
}

bool word_hits_next(WordHits *hits)
{
    size_t from = hits->offset + (hits->found ? 1 : 0);
    size_t found = hits->word.len ? find_word(hits->text, hits->word, from) : SIZE_MAX;
    if (found == SIZE_MAX || found > UINT32_MAX) return false;
    hits->offset = (uint32_t)found;
    hits->place = place_of(hits, found);
    hits->found = true;
    return true;
}

/* --- beside it --- */

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static size_t skip_back(Str text, size_t offset)
{
    while (offset && is_blank(text.ptr[offset - 1]))
        offset--;
    return offset;
}

char byte_before(Str text, uint32_t offset)
{
    size_t at = skip_back(text, offset);
    return at ? text.ptr[at - 1] : '\0';
}

char byte_behind(Str text, uint32_t offset)
{
    size_t at = offset;
    while (at < text.len && is_blank(text.ptr[at]))
        at++;
    return byte_at(text, at);
}

static size_t word_start(Str text, size_t end)
{
    while (end && byte_is_word(text.ptr[end - 1]))
        end--;
    return end;
}

Str word_before(Str text, uint32_t offset)
{
    size_t end = skip_back(text, offset);
    return str_part(text, word_start(text, end), end);
}

Str dotted_before(Str text, uint32_t offset, bool *open)
{
    size_t start = offset;
    *open = false;
    while (start && text.ptr[start - 1] == '.') {
        size_t end = start - 1;
        start = word_start(text, end);
        *open = start == end;
        if (*open) break;
    }
    return str_part(text, start, offset ? offset - 1 : 0);
}

/* --- imports --- */

/* Where the names of an import begin that the offset stands in: behind `import`. 0: it stands in none. */
static size_t names_start(Str text, size_t offset)
{
    bool newline = false;
    while (offset) {
        char byte = text.ptr[offset - 1];
        if (byte_is_word(byte)) {
            size_t start = word_start(text, offset);
            if (str_equal(str_part(text, start, offset), STR("import"))) return newline ? 0 : offset;
            offset = start;
            continue;
        }
        if (byte == '(') newline = false;
        if (byte == '\n' && offset > 1 && text.ptr[offset - 2] != '\\') newline = true;
        if (!is_blank(byte) && byte != ',' && byte != '(' && byte != '\n' && byte != '\r' && byte != '\\')
            return 0;
        offset--;
    }
    return 0;
}

Str import_source(Str text, uint32_t offset)
{
    size_t names = names_start(text, offset);
    if (!names) return STR("");
    size_t end = skip_back(text, names - sizeof "import" + 1), start = end;
    while (start && (byte_is_word(text.ptr[start - 1]) || text.ptr[start - 1] == '.'))
        start--;
    bool from = str_equal(word_before(text, (uint32_t)start), STR("from"));
    return from ? str_part(text, start, end) : STR("");
}

bool is_module_name(Str text, uint32_t offset)
{
    size_t start = offset;
    while (start && (byte_is_word(text.ptr[start - 1]) || text.ptr[start - 1] == '.'))
        start--;
    Str word = word_before(text, (uint32_t)start);
    return str_equal(word, STR("from")) || str_equal(word, STR("import"));
}
