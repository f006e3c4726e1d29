#include "python/outline.h"

#include <string.h>

#include "python/line.h"

#include "base/banned.h"

enum {
    CLASS_DEPTH_MOST = 32
}; /* classes in classes that get regions of their own; a deeper one is part of a run */

static const uint32_t COLUMN_UNKNOWN = UINT32_MAX;

typedef struct OpenClass {
    uint32_t region;
    uint32_t column;  /* width of its indentation */
    uint32_t members; /* width of its members' indentation, or COLUMN_UNKNOWN */
} OpenClass;

typedef struct Scan {
    LineScan line;
    VEC(Region) regions;
    OpenClass classes[CLASS_DEPTH_MOST];
    uint32_t class_count;
    uint32_t function; /* the region that is being filled, or REGION_NONE; never together with run */
    uint32_t function_column;
    uint32_t run;
    size_t decorators; /* start of decorators that wait for their definition, or SIZE_MAX */
    uint32_t decorators_indent;
    size_t line_start;
    bool has_main_guard;
} Scan;

static uint32_t parent_of(const Scan *scan)
{
    return scan->class_count ? scan->classes[scan->class_count - 1].region : REGION_NONE;
}

static uint32_t add_region(Scan *scan, RegionKind kind, size_t start, uint32_t indent)
{
    Region region = {.kind = kind, .parent = parent_of(scan), .indent = indent};
    region.span = (Span){(uint32_t)start, (uint32_t)start};
    vec_add(&scan->regions, region);
    return (uint32_t)(scan->regions.count - 1);
}

/* Hands what the scanner saw since the last call to the region and to the classes around it. */
static void settle(Scan *scan, uint32_t index)
{
    LineScan *line = &scan->line;
    if (!line->seen_async && !line->seen_yield && !line->broken) return;
    Region *regions = scan->regions.items;
    regions[index].has_yield |= line->seen_yield;
    regions[index].broken |= line->broken;
    for (uint32_t i = index; line->seen_async && i != REGION_NONE && !regions[i].has_async;
         i = regions[i].parent)
        regions[i].has_async = true;
    line->seen_async = line->seen_yield = line->broken = false;
}

static void end_region(Scan *scan, uint32_t index)
{
    Region *region = &scan->regions.items[index];
    region->span.end = (uint32_t)scan->line.code_end;
    if (region->kind == REGION_RUN) return;
    if (region->span.end < region->header.end) region->span.end = region->header.end;
    region->body = (Span){region->header.end, region->span.end};
}

static void end_leaf(Scan *scan)
{
    if (scan->function != REGION_NONE) end_region(scan, scan->function);
    if (scan->run != REGION_NONE) end_region(scan, scan->run);
    scan->function = scan->run = REGION_NONE;
}

/* Ends the classes that a line of this indentation does not belong to. */
static void end_classes(Scan *scan, uint32_t column)
{
    while (scan->class_count && column <= scan->classes[scan->class_count - 1].column) {
        end_leaf(scan);
        end_region(scan, scan->classes[--scan->class_count].region);
    }
}

static void scan_run_line(Scan *scan)
{
    line_rest(&scan->line);
    settle(scan, scan->run);
}

static void begin_run(Scan *scan, size_t start, uint32_t indent)
{
    if (scan->run == REGION_NONE) {
        end_leaf(scan);
        scan->run = add_region(scan, REGION_RUN, start, indent);
    }
    scan_run_line(scan);
}

/* Decorators that no definition follows. */
static void drop_decorators(Scan *scan)
{
    if (scan->decorators == SIZE_MAX) return;
    end_leaf(scan);
    scan->run = add_region(scan, REGION_RUN, scan->decorators, scan->decorators_indent);
    settle(scan, scan->run);
    scan->decorators = SIZE_MAX;
}

static Str read_name(LineScan *line)
{
    Str name = str_word(line->text, line->at);
    line->at += name.len;
    return name;
}

/* Header of a definition whose name stands at the scanner; true when a body follows on the same line. */
static bool scan_header(Scan *scan, uint32_t index)
{
    LineScan *line = &scan->line;
    Str name = read_name(line);
    bool found = line_colon(line);
    Region *region = &scan->regions.items[index];
    region->name = name;
    size_t colon = found ? line->at : line->code_end;
    if (colon < region->span.start) colon = region->span.start;
    region->header = (Span){region->span.start, (uint32_t)colon};
    region->broken |= !found || !name.len;
    if (!found) return false;
    line_rest(line);
    if (line->code_end < colon) { /* the line ended as broken, before the colon */
        region->header.end = (uint32_t)line->code_end;
        region->broken = true;
    }
    return line->code_end > colon;
}

static void begin_function(Scan *scan, uint32_t column, bool is_async)
{
    scan->function = add_region(scan, REGION_FUNCTION, scan->decorators, scan->decorators_indent);
    scan->function_column = column;
    scan->regions.items[scan->function].is_async = is_async;
    scan->line.seen_async |= is_async;
    scan_header(scan, scan->function);
    settle(scan, scan->function);
}

/* The statements behind the colon of `class X: pass`. */
static void add_inline_run(Scan *scan, uint32_t owner)
{
    size_t start = line_skip_blanks(scan->line.text, scan->regions.items[owner].header.end);
    if (start >= scan->line.code_end) return; /* joined lines with nothing on them */
    uint32_t run = add_region(scan, REGION_RUN, start, 0);
    scan->regions.items[run].has_async = scan->regions.items[owner].has_async;
    scan->regions.items[run].has_yield = scan->regions.items[owner].has_yield;
    end_region(scan, run);
}

static void begin_class(Scan *scan, uint32_t column)
{
    uint32_t index = add_region(scan, REGION_CLASS, scan->decorators, scan->decorators_indent);
    bool has_inline = scan_header(scan, index);
    settle(scan, index);
    scan->classes[scan->class_count++] = (OpenClass){index, column, COLUMN_UNKNOWN};
    if (has_inline) add_inline_run(scan, index);
}

/* Tries the keyword at `start`; true when it opened a region. */
static bool begin_definition(Scan *scan, size_t start, uint32_t column, uint32_t indent)
{
    Str text = scan->line.text;
    size_t async_name = line_word(text, start, STR("async"));
    size_t name = line_word(text, async_name != SIZE_MAX ? async_name : start, STR("def"));
    bool is_class = name == SIZE_MAX;
    if (is_class) name = line_word(text, start, STR("class"));
    if (name == SIZE_MAX || (is_class && scan->class_count == CLASS_DEPTH_MOST)) return false;
    end_leaf(scan);
    if (scan->decorators == SIZE_MAX) {
        scan->decorators = start;
        scan->decorators_indent = indent;
    }
    scan->line.at = name;
    if (is_class)
        begin_class(scan, column);
    else
        begin_function(scan, column, async_name != SIZE_MAX);
    scan->decorators = SIZE_MAX;
    return true;
}

static void scan_decorator(Scan *scan, size_t start, uint32_t indent)
{
    end_leaf(scan);
    if (scan->decorators == SIZE_MAX) {
        scan->decorators = start;
        scan->decorators_indent = indent;
    }
    line_rest(&scan->line);
}

static size_t skip_byte(Str text, size_t at, char byte)
{
    return at < text.len && text.ptr[at] == byte ? line_skip_blanks(text, at + 1) : SIZE_MAX;
}

static bool is_main_guard(Str text, size_t at)
{
    at = line_word(text, at, STR("if"));
    if (at == SIZE_MAX) return false;
    while (at < text.len && text.ptr[at] == '(')
        at = line_skip_blanks(text, at + 1);
    at = line_word(text, at, STR("__name__"));
    if (at == SIZE_MAX) return false;
    at = skip_byte(text, at, '=');
    if (at == SIZE_MAX) return false;
    at = skip_byte(text, at, '=');
    if (at == SIZE_MAX || at >= text.len || (text.ptr[at] != '"' && text.ptr[at] != '\'')) return false;
    return str_starts(str_part(text, at + 1, text.len), STR("__main__"));
}

/* Width of the indentation that statements of the innermost open class (or of the module) have. */
static uint32_t members_column(Scan *scan, uint32_t column)
{
    if (!scan->class_count) return 0;
    OpenClass *open = &scan->classes[scan->class_count - 1];
    if (open->members == COLUMN_UNKNOWN || open->members > column) open->members = column;
    return open->members;
}

static void scan_statement(Scan *scan, uint32_t column)
{
    size_t start = scan->line.at;
    uint32_t indent = (uint32_t)(start - scan->line_start);
    if (scan->function != REGION_NONE && column > scan->function_column) {
        line_rest(&scan->line);
        settle(scan, scan->function);
        return;
    }
    if (scan->decorators == SIZE_MAX) end_classes(scan, column);
    if (scan->run != REGION_NONE && column > members_column(scan, column)) {
        scan_run_line(scan);
        return;
    }
    if (scan->line.text.ptr[start] == '@') {
        scan_decorator(scan, start, indent);
        return;
    }
    if (begin_definition(scan, start, column, indent)) return;
    drop_decorators(scan);
    end_classes(scan, column);
    members_column(scan, column);
    if (column == 0 && is_main_guard(scan->line.text, start)) scan->has_main_guard = true;
    begin_run(scan, start, indent);
}

static void scan_lines(Scan *scan)
{
    LineScan *line = &scan->line;
    while (line->at < line->text.len) {
        scan->line_start = line->at;
        uint32_t column = line_indent(line);
        if (line->at >= line->text.len) break;
        char byte = line->text.ptr[line->at];
        if (byte == '\n')
            line->at++;
        else if (byte == '#')
            line_comment(line, true);
        else
            scan_statement(scan, column);
    }
    drop_decorators(scan);
    end_classes(scan, 0);
    end_leaf(scan);
}

Str outline_text(Arena *arena, Str text)
{
    char *copy = NULL;
    for (size_t at = 0; at < text.len; at++) {
        const char *found = memchr(text.ptr + at, '\r', text.len - at);
        if (!found) break;
        at = (size_t)(found - text.ptr);
        if (at + 1 < text.len && text.ptr[at + 1] == '\n') continue;
        if (!copy) copy = arena_copy(arena, text.ptr, text.len);
        copy[at] = '\n';
    }
    return copy ? (Str){copy, text.len} : text;
}

static void *keep(Arena *arena, const void *items, size_t count, size_t item_bytes)
{
    void *copy = arena_array(arena, count, item_bytes);
    if (count) memcpy(copy, items, count * item_bytes);
    return copy;
}

Outline outline_scan(Arena *arena, Str text)
{
    text = outline_text(arena, text);
    Scan scan = {.line = {.text = text, .comment_start = SIZE_MAX, .decorator = SIZE_MAX},
                 .function = REGION_NONE,
                 .run = REGION_NONE,
                 .decorators = SIZE_MAX};
    if (str_starts(text, STR("\xef\xbb\xbf"))) scan.line.at = 3;
    scan_lines(&scan);
    Outline outline = {.text = text,
                       .region_count = (uint32_t)scan.regions.count,
                       .marker_count = (uint32_t)scan.line.markers.count,
                       .comment_count = (uint32_t)scan.line.comments.count,
                       .has_main_guard = scan.has_main_guard};
    outline.regions = keep(arena, scan.regions.items, scan.regions.count, sizeof(Region));
    outline.markers = keep(arena, scan.line.markers.items, scan.line.markers.count, sizeof(Comment));
    outline.comments = keep(arena, scan.line.comments.items, scan.line.comments.count, sizeof(Span));
    vec_free(&scan.regions);
    vec_free(&scan.line.comments);
    vec_free(&scan.line.markers);
    return outline;
}
