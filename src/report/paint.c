#include "report/paint.h"

#include "base/banned.h"

void paint_open(Buf *buf, bool color, Paint paint)
{
    static const char *const sequences[] = {
        [PAINT_CODE] = "\x1b[1;31m",  [PAINT_HIGH] = "\x1b[31m", [PAINT_MEDIUM] = "\x1b[33m",
        [PAINT_LOW] = "\x1b[36m",     [PAINT_INFO] = "\x1b[2m",  [PAINT_GUTTER] = "\x1b[1;34m",
        [PAINT_CARET] = "\x1b[1;31m", [PAINT_LABEL] = "\x1b[1m",
    };
    if (color) buf_add_text(buf, sequences[paint]);
}

void paint_close(Buf *buf, bool color)
{
    if (color) buf_add_text(buf, "\x1b[0m");
}

void paint_text(Buf *buf, bool color, Paint paint, const char *text)
{
    paint_open(buf, color, paint);
    buf_add_text(buf, text);
    paint_close(buf, color);
}
