/* paint.h - colour by meaning. */
#ifndef LOOPSAFE_REPORT_PAINT_H
#define LOOPSAFE_REPORT_PAINT_H

#include "base/buf.h"

typedef enum Paint {
    PAINT_CODE,
    PAINT_HIGH,
    PAINT_MEDIUM,
    PAINT_LOW,
    PAINT_INFO,
    PAINT_GUTTER,
    PAINT_CARET,
    PAINT_LABEL
} Paint;

/* Text between them is painted, when color is true; pairs do not nest. */
void paint_open(Buf *buf, bool color, Paint paint);
void paint_close(Buf *buf, bool color);
void paint_text(Buf *buf, bool color, Paint paint, const char *text);

#endif
