#include "runtime/sql_log.h"

#include <string.h>

#include "base/buf.h"

#include "base/banned.h"

typedef struct LogRecord {
    uint64_t at_ns; /* CLOCK_REALTIME */
    Str database, level, text;
} LogRecord;

/* --- records --- */

static const char MARK[] = "loopsafe|";

/* Where the next record begins: the lines between belong to this one. */
static size_t record_end(Str lines)
{
    size_t at = 0;
    for (;;) {
        size_t line = str_find_byte(str_drop(lines, at), '\n');
        if (line == SIZE_MAX) return lines.len;
        at += line + 1;
        if (at >= lines.len || lines.ptr[at] != '\t') return at;
    }
}

/* Takes what stands before the byte off the front; false: the byte is not there. */
static bool take_before(Str *rest, char byte, Str *part)
{
    size_t end = str_find_byte(*rest, byte);
    if (end == SIZE_MAX) return false;
    *part = str_part(*rest, 0, end);
    *rest = str_drop(*rest, end + 1);
    return true;
}

/* "1700000000.123" in nanoseconds; 0: it is no time. */
static uint64_t read_time(Str text)
{
    uint64_t time = 0, scale = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '.' && !scale) {
            scale = 1000000000u;
        } else if (text.ptr[i] < '0' || text.ptr[i] > '9' || time > UINT64_MAX / 100 || scale == 1) {
            return 0;
        } else {
            time = time * 10 + (uint64_t)(text.ptr[i] - '0');
            scale /= 10;
        }
    }
    if (!scale) scale = 1000000000u;
    return time > UINT64_MAX / scale ? 0 : time * scale;
}

/* Takes a record off the front; false: it is of another shape. */
static bool take_record(Str *lines, LogRecord *record)
{
    size_t end = record_end(*lines);
    Str rest = str_part(*lines, 0, end), time;
    *lines = str_drop(*lines, end);
    if (!str_starts(rest, STR(MARK))) return false;
    rest = str_drop(rest, sizeof MARK - 1);
    if (!take_before(&rest, '|', &time) || !take_before(&rest, '|', &record->database)) return false;
    if (!take_before(&rest, ':', &record->level)) return false;
    record->at_ns = read_time(time);
    record->text = str_trim(rest);
    return record->at_ns > 0;
}

/* --- statements --- */

/* "statement: SQL", "execute NAME: SQL"; ptr NULL: something else. */
static Str statement_of(Str text)
{
    Str word;
    bool is_statement = str_starts(text, STR("statement: "));
    if (!is_statement && !str_starts(text, STR("execute "))) return (Str){0};
    return take_before(&text, ':', &word) ? str_trim(text) : (Str){0};
}

/* "parameters: $1 = 'x', …": newer servers write it with a capital letter. */
static Str parameters_of(Str text)
{
    if (!str_starts(text, STR("parameters: ")) && !str_starts(text, STR("Parameters: "))) return STR("");
    return str_drop(text, strlen("parameters: "));
}

/* Bytes of a quoted text from its quote on; two quotes in it are one. */
static size_t quoted_bytes(Str text)
{
    char quote = text.ptr[0];
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] != quote) continue;
        if (i + 1 == text.len || text.ptr[i + 1] != quote) return i + 1;
        i++;
    }
    return text.len;
}

static size_t digits(Str text)
{
    size_t count = 0;
    while (count < text.len && text.ptr[count] >= '0' && text.ptr[count] <= '9')
        count++;
    return count;
}

/* The value of "$12" in the parameters; empty: there is none. */
static Str parameter_find(Str parameters, Str name)
{
    while (parameters.len) {
        Str key;
        if (!take_before(&parameters, '=', &key)) return STR("");
        parameters = str_trim(parameters);
        size_t end = parameters.len && parameters.ptr[0] == '\'' ? quoted_bytes(parameters)
                                                                 : str_before(parameters, ',').len;
        if (str_equal(str_trim(key), name)) return str_part(parameters, 0, end);
        parameters = str_drop(parameters, end);
        if (parameters.len) parameters = str_trim(str_drop(parameters, 1));
    }
    return STR("");
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}

/* A line that goes on begins with a tab that the log has put there. */
static void add_without_tabs(Buf *buf, Str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\t' || !i || text.ptr[i - 1] != '\n') buf_add_byte(buf, text.ptr[i]);
}

/* Appends what stands at the front of the statement, as it is to be compared; the bytes that were taken. */
static size_t add_piece(Buf *buf, Str sql, Str parameters)
{
    char first = sql.ptr[0];
    if (is_blank(first)) {
        size_t count = 1;
        while (count < sql.len && is_blank(sql.ptr[count]))
            count++;
        buf_add_byte(buf, ' ');
        return count;
    }
    size_t length = first == '\'' || first == '"' ? quoted_bytes(sql) : 1;
    if (first == '$' && digits(str_drop(sql, 1))) length = 1 + digits(str_drop(sql, 1));
    Str piece = str_part(sql, 0, length), value = first == '$' ? parameter_find(parameters, piece) : STR("");
    add_without_tabs(buf, value.len ? value : piece);
    return length;
}

static void add_call(Calls *calls, const LogRecord *record, Str sql, Str parameters, uint64_t behind_ns)
{
    Buf buf;
    buf_init(&buf);
    for (sql = str_trim(sql); sql.len; sql = str_drop(sql, add_piece(&buf, sql, parameters)))
        continue;
    OutsideCall call = {.kind = STR("sql"), .text = str_copy(calls->arena, buf_str(&buf))};
    call.at_ns = record->at_ns > behind_ns ? record->at_ns - behind_ns : 0;
    vec_add(&calls->items, call);
    buf_free(&buf);
}

void sql_log_read(Calls *calls, Str lines, Str database, uint64_t behind_ns)
{
    LogRecord record = {0}, next = {0};
    while (lines.len) {
        if (!take_record(&lines, &record) || !str_equal(record.level, STR("LOG"))) continue;
        Str sql = statement_of(record.text), after = lines;
        if (!sql.ptr || !str_equal(record.database, database)) continue;
        bool detailed = after.len && take_record(&after, &next) && str_equal(next.level, STR("DETAIL"));
        add_call(calls, &record, sql, detailed ? parameters_of(next.text) : STR(""), behind_ns);
    }
}
