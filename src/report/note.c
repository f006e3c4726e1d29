#include "report/note.h"

#include "report/headline.h"
#include "report/paint.h"
#include "base/visible.h"

#include "base/banned.h"

enum { SOURCE_INDENT = 12 }; /* below the text of `= note: path`, and a bit further */

void note_open(Buf *buf, size_t margin, const char *label, bool color)
{
    buf_add_repeat(buf, ' ', margin + 1);
    paint_text(buf, color, PAINT_GUTTER, "=");
    buf_add_byte(buf, ' ');
    paint_text(buf, color, PAINT_LABEL, label);
    buf_add_text(buf, ": ");
}

/* The source line under the note that it belongs to. */
void note_source(Buf *buf, size_t margin, Str source)
{
    if (!source.len) return;
    buf_add_repeat(buf, ' ', margin + 1 + SOURCE_INDENT);
    visible_add(buf, source);
    buf_add_byte(buf, '\n');
}

/* The way ends where the primitive is called. */
static void add_sink(Buf *buf, const Finding *finding)
{
    headline_place_add(buf, &finding->sink_place);
    if (finding->sink_function.len) {
        buf_add_text(buf, " `");
        visible_add(buf, finding->sink_function);
        buf_add_byte(buf, '`');
    }
    buf_add_text(buf, finding->effect == EFFECT_NONE ? " waits in `" : " blocks in `");
    visible_add(buf, finding->sink);
    buf_add_text(buf, "`\n");
}

static void add_hop(Buf *buf, const Hop *hop)
{
    headline_place_add(buf, &hop->place);
    if (hop->function.len) {
        buf_add_text(buf, " `");
        visible_add(buf, hop->function);
        buf_add_byte(buf, '`');
    }
    buf_add_text(buf, " calls `");
    visible_add(buf, hop->callee);
    buf_add_text(buf, "`\n");
}

void note_hops(Buf *buf, const Hop *hops, size_t count, size_t margin, bool color)
{
    for (size_t i = 0; i < count; i++) {
        note_open(buf, margin, "note", color);
        add_hop(buf, &hops[i]);
        note_source(buf, margin, hops[i].source);
    }
}

void note_sink(Buf *buf, const Finding *finding, size_t margin, bool color)
{
    note_open(buf, margin, "note", color);
    add_sink(buf, finding);
    note_source(buf, margin, finding->sink_source);
}

void note_chain(Buf *buf, const Finding *finding, size_t margin, bool color)
{
    note_hops(buf, finding->chain, finding->chain_count, margin, color);
    if (finding->chain_count && finding->sink.len) note_sink(buf, finding, margin, color);
}
