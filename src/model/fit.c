#include "model/fit.h"

#include "base/buf.h"

#include "base/banned.h"

/* Shorter steps change nothing that is printed. */
static const double least_ms = 0.0005;

static void add_step(Buf *program, const char *word, double ms)
{
    if (ms < least_ms) return;
    if (program->len && program->data[program->len - 1] != ' ') buf_add_text(program, "; ");
    buf_format(program, "%s %.3f", word, ms);
}

static void add_pool(Buf *program, const char *word, Str pool)
{
    if (program->len) buf_add_text(program, "; ");
    buf_format(program, "%s[%.*s] ", word, (int)pool.len, pool.ptr);
}

static double waited_ms(const FitMeasured *measured)
{
    double known = measured->loop_cpu_ms + measured->thread_cpu_ms + measured->process_cpu_ms +
                   measured->loop_blocked_ms;
    return measured->alone_ms > known ? measured->alone_ms - known : 0;
}

static void add_thread(Buf *program, const FitMeasured *measured)
{
    double waited = waited_ms(measured), half = measured->thread_cpu_ms / 2;
    if (measured->thread_cpu_ms < least_ms && waited < least_ms) return;
    add_pool(program, "thread", measured->thread_pool);
    buf_add_text(program, "{ ");
    add_step(program, "cpu", waited < least_ms ? measured->thread_cpu_ms : half);
    if (waited >= least_ms) {
        add_step(program, "block", waited);
        add_step(program, "cpu", half);
    }
    buf_add_text(program, " }");
}

static void add_process(Buf *program, const FitMeasured *measured)
{
    if (measured->process_cpu_ms < least_ms) return;
    add_pool(program, "process", measured->process_pool);
    buf_format(program, "%.3f", measured->process_cpu_ms);
}

/* The loop's own CPU time is cut in two only where something stands between the halves. */
static void add_middle(Buf *program, const FitMeasured *measured)
{
    add_step(program, "block", measured->loop_blocked_ms);
    if (measured->thread_pool.len) add_thread(program, measured);
    if (measured->process_pool.len) add_process(program, measured);
    if (!measured->thread_pool.len) add_step(program, "await", waited_ms(measured));
}

Str fit_program(Arena *arena, const FitMeasured *measured)
{
    Buf program, middle;
    buf_init(&program);
    buf_init(&middle);
    add_middle(&middle, measured);
    add_step(&program, "cpu", middle.len ? measured->loop_cpu_ms / 2 : measured->loop_cpu_ms);
    if (middle.len && program.len) buf_add_text(&program, "; ");
    buf_add(&program, buf_str(&middle));
    if (middle.len) add_step(&program, "cpu", measured->loop_cpu_ms / 2);
    if (!program.len) buf_add_text(&program, "cpu 0");
    Str text = str_copy(arena, buf_str(&program));
    buf_free(&middle);
    buf_free(&program);
    return text;
}
