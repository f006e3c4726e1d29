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

/* --- functions --- */

/* A function whose end has not come yet. */
typedef struct OpenFunction {
    uint32_t row1, indent;
} OpenFunction;

enum { DEEPEST = 32 }; /* functions in functions; one that is deeper counts to the one around it */

typedef struct Functions {
    OpenFunction open[DEEPEST];
    size_t count;
} Functions;

/* Columns before the first byte of the line, as Python counts them. */
static uint32_t indent_at(const Scan *scan, size_t *ahead)
{
    uint32_t columns = 0;
    for (*ahead = 0;; ++*ahead) {
        char byte = byte_at(scan, *ahead);
        if (byte == '\t')
            columns += 8 - columns % 8;
        else if (byte == ' ')
            columns++;
        else
            return columns;
    }
}

static bool is_empty_line(char first)
{
    return first == '\n' || first == '\r' || first == '#' || first == '\0';
}

static bool begins_function(Str line)
{
    if (str_starts(line, STR("async ")) || str_starts(line, STR("async\t"))) line = str_drop(line, 6);
    while (str_starts(line, STR(" ")) || str_starts(line, STR("\t")))
        line = str_drop(line, 1);
    return str_starts(line, STR("def ")) || str_starts(line, STR("def\t"));
}

static void end_functions(Functions *functions, uint32_t indent)
{
    while (functions->count && functions->open[functions->count - 1].indent >= indent)
        functions->count--;
}

LineRows function_rows(Str text, uint32_t row1)
{
    Scan scan = {.text = text, .row1 = 1};
    Functions functions = {.count = 0};
    LineRows around = {0};
    size_t inside = 0; /* functions that are open at the row */
    while (scan.at < text.len) {
        size_t ahead;
        uint32_t first = scan.row1, indent = indent_at(&scan, &ahead);
        bool is_empty = is_empty_line(byte_at(&scan, ahead));
        Str line = str_drop(text, scan.at + ahead);
        uint32_t last = skip_line(&scan);
        if (is_empty && row1 != first) continue;
        if (!is_empty) end_functions(&functions, indent);
        if (inside && functions.count < inside) return around;
        if (begins_function(line) && functions.count < DEEPEST)
            functions.open[functions.count++] = (OpenFunction){first, indent};
        if (row1 >= first && row1 <= last && functions.count) {
            inside = functions.count;
            around.row1 = functions.open[inside - 1].row1;
        }
        around.end_row1 = last;
    }
    return inside ? around : statement_rows(text, (LineRows){row1, row1});
}
