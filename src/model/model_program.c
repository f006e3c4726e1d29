#include "model/model_program.h"

#include <string.h>

#include "base/limits.h"
#include "base/vec.h"

#include "base/banned.h"

typedef VEC(ModelStep) Steps;

typedef struct Parser {
    Arena *arena;
    Str text;
    size_t at;
    const char *path;
    size_t line1;
    const ModelPool *pools;
    size_t pool_count;
    size_t step_count;
    unsigned depth;
    bool in_thread;
    Fail *fail;
} Parser;

typedef struct Word {
    const char *name;
    ModelKind kind;
    bool in_thread; /* may stand in a thread */
} Word;

static const Word words[] = {
    {"cpu", MODEL_CPU, true},       {"block", MODEL_BLOCK, true},      {"await", MODEL_AWAIT, false},
    {"thread", MODEL_ENTER, false}, {"process", MODEL_PROCESS, false}, {"gather", MODEL_GATHER, false},
};
enum { WORD_COUNT = sizeof words / sizeof words[0] };

static bool parse_steps(Parser *parser, const ModelStep **steps);
static bool add_steps(Parser *parser, Steps *steps);

/* --- text --- */

static bool complain(const Parser *parser, const char *what)
{
    return fail_at(parser->fail, parser->path, parser->line1, "character %zu of the program: %s",
                   parser->at + 1, what);
}

static void skip_blanks(Parser *parser)
{
    while (parser->at < parser->text.len && strchr(" \t\r\n;", parser->text.ptr[parser->at]))
        parser->at++;
}

/* The next byte that is no blank; NUL at the end. */
static char next_byte(Parser *parser)
{
    skip_blanks(parser);
    if (parser->at == parser->text.len) return '\0';
    return parser->text.ptr[parser->at];
}

static bool take(Parser *parser, char byte, const char *what)
{
    if (next_byte(parser) != byte) return complain(parser, what);
    parser->at++;
    return true;
}

static bool byte_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Digits with at most one point among them. Places behind the nanosecond are dropped. */
static bool take_time(Parser *parser, uint64_t *time_ns)
{
    static const uint64_t millisecond_ns = 1000 * 1000;
    uint64_t scale = millisecond_ns;
    bool digits = false, in_fraction = false;
    *time_ns = 0;
    skip_blanks(parser);
    for (; parser->at < parser->text.len; parser->at++) {
        char byte = parser->text.ptr[parser->at];
        if (byte == '.' && !in_fraction) {
            in_fraction = true;
            continue;
        }
        if (!byte_is_digit(byte)) break;
        digits = true;
        if (in_fraction) scale /= 10;
        *time_ns = in_fraction ? *time_ns + (uint64_t)(byte - '0') * scale
                               : *time_ns * 10 + (uint64_t)(byte - '0') * millisecond_ns;
        if (*time_ns > LIMIT_MODEL_STEP_MS * millisecond_ns)
            return complain(parser, "a step takes an hour at most");
    }
    return digits || complain(parser, "expected a time in milliseconds");
}

/* --- steps --- */

static bool take_pool(Parser *parser, uint32_t *pool)
{
    if (!take(parser, '[', "expected the name of a pool, as in thread[NAME]")) return false;
    size_t start = parser->at, length = str_find_byte(str_drop(parser->text, start), ']');
    if (length == SIZE_MAX) return complain(parser, "expected ']' behind the name of the pool");
    Str name = str_trim(str_part(parser->text, start, start + length));
    for (size_t i = 0; i < parser->pool_count; i++) {
        if (!str_equal(parser->pools[i].name, name)) continue;
        *pool = (uint32_t)i;
        parser->at = start + length + 1;
        return true;
    }
    return fail_at(parser->fail, parser->path, parser->line1,
                   "character %zu of the program: no pool is named '%.*s'", start + 1,
                   (int)(name.len < 80 ? name.len : 80), name.ptr);
}

static bool add_step(Parser *parser, Steps *steps, ModelStep step)
{
    if (++parser->step_count > LIMIT_MODEL_STEPS) return complain(parser, "the program has too many steps");
    vec_add(steps, step);
    return true;
}

static bool add_thread(Parser *parser, Steps *steps)
{
    ModelStep enter = {.kind = MODEL_ENTER}, leave = {.kind = MODEL_LEAVE};
    if (!take_pool(parser, &enter.pool) || !take(parser, '{', "expected '{'")) return false;
    leave.pool = enter.pool;
    parser->in_thread = true;
    bool inside = add_step(parser, steps, enter) && add_steps(parser, steps);
    parser->in_thread = false;
    return inside && take(parser, '}', "expected a step or '}'") && add_step(parser, steps, leave);
}

static bool parse_branches(Parser *parser, const ModelStep ***branches, uint32_t *count)
{
    VEC(const ModelStep *) list = {0};
    bool parsed;
    do {
        const ModelStep *branch = NULL;
        parsed = parse_steps(parser, &branch);
        vec_add(&list, branch);
    } while (parsed && next_byte(parser) == '|' && take(parser, '|', ""));
    *branches = arena_array(parser->arena, list.count, sizeof **branches);
    memcpy(*branches, list.items, list.count * sizeof **branches);
    *count = (uint32_t)list.count;
    vec_free(&list);
    return parsed;
}

static bool add_gather(Parser *parser, Steps *steps)
{
    ModelStep gather = {.kind = MODEL_GATHER};
    const ModelStep **branches = NULL;
    if (!take(parser, '{', "expected '{'")) return false;
    if (++parser->depth > LIMIT_MODEL_NESTING)
        return complain(parser, "gathers stand too deep in each other");
    bool parsed = parse_branches(parser, &branches, &gather.branch_count);
    parser->depth--;
    gather.branches = branches;
    return parsed && take(parser, '}', "expected a step, '|' or '}'") && add_step(parser, steps, gather);
}

static bool add_timed(Parser *parser, Steps *steps, ModelKind kind)
{
    ModelStep step = {.kind = kind};
    if (kind == MODEL_PROCESS && !take_pool(parser, &step.pool)) return false;
    return take_time(parser, &step.for_ns) && add_step(parser, steps, step);
}

static const Word *take_word(Parser *parser)
{
    Str found = str_word(parser->text, parser->at);
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (str_equal(found, str_from(words[i].name))) {
            parser->at += found.len;
            return &words[i];
        }
    complain(parser, "expected cpu, block, await, thread, process or gather");
    return NULL;
}

static bool add_word(Parser *parser, Steps *steps)
{
    skip_blanks(parser);
    size_t start = parser->at;
    const Word *word = take_word(parser);
    if (!word) return false;
    if (parser->in_thread && !word->in_thread) {
        parser->at = start;
        return complain(parser, "in a thread there is cpu and block alone");
    }
    if (word->kind == MODEL_ENTER) return add_thread(parser, steps);
    if (word->kind == MODEL_GATHER) return add_gather(parser, steps);
    return add_timed(parser, steps, word->kind);
}

/* One step at least, up to a bracket, a bar or the end. */
static bool add_steps(Parser *parser, Steps *steps)
{
    do {
        if (!add_word(parser, steps)) return false;
    } while (!strchr("}|", next_byte(parser)));
    return true;
}

static bool parse_steps(Parser *parser, const ModelStep **result)
{
    Steps steps = {0};
    bool parsed = add_steps(parser, &steps);
    if (parsed) {
        ModelStep end = {.kind = MODEL_END};
        vec_add(&steps, end);
        ModelStep *copy = arena_array(parser->arena, steps.count, sizeof *copy);
        memcpy(copy, steps.items, steps.count * sizeof *copy);
        *result = copy;
    }
    vec_free(&steps);
    return parsed;
}

bool model_program(Arena *arena, Str text, const char *path, size_t line1, const ModelPool *pools,
                   size_t pool_count, const ModelStep **program, Fail *fail)
{
    Parser parser = {.arena = arena,
                     .text = text,
                     .path = path,
                     .line1 = line1,
                     .pools = pools,
                     .pool_count = pool_count,
                     .fail = fail};
    return parse_steps(&parser, program) &&
           (!next_byte(&parser) || complain(&parser, "expected a step or the end"));
}
