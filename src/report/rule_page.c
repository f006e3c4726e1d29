#include "report/rule_page.h"

#include "base/banned.h"

enum { PAGE_COLUMNS = 100 };

bool rule_has_effect(const Catalogue *catalogue, const CodeRule *rule, Effect effect)
{
    const CodeRule *other = catalogue_code_of(catalogue, effect);
    return other && str_equal(other->code, rule->code);
}

/* Breaks lines between words; a word that is longer than a line stays whole. */
static void add_wrapped(Buf *page, Str text)
{
    size_t line_start = page->len;
    while (text.len) {
        size_t blank = str_find_byte(text, ' ');
        Str word = str_part(text, 0, blank == SIZE_MAX ? text.len : blank);
        text = str_trim(str_part(text, word.len, text.len));
        bool fits = page->len - line_start + 1 + word.len <= PAGE_COLUMNS;
        if (page->len > line_start) buf_add_byte(page, fits ? ' ' : '\n');
        if (!fits) line_start = page->len;
        buf_add(page, word);
    }
    buf_add_byte(page, '\n');
}

static void add_paragraph(Buf *page, const char *head, Str text)
{
    if (!text.len) return;
    buf_format(page, "\n## %s\n", head);
    add_wrapped(page, str_trim(text));
}

static void add_example(Buf *page, const char *head, Str code)
{
    if (!code.len) return;
    buf_format(page, "\n## %s\n```python\n", head);
    buf_add(page, code);
    if (!str_ends(code, STR("\n"))) buf_add_byte(page, '\n');
    buf_add_text(page, "```\n");
}

static void add_effects(Buf *page, const Catalogue *catalogue, const CodeRule *rule)
{
    size_t count = 0;
    for (size_t effect = EFFECT_NONE + 1; effect < EFFECT_COUNT; effect++) {
        if (!rule_has_effect(catalogue, rule, (Effect)effect)) continue;
        buf_add_text(page, count++ ? ", " : "\nEffects: ");
        buf_add_text(page, effect_text((Effect)effect));
    }
    if (count) buf_add_byte(page, '\n');
}

/* Markdown, as ruff's. */
void rule_page_add(Buf *page, const Catalogue *catalogue, const CodeRule *rule)
{
    buf_add_text(page, "# ");
    buf_add(page, rule->name);
    buf_add_text(page, " (");
    buf_add(page, rule->code);
    buf_add_text(page, ")\n\n");
    buf_add(page, rule->summary);
    buf_add_byte(page, '\n');
    add_effects(page, catalogue, rule);
    add_paragraph(page, "Why it stalls", rule->why);
    add_paragraph(page, "What to write instead", rule->instead);
    add_example(page, "Example", rule->bad);
    add_example(page, "Use instead", rule->good);
    add_paragraph(page, "Known limits", rule->limits);
}
