#include "cli/fix_summary.h"

#include "base/vec.h"
#include "base/visible.h"

#include "base/banned.h"

static void add_packages(Buf *buf, const Fixed *fixed)
{
    if (!fixed->package_count) return;
    buf_add_text(buf, "Install for the fixes: uv add");
    for (size_t i = 0; i < fixed->package_count; i++) {
        buf_add_byte(buf, ' ');
        visible_add(buf, fixed->packages[i]);
    }
    buf_add_byte(buf, '\n');
}

void fix_summary_add(Buf *buf, const Fixed *fixed, bool only_shown)
{
    size_t count = fixed->applied_count;
    buf_format(buf, "%s %zu finding%s (%zu left", only_shown ? "Would fix" : "Fixed", count,
               count == 1 ? "" : "s", fixed->left->finding_count);
    if (fixed->unsafe_count) buf_format(buf, "; %zu more with --unsafe-fixes", fixed->unsafe_count);
    buf_add_text(buf, ").\n");
    add_packages(buf, fixed);
}

/* --- the list --- */

/* Fixes of one kind in one file. */
typedef struct Line {
    const AppliedFix *fix;
    size_t count;
} Line;

static bool is_alike(const AppliedFix *left, const AppliedFix *right)
{
    return str_equal(left->code, right->code) && str_equal(left->shape, right->shape) &&
           left->applicability == right->applicability;
}

static int compare_lines(const void *left, const void *right)
{
    const AppliedFix *one = ((const Line *)left)->fix, *other = ((const Line *)right)->fix;
    int by_code = str_compare(one->code, other->code);
    if (by_code) return by_code;
    int by_shape = str_compare(one->shape, other->shape);
    return by_shape ? by_shape : (int)other->applicability - (int)one->applicability;
}

static void add_file(Buf *buf, const Fixed *fixed, Str path)
{
    VEC(Line) lines = {0};
    for (size_t i = 0; i < fixed->applied_count; i++) {
        const AppliedFix *fix = &fixed->applied[i];
        if (!str_equal(fix->path, path)) continue;
        size_t at = 0;
        while (at < lines.count && !is_alike(lines.items[at].fix, fix))
            at++;
        if (at == lines.count) vec_add(&lines, ((Line){fix, 0}));
        lines.items[at].count++;
    }
    if (lines.count) qsort(lines.items, lines.count, sizeof *lines.items, compare_lines);
    buf_add_text(buf, "- ");
    visible_add(buf, path);
    buf_add_text(buf, ":\n");
    for (size_t i = 0; i < lines.count; i++)
        buf_format(buf, "    %zu x %.*s (%.*s, %s)\n", lines.items[i].count,
                   (int)lines.items[i].fix->code.len, lines.items[i].fix->code.ptr,
                   (int)lines.items[i].fix->shape.len, lines.items[i].fix->shape.ptr,
                   applicability_text(lines.items[i].fix->applicability));
    vec_free(&lines);
}

static int compare_paths(const void *left, const void *right)
{
    return str_compare(*(const Str *)left, *(const Str *)right);
}

void fix_summary_add_list(Buf *buf, const Fixed *fixed)
{
    VEC(Str) paths = {0};
    for (size_t i = 0; i < fixed->applied_count; i++)
        vec_add(&paths, fixed->applied[i].path);
    if (paths.count) qsort(paths.items, paths.count, sizeof *paths.items, compare_paths);
    if (paths.count) buf_add_text(buf, "Fixes:\n");
    for (size_t i = 0; i < paths.count; i++)
        if (!i || !str_equal(paths.items[i], paths.items[i - 1])) add_file(buf, fixed, paths.items[i]);
    vec_free(&paths);
    if (fixed->refusal_count) buf_add_text(buf, "Not fixed:\n");
    for (size_t i = 0; i < fixed->refusal_count; i++) {
        buf_format(buf, "    %zu x ", fixed->refusals[i].count);
        visible_add(buf, fixed->refusals[i].reason);
        buf_add_byte(buf, '\n');
    }
}
