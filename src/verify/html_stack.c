#include "verify/html_stack.h"

#include "base/limits.h"

#include "base/banned.h"

/* How a frame, and how a gap, is written. */
typedef struct StackLook {
    const char *frame, *gap;
    size_t limit; /* frames of the project, and others */
} StackLook;

static const StackLook long_look = {"<li class=\"$\"><code>$</code> <span>$</span></li>",
                                    "<li class=\"other\">… $ more</li>", LIMIT_HTML_FRAMES};
static const StackLook short_look = {"<span class=\"$\"><code>$</code> $</span>",
                                     "<span class=\"other\">… $ more</span>", LIMIT_HTML_TIP_FRAMES};

static void add_gap(const Page *page, const StackLook *look, size_t *skipped)
{
    if (*skipped) HTML(page, look->gap, page_count(page, *skipped));
    *skipped = 0;
}

static void add_frame(const Page *page, const StackLook *look, const RunFrame *frame)
{
    HTML(page, look->frame, frame->in_project ? STR("own") : STR("other"),
         page_place(page, frame->file, frame->row1), frame->function);
}

static void add_frames(const Page *page, const StackLook *look, RunStack stack)
{
    size_t shown[] = {0, 0}, skipped = 0;
    for (size_t i = 0; i < stack.count; i++) {
        if (shown[stack.frames[i].in_project]++ >= look->limit) {
            skipped++;
            continue;
        }
        add_gap(page, look, &skipped);
        add_frame(page, look, &stack.frames[i]);
    }
    add_gap(page, look, &skipped);
}

void stack_add(const Page *page, RunStack stack)
{
    page_markup(page, "<ol class=\"stack\">");
    add_frames(page, &long_look, stack);
    page_markup(page, "</ol>");
}

void stack_add_short(const Page *page, RunStack stack)
{
    add_frames(page, &short_look, stack);
}
