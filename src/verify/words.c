#include "verify/words.h"

#include "base/banned.h"

/* --- numbers --- */

void words_add_count(Buf *buf, uint64_t count)
{
    if (count >= 1000) {
        words_add_count(buf, count / 1000);
        buf_format(buf, ",%03u", (unsigned)(count % 1000));
    } else {
        buf_add_number(buf, count);
    }
}

void words_add_ms(Buf *buf, uint64_t nanoseconds)
{
    double ms = (double)nanoseconds / 1e6;
    if (nanoseconds && ms < 0.095)
        buf_format(buf, "%.2g ms", ms);
    else if (ms < 9.95)
        buf_format(buf, "%.1f ms", ms);
    else {
        words_add_count(buf, (nanoseconds + 500000) / 1000000);
        buf_add_text(buf, " ms");
    }
}

void words_add_share(Buf *buf, double share)
{
    double percent = share * 100;
    if (percent > 0 && percent < 0.1)
        buf_add_text(buf, "< 0.1 %");
    else if (percent < 100 && percent > 99.5)
        buf_add_text(buf, "> 99 %");
    else
        buf_format(buf, percent > 0 && percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
}

void words_add_rate(Buf *buf, double per_second)
{
    if (per_second < 99.95)
        buf_format(buf, "%.1f", per_second);
    else
        words_add_count(buf, (uint64_t)(per_second + 0.5));
}

void words_add_times(Buf *buf, uint64_t count)
{
    if (count == 1) {
        buf_add_text(buf, "once");
    } else {
        words_add_count(buf, count);
        buf_add_text(buf, " times");
    }
}

Str words_list(Arena *arena, const Str *items, size_t count)
{
    enum { SHOWN = 4 };
    size_t shown = count > SHOWN + 1 ? SHOWN : count;
    Buf text;
    buf_init(&text);
    for (size_t i = 0; i < shown; i++) {
        if (i) buf_add_text(&text, ", ");
        buf_add(&text, items[i]);
    }
    if (shown < count) buf_format(&text, " and %zu more", count - shown);
    Str list = str_copy(arena, buf_str(&text));
    buf_free(&text);
    return list;
}

Str words_short(Arena *arena, Str text, size_t most)
{
    Str line = str_trim(str_before(str_trim(text), '\n'));
    if (line.len <= most) return line;
    size_t end = most;
    while (end && ((unsigned char)line.ptr[end] & 0xc0) == 0x80)
        end--;
    return str_join(arena, str_part(line, 0, end), STR("…"), STR(""));
}

/* --- places --- */

/* What stands behind the folder in which libraries lie: "requests/api.py"; else the file's own name. */
static Str library_path(Str file)
{
    static const Str folders[] = {{"/site-packages/", 15}, {"/dist-packages/", 15}};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        size_t at = str_find(file, folders[i]);
        if (at != SIZE_MAX) return str_drop(file, at + folders[i].len);
    }
    size_t standard = str_find(file, STR("/python3"));
    if (standard == SIZE_MAX) return str_after_last(file, '/');
    Str rest = str_drop(file, standard + 1);
    size_t slash = str_find_byte(rest, '/');
    return slash == SIZE_MAX ? rest : str_drop(rest, slash + 1);
}

static Str without_end(Str text, Str end)
{
    return str_ends(text, end) ? str_part(text, 0, text.len - end.len) : text;
}

void words_add_function(Buf *buf, const RunFrame *frame)
{
    Str function = without_end(frame->function, STR(".__init__"));
    Str frozen = STR("<frozen ");
    if (!frame->in_project) {
        Str package = str_starts(frame->file, frozen)
                          ? without_end(str_drop(frame->file, frozen.len), STR(">"))
                          : without_end(str_before(library_path(frame->file), '/'), STR(".py"));
        if (str_equal(function, STR("<module>"))) {
            buf_add_text(buf, "importing ");
            buf_add(buf, package);
            return;
        }
        buf_add(buf, package);
        buf_add_byte(buf, '.');
    }
    buf_add(buf, function);
}

const RunFrame *stack_callee(const RunStack *stack)
{
    for (size_t i = 0; i < stack->count; i++)
        if (stack->frames[i].in_project) return i ? &stack->frames[i - 1] : NULL;
    return NULL;
}

void stall_add_words(Buf *buf, const RunStall *stall)
{
    const RunFrame *callee = stack_callee(&stall->stack);
    const RunFrame *where = callee ? callee : stall->at;
    buf_add(buf, stall->call.len ? stall->call : str_from(stall_kind_name(stall->kind)));
    if (!where) return;
    buf_add_text(buf, " in ");
    words_add_function(buf, where);
    buf_add_text(buf, " (");
    buf_add(buf, stall->at->in_project ? stall->at->file : library_path(stall->at->file));
    buf_format(buf, ":%u)", stall->at->row1);
}

/* --- construction --- */

static bool is_one_of(Str function, const char *const *names, size_t count)
{
    Str name = str_after_last(function, '.');
    for (size_t i = 0; i < count; i++)
        if (str_equal(name, str_from(names[i]))) return true;
    return false;
}

/* What reads and parses the certificates of the machine, by Python's own names. */
static bool makes_tls(const RunFrame *frame)
{
    static const char *const names[] = {"create_default_context", "load_verify_locations",
                                        "load_default_certs"};
    return is_one_of(frame->function, names, sizeof names / sizeof names[0]);
}

const RunFrame *stall_tls(const RunStall *stall)
{
    for (size_t i = 0; i < stall->stack.count && !stall->stack.frames[i].in_project; i++)
        if (makes_tls(&stall->stack.frames[i])) return &stall->stack.frames[i];
    return NULL;
}

const RunFrame *stall_construction(const RunStall *stall)
{
    static const char *const names[] = {"__init__"};
    const RunFrame *outermost = NULL;
    for (size_t i = 0; i < stall->stack.count && !stall->stack.frames[i].in_project; i++) {
        const RunFrame *frame = &stall->stack.frames[i];
        if (makes_tls(frame) || is_one_of(frame->function, names, 1)) outermost = frame;
    }
    return outermost;
}
