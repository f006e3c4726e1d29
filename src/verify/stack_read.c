#include "verify/stack_read.h"

#include "base/limits.h"
#include "base/path.h"
#include "base/banned.h"

/* What is installed is a library, wherever its environment lies. */
static bool is_installed(Str path)
{
    return str_find(path, STR("site-packages/")) != SIZE_MAX ||
           str_find(path, STR("dist-packages/")) != SIZE_MAX;
}

static Str without_root(Str file, Str root)
{
    if (!str_starts(file, STR("/")) || !root.len || !path_is_below(file, root)) return (Str){NULL, 0};
    return str_drop(file, root.len + (file.len > root.len));
}

/* The same few names stand in all stacks. */
static Str shared(Arena *arena, Str text)
{
    return text.len ? (Str){arena_share(arena, text.ptr, text.len), text.len} : STR("");
}

static RunFrame frame_of(Arena *arena, const ProbeArea *area, ProbeFrame frame, Str root)
{
    Str file = probe_area_text(area, frame.file), function = probe_area_text(area, frame.function);
    bool is_relative = file.len && file.ptr[0] != '/' && file.ptr[0] != '<';
    Str inside = is_relative ? file : without_root(file, root);
    if (str_starts(inside, STR("./"))) inside = str_drop(inside, 2);
    bool in_project = inside.len && !is_installed(inside);
    return (RunFrame){shared(arena, in_project ? inside : file), shared(arena, function), frame.line1,
                      in_project};
}

RunStack stack_read(Arena *arena, const ProbeArea *area, uint32_t stack, Str root)
{
    size_t depth = probe_area_depth(area, stack);
    if (depth > LIMIT_RUN_FRAMES) depth = LIMIT_RUN_FRAMES;
    RunFrame *frames = arena_array(arena, depth, sizeof *frames);
    for (size_t i = 0; i < depth; i++)
        frames[i] = frame_of(arena, area, probe_area_frame(area, stack, i), root);
    return (RunStack){frames, depth};
}

const RunFrame *stack_place(const RunStack *stack)
{
    for (size_t i = 0; i < stack->count; i++)
        if (stack->frames[i].in_project) return &stack->frames[i];
    return stack->count ? &stack->frames[0] : NULL;
}
