#include "verify/html_page.h"

#include <math.h>

#include "base/fail.h"
#include "base/limits.h"

#include "base/banned.h"

void page_markup(const Page *page, const char *markup)
{
    buf_add_text(page->out, markup);
}

/* Length of the UTF-8 character at a position, 0 when it is none; *code is its number. */
static size_t character_read(Str text, size_t at, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text.ptr[at];
    size_t length = first < 0x80   ? 1
                    : first < 0xc0 ? 0
                    : first < 0xe0 ? 2
                    : first < 0xf0 ? 3
                    : first < 0xf8 ? 4
                                   : 0;
    if (!length || at + length > text.len) return 0;
    *code = length == 1 ? first : first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text.ptr[at + i];
        if ((next & 0xc0) != 0x80) return 0;
        *code = *code << 6 | (next & 0x3fu);
    }
    return *code >= least[length] && *code <= 0x10ffff ? length : 0;
}

typedef struct CodeRange {
    uint32_t first, last;
} CodeRange;

/* Neither a reader nor XML can do anything with these, or they show a text in another order than it has. */
static bool code_is_hidden(uint32_t code)
{
    static const CodeRange hidden[] = {{0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},     {0x61c, 0x61c},
                                       {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xd800, 0xdfff},
                                       {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        if (code >= hidden[i].first && code <= hidden[i].last) return true;
    }
    return false;
}

static const char *code_escape(uint32_t code)
{
    switch (code) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return code_is_hidden(code) ? "\xef\xbf\xbd" : NULL;
    }
}

void page_text(const Page *page, Str text)
{
    size_t at = 0;
    while (at < text.len && at < LIMIT_HTML_TEXT_BYTES) {
        uint32_t code = 0xfffe; /* what stands for bytes that are no character */
        size_t length = character_read(text, at, &code);
        const char *escape = code_escape(length ? code : 0xfffe);
        if (!length) length = 1;
        if (escape) {
            buf_add_text(page->out, escape);
        } else {
            buf_add(page->out, str_part(text, at, at + length));
        }
        at += length;
    }
    if (at < text.len) buf_add_text(page->out, "…");
}

void page_fill(const Page *page, const char *template, const Str *values, size_t count)
{
    Str rest = str_from(template);
    size_t used = 0;
    for (size_t at; (at = str_find_byte(rest, '$')) != SIZE_MAX; used++) {
        if (used == count) BUG("a template takes more than it is given");
        buf_add(page->out, str_part(rest, 0, at));
        page_text(page, values[used]);
        rest = str_drop(rest, at + 1);
    }
    if (used != count) BUG("a template takes less than it is given");
    buf_add(page->out, rest);
}

Str page_id(const Page *page, size_t index)
{
    return str_format(page->arena, "%zu", index);
}

Str page_count(const Page *page, uint64_t number)
{
    Str digits = str_format(page->arena, "%llu", (unsigned long long)number);
    char *text = arena_alloc(page->arena, digits.len * 2);
    size_t length = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (i && (digits.len - i) % 3 == 0) text[length++] = ',';
        text[length++] = digits.ptr[i];
    }
    return (Str){text, length};
}

Str page_number(const Page *page, double number)
{
    if (!isfinite(number) || number < 0 || number > 1e18) return STR("–");
    if (number >= 99.95) return page_count(page, (uint64_t)(number + 0.5));
    if (number < 0.005) return number > 0 ? STR("<0.01") : STR("0");
    return str_format(page->arena, "%.*f", number >= 9.995 ? 1 : 2, number);
}

Str page_ms(const Page *page, uint64_t ns)
{
    return page_number(page, (double)ns / 1e6);
}

Str page_percent(const Page *page, double share)
{
    if (!isfinite(share)) return STR("–");
    double percent = share * 100;
    bool is_small = fabs(percent) < 9.95 && fabs(percent) >= 0.05;
    return str_format(page->arena, "%.*f\xc2\xa0%%", is_small ? 1 : 0, fabs(percent) < 0.05 ? 0.0 : percent);
}

Str page_seconds(const Page *page, uint64_t ns)
{
    return str_format(page->arena, "%.3g s", (double)ns / 1e9);
}

Str page_percentile(const Page *page, const Histogram *latency, double percent)
{
    if (!latency->count) return STR("–");
    bool at_least = false;
    uint64_t value_us = histogram_percentile(latency, percent, &at_least);
    return str_join(page->arena, at_least ? STR("≥\xc2\xa0") : STR(""),
                    page_number(page, (double)value_us / 1e3), STR(""));
}

Str page_place(const Page *page, Str path, uint32_t row1)
{
    return row1 ? str_join(page->arena, path, STR(":"), str_format(page->arena, "%u", row1)) : path;
}

const RunCell *page_cell(const RunEndpoint *endpoint, Tree tree, size_t load)
{
    for (size_t i = 0; i < endpoint->cell_count; i++) {
        const RunCell *cell = &endpoint->cells[i];
        if (cell->tree == tree && cell->load == load) return cell;
    }
    return NULL;
}

Str page_tree(Tree tree)
{
    return tree == TREE_BEFORE ? STR("before") : STR("after");
}

const Verdict page_verdicts[VERDICTS] = {
    VERDICT_BEHAVIOUR_CHANGED, VERDICT_NOT_FIXED,      VERDICT_SLOWER, VERDICT_NOISY,
    VERDICT_NOT_EXERCISED,     VERDICT_NOT_REPRODUCED, VERDICT_FIXED,  VERDICT_NONE};

typedef struct Look {
    const char *tone, *sign;
} Look;

static const Look looks[VERDICTS] = {
    [VERDICT_NONE] = {"mute", "·"},          [VERDICT_FIXED] = {"good", "✓"},
    [VERDICT_NOT_FIXED] = {"bad", "✗"},      [VERDICT_BEHAVIOUR_CHANGED] = {"bad", "≠"},
    [VERDICT_SLOWER] = {"warn", "↓"},        [VERDICT_NOT_REPRODUCED] = {"mute", "○"},
    [VERDICT_NOT_EXERCISED] = {"mute", "–"}, [VERDICT_NOISY] = {"warn", "~"},
};

Str page_tone(Verdict verdict)
{
    return str_from(looks[verdict].tone);
}

void page_verdict(const Page *page, Verdict verdict)
{
    Str name = verdict == VERDICT_NONE ? STR("no fix to judge") : str_from(verdict_name(verdict));
    HTML(page, "<span class=\"badge $\"><span aria-hidden=\"true\">$</span> $</span>", page_tone(verdict),
         str_from(looks[verdict].sign), name);
}

void page_endpoint(const Page *page, size_t index)
{
    if (index >= page->run->endpoint_count) return;
    const RunEndpoint *endpoint = &page->run->endpoints[index];
    if (index < LIMIT_HTML_ROWS) {
        HTML(page, "<a href=\"#endpoint-$\">", page_id(page, index));
    } else {
        page_markup(page, "<a>");
    }
    HTML(page, "<code>$ $</code></a>", endpoint->method, endpoint->path);
}

size_t page_rows(const Page *page, size_t count, const char *what)
{
    if (count <= LIMIT_HTML_ROWS) return count;
    HTML(page, "<p class=\"note\">$ of $ $ are shown; the JSON of the run holds all.</p>",
         page_count(page, LIMIT_HTML_ROWS), page_count(page, count), str_from(what));
    return LIMIT_HTML_ROWS;
}
