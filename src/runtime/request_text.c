#define _GNU_SOURCE
#include "runtime/request_text.h"

#include <string.h>
#include <strings.h>

#include "base/banned.h"

static bool is_alphanumeric(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

/* --- targets --- */

static void add_percent(Buf *target, char byte)
{
    buf_format(target, "%%%02X", (unsigned)(unsigned char)byte);
}

void target_add_value(Buf *target, Str value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (is_alphanumeric(value.ptr[i]) || (value.ptr[i] && strchr("-._~", value.ptr[i])))
            buf_add_byte(target, value.ptr[i]);
        else
            add_percent(target, value.ptr[i]);
    }
}

void target_add_written(Buf *target, Str written)
{
    for (size_t i = 0; i < written.len; i++) {
        unsigned char byte = (unsigned char)written.ptr[i];
        if (byte > ' ' && byte < 0x7f)
            buf_add_byte(target, written.ptr[i]);
        else
            add_percent(target, written.ptr[i]);
    }
}

/* Where the host begins; SIZE_MAX: it is no URL of HTTP. */
static size_t host_start(Str url)
{
    if (str_starts(url, STR("http://"))) return strlen("http://");
    return str_starts(url, STR("https://")) ? strlen("https://") : SIZE_MAX;
}

static size_t host_end(Str url, size_t start)
{
    for (size_t i = start; i < url.len; i++)
        if (strchr("/?#", url.ptr[i])) return i;
    return url.len;
}

Str url_host(Str url)
{
    size_t start = host_start(url);
    return start == SIZE_MAX ? STR("") : str_part(url, start, host_end(url, start));
}

Str target_of_url(Str url)
{
    size_t start = host_start(url);
    Str path = start == SIZE_MAX ? url : str_drop(url, host_end(url, start));
    path = str_before(path, '#');
    if (start != SIZE_MAX && !path.len) return STR("/");
    return str_starts(path, STR("/")) ? path : STR("");
}

/* --- headers --- */

bool header_is_name(Str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_alphanumeric(name.ptr[i]) && (!name.ptr[i] || !strchr("!#$%&'*+-.^_`|~", name.ptr[i])))
            return false;
    return name.len > 0;
}

static bool equal_anyhow(Str left, Str right)
{
    return left.len == right.len && strncasecmp(left.ptr, right.ptr, left.len) == 0;
}

bool header_is_ours(Str name)
{
    static const char *const ours[] = {"host",       "content-length", "connection", "transfer-encoding",
                                       "keep-alive", "upgrade",        "te",         "trailer",
                                       "expect"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (equal_anyhow(name, str_from(ours[i]))) return true;
    return false;
}

void header_add(Buf *headers, Str name, Str value)
{
    buf_add(headers, name);
    buf_add_text(headers, ": ");
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.ptr[i] >= ' ' || value.ptr[i] == '\t') buf_add_byte(headers, value.ptr[i]);
    buf_add_text(headers, "\r\n");
}

Str header_find(Str headers, Str name)
{
    while (headers.len) {
        size_t end = str_find(headers, STR("\r\n"));
        Str line = str_part(headers, 0, end == SIZE_MAX ? headers.len : end);
        if (equal_anyhow(str_before(line, ':'), name)) return str_trim(str_drop(line, name.len + 1));
        headers = end == SIZE_MAX ? STR("") : str_drop(headers, end + 2);
    }
    return (Str){0};
}

/* --- forms --- */

void form_add(Buf *form, Str name, Str value)
{
    if (form->len) buf_add_byte(form, '&');
    target_add_value(form, name);
    buf_add_byte(form, '=');
    target_add_value(form, value);
}

/* In the quotes of a Content-Disposition. */
static void add_quoted(Buf *body, Str name)
{
    buf_add_byte(body, '"');
    for (size_t i = 0; i < name.len; i++)
        buf_add_byte(body, name.ptr[i] == '"' || (unsigned char)name.ptr[i] < ' ' ? '_' : name.ptr[i]);
    buf_add_byte(body, '"');
}

static void part_begin(Buf *body, Str name)
{
    buf_add_text(body, "--" MULTIPART_BOUNDARY "\r\nContent-Disposition: form-data; name=");
    add_quoted(body, name);
}

void multipart_add(Buf *body, Str name, Str value)
{
    part_begin(body, name);
    buf_add_text(body, "\r\n\r\n");
    buf_add(body, value);
    buf_add_text(body, "\r\n");
}

static bool mentions(Str text, const char *word)
{
    return memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

static bool is_picture(Str name, Str kind)
{
    if (kind.len) return str_starts(kind, STR("image/"));
    return mentions(name, "image") || mentions(name, "photo") || mentions(name, "picture") ||
           mentions(name, "avatar");
}

/* One grey pixel. */
static const char PIXEL[] = "\211PNG\015\012\032\012\000\000\000\015IHDR\000\000\000\001\000\000\000\001\010"
                            "\000\000\000\000:~\233U\000\000\000\012"
                            "IDATx\234ch\000\000\000\202\000\201w\315r\266\000\000\000\000IEND\256B`\202";

void multipart_add_file(Buf *body, Str name, Str kind)
{
    bool picture = is_picture(name, kind);
    Str content = picture ? (Str){PIXEL, sizeof PIXEL - 1} : STR("name,amount\na,1\n");
    part_begin(body, name);
    buf_add_text(body, picture ? "; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"
                               : "; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n");
    buf_add(body, content);
    buf_add_text(body, "\r\n");
}

void multipart_end(Buf *body)
{
    buf_add_text(body, "--" MULTIPART_BOUNDARY "--\r\n");
}
