/* html_table.h - tables that become lists on a narrow page, and stay tables to whoever hears them: hence all the roles. */
#ifndef LOOPSAFE_VERIFY_HTML_TABLE_H
#define LOOPSAFE_VERIFY_HTML_TABLE_H

#include "verify/html_page.h"

typedef enum HeadKind {
    HEAD_TEXT,
    HEAD_NUMBER,
    HEAD_PAIR /* two numbers, before → after */
} HeadKind;

typedef struct TableHead {
    const char *name;
    HeadKind kind;
} TableHead;

/* name: what the table is, for those who hear it; kind: its class. */
void table_open(const Page *page, const char *kind, const char *name, const TableHead *heads, size_t count);
void table_close(const Page *page);
/* A row across all columns that says what the next ones are about; it stands between these two. */
void table_group_open(const Page *page, Str kind, size_t columns);
void table_group_close(const Page *page);
void table_row_open(const Page *page, const char *noun, size_t index,
                    Str kind); /* noun-index names it; NULL: no name */
void table_row_close(const Page *page);
void html_table_text(const Page *page, const char *label, Str text);
void table_number(const Page *page, const char *label, Str text);
/* before → after */
void table_pair(const Page *page, const char *label, Str before, Str after);

#endif
