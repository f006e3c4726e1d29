#include "server/locate.h"

#include "base/path.h"

#include "base/banned.h"

/* Of a byte order mark at the start of what the client shows. */
static uint32_t mark_units(const RunText *text, PositionEncoding encoding)
{
    if (!text->is_marked) return 0;
    return encoding == POSITION_UTF8 ? 3 : 1;
}

ClientPosition locate_position(const RunText *text, Position position, PositionEncoding encoding)
{
    if (!position.row1) return (ClientPosition){0};
    Str line = lines_line(&text->lines, position.row1);
    uint32_t before = position.row1 == 1 ? mark_units(text, encoding) : 0;
    return (ClientPosition){position.row1 - 1, before + position_units(line, position.column1, encoding)};
}

void locate_add_uri(Buf *buf, const RunText *text)
{
    if (text->document) {
        buf_add(buf, text->document->uri);
        return;
    }
    buf_add_text(buf, "file://");
    uri_add_path(buf, name_str(text->path));
}

void locate_write_uri(JsonOut *out, const char *key, const RunText *text)
{
    Buf uri;
    buf_init(&uri);
    locate_add_uri(&uri, text);
    json_out_key(out, key);
    json_out_str(out, buf_str(&uri));
    buf_free(&uri);
}

static void write_position(JsonOut *out, const char *key, ClientPosition position)
{
    json_out_key(out, key);
    json_out_open(out, '{');
    json_out_key(out, "line");
    json_out_number(out, position.line);
    json_out_key(out, "character");
    json_out_number(out, position.character);
    json_out_close(out, '}');
}

void locate_write_range(JsonOut *out, const char *key, const RunText *text, const Place *place,
                        PositionEncoding encoding)
{
    json_out_key(out, key);
    json_out_open(out, '{');
    write_position(out, "start", locate_position(text, place->start, encoding));
    write_position(out, "end", locate_position(text, place->end, encoding));
    json_out_close(out, '}');
}

void locate_write_location(JsonOut *out, const char *key, Run *run, const Place *place,
                           PositionEncoding encoding)
{
    const RunText *text = run_text(run, place->path);
    json_out_key(out, key);
    json_out_open(out, '{');
    locate_write_uri(out, "uri", text);
    locate_write_range(out, "range", text, place, encoding);
    json_out_close(out, '}');
}
