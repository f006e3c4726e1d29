#include "rules/lines.h"

#include <limits.h>

#include "base/banned.h"

typedef struct Scan {
    const char *at;
    const char *end;
    int line1;
} Scan;

static void advance(Scan *scan)
{
    if (*scan->at == '\n' && scan->line1 < INT_MAX) scan->line1++;
    scan->at++;
}

static bool is_blank(char byte)
{
    return (unsigned char)byte <= ' ';
}

static void skip_blanks(Scan *scan)
{
    while (scan->at < scan->end && is_blank(*scan->at))
        advance(scan);
}

static bool is_between(char byte)
{
    return is_blank(byte) || byte == ',' || byte == ']' || byte == '}';
}

/* From the opening quote past the closing one. */
static void skip_text(Scan *scan)
{
    advance(scan);
    while (scan->at < scan->end && *scan->at != '"') {
        if (*scan->at == '\\' && scan->at + 1 < scan->end) advance(scan);
        advance(scan);
    }
    if (scan->at < scan->end) advance(scan);
}

/* A bracket is passed alone: what it holds comes next. */
static void skip_value(Scan *scan)
{
    if (scan->at >= scan->end) return;
    if (*scan->at == '"') {
        skip_text(scan);
        return;
    }
    bool is_open = *scan->at == '{' || *scan->at == '[';
    advance(scan);
    while (!is_open && scan->at < scan->end && !is_between(*scan->at))
        advance(scan);
}

/* The line of the next value of the text, or of its key. */
static int next_line(Scan *scan)
{
    while (scan->at < scan->end && is_between(*scan->at))
        advance(scan);
    int line1 = scan->line1;
    bool is_text = scan->at < scan->end && *scan->at == '"';
    skip_value(scan);
    if (!is_text) return line1;
    Scan after = *scan;
    skip_blanks(&after);
    if (after.at >= after.end || *after.at != ':') return line1;
    advance(&after);
    skip_blanks(&after);
    skip_value(&after);
    *scan = after;
    return line1;
}

void lines_mark(cJSON *tree, Str text)
{
    Scan scan = {text.ptr, text.ptr + text.len, 1};
    if (str_starts(text, STR("\xef\xbb\xbf"))) scan.at += 3;
    cJSON *open[CJSON_NESTING_LIMIT + 1];
    size_t depth = 0;
    for (cJSON *node = tree; node;) {
        node->valueint = next_line(&scan);
        if (node->child && depth <= CJSON_NESTING_LIMIT) {
            open[depth++] = node;
            node = node->child;
            continue;
        }
        while (!node->next && depth)
            node = open[--depth];
        node = node == tree ? NULL : node->next;
    }
}

size_t line1_of(const cJSON *node)
{
    return node ? (size_t)node->valueint : 0;
}
