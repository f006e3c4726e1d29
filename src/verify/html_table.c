#include "verify/html_table.h"

#include "base/banned.h"

static void add_head(const Page *page, const TableHead *head)
{
    HTML(page, "<th role=\"columnheader\" scope=\"col\" class=\"$\">$",
         head->kind == HEAD_TEXT ? STR("text") : STR("number"), str_from(head->name));
    if (head->kind == HEAD_PAIR) page_markup(page, "<small>before → after</small>");
    page_markup(page, "</th>");
}

void table_open(const Page *page, const char *kind, const char *name, const TableHead *heads, size_t count)
{
    HTML(page,
         "<table role=\"table\" class=\"$\" aria-label=\"$\"><thead role=\"rowgroup\"><tr role=\"row\">",
         str_from(kind), str_from(name));
    for (size_t i = 0; i < count; i++)
        add_head(page, &heads[i]);
    page_markup(page, "</tr></thead><tbody role=\"rowgroup\">");
}

void table_close(const Page *page)
{
    page_markup(page, "</tbody></table>");
}

void table_group_open(const Page *page, Str kind, size_t columns)
{
    HTML(page, "<tr role=\"row\" class=\"group $\"><th role=\"rowheader\" scope=\"colgroup\" colspan=\"$\">",
         kind, page_id(page, columns));
}

void table_group_close(const Page *page)
{
    page_markup(page, "</th></tr>");
}

void table_row_open(const Page *page, const char *noun, size_t index, Str kind)
{
    if (noun) {
        HTML(page, "<tr role=\"row\" id=\"$-$\" class=\"$\">", str_from(noun), page_id(page, index), kind);
    } else {
        HTML(page, "<tr role=\"row\" class=\"$\">", kind);
    }
}

void table_row_close(const Page *page)
{
    page_markup(page, "</tr>");
}

void html_table_text(const Page *page, const char *label, Str text)
{
    HTML(page, "<td role=\"cell\" data-label=\"$\">$</td>", str_from(label), text);
}

void table_number(const Page *page, const char *label, Str text)
{
    HTML(page, "<td role=\"cell\" class=\"number\" data-label=\"$\">$</td>", str_from(label), text);
}

void table_pair(const Page *page, const char *label, Str before, Str after)
{
    HTML(page,
         "<td role=\"cell\" class=\"number\" data-label=\"$\"><span class=\"pair\"><span>$</span><i "
         "aria-label=\"to\">→</i>"
         "<b>$</b></span></td>",
         str_from(label), before, after);
}
