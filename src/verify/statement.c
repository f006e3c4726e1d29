#include "verify/statement.h"

#include "base/banned.h"

/* A place in the text. */
typedef struct Scan {
    Str text;
    size_t at;
    uint32_t row1;
    uint32_t depth; /* open brackets */
} Scan;

static char byte_at(const Scan *scan, size_t ahead)
{
    return scan->at + ahead < scan->text.len ? scan->text.ptr[scan->at + ahead] : '\0';
}

static void step(Scan *scan)
{
    scan->row1 += byte_at(scan, 0) == '\n';
    scan->at++;
}

static bool is_tripled(const Scan *scan)
{
    char quote = byte_at(scan, 0);
    return byte_at(scan, 1) == quote && byte_at(scan, 2) == quote;
}

/* From its first quote to behind its last; a short one ends with its line at the latest. */
static void skip_string(Scan *scan)
{
    char quote = byte_at(scan, 0);
    bool tripled = is_tripled(scan);
    scan->at += tripled ? 3 : 1;
    while (scan->at < scan->text.len) {
        char byte = byte_at(scan, 0);
        if (byte == '\n' && !tripled) return;
        if (byte == quote && (!tripled || is_tripled(scan))) {
            scan->at += tripled ? 3 : 1;
            return;
        }
        if (byte == '\\' && scan->at + 1 < scan->text.len) step(scan);
        step(scan);
    }
}

static void skip_comment(Scan *scan)
{
    while (scan->at < scan->text.len && byte_at(scan, 0) != '\n')
        scan->at++;
}

static void take(Scan *scan)
{
    switch (byte_at(scan, 0)) {
    case '"':
    case '\'':
        skip_string(scan);
        return;
    case '#':
        skip_comment(scan);
        return;
    case '\\':
        step(scan);
        break;
    case '(':
    case '[':
    case '{':
        scan->depth++;
        break;
    case ')':
    case ']':
    case '}':
        scan->depth -= scan->depth > 0;
        break;
    default:
        break;
    }
    if (scan->at < scan->text.len) step(scan);
}

/* To behind the line end that ends the logical line; gives the row of that line end. */
static uint32_t skip_line(Scan *scan)
{
    scan->depth = 0;
    while (scan->at < scan->text.len) {
        if (byte_at(scan, 0) == '\n' && !scan->depth) {
            step(scan);
            return scan->row1 - 1;
        }
        take(scan);
    }
    return scan->row1;
}

LineRows statement_rows(Str text, LineRows rows)
{
    Scan scan = {.text = text, .row1 = 1};
    LineRows around = rows;
    while (scan.at < text.len) {
        uint32_t first = scan.row1, last = skip_line(&scan);
        if (first > rows.end_row1) break;
        if (last < rows.row1) continue;
        if (first < around.row1) around.row1 = first;
        if (last > around.end_row1) around.end_row1 = last;
    }
    return around;
}
