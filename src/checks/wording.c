#include "checks/wording.h"

#include "base/buf.h"
#include "base/banned.h"

static Str kept(Arena *arena, Buf *buf)
{
    Str text = str_copy(arena, buf_str(buf));
    buf_free(buf);
    return text;
}

Str wording_name(const Rule *rule)
{
    return str_starts(rule->path, STR("builtins.")) ? str_part(rule->path, 9, rule->path.len) : rule->path;
}

/* What the source text shows of methods that are never written out. */
static void add_done(Buf *buf, const Rule *rule)
{
    static const struct {
        const char *method, *before;
    } forms[] = {{".__iter__", "iterating `"},
                 {".__next__", "iterating `"},
                 {".__enter__", "entering `with "},
                 {".__exit__", "leaving `with "},
                 {".__getitem__", "reading an item of `"},
                 {".__setitem__", "setting an item of `"},
                 {".__len__", "the length of `"}};
    Str name = wording_name(rule);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        Str method = str_from(forms[i].method);
        if (!str_ends(name, method)) continue;
        buf_add_text(buf, forms[i].before);
        buf_add(buf, str_part(name, 0, name.len - method.len));
        buf_add_byte(buf, '`');
        return;
    }
    buf_add_byte(buf, '`');
    buf_add(buf, name);
    buf_add_byte(buf, '`');
}

const char *wording_effect(Effect effect)
{
    static const char *const texts[EFFECT_COUNT] = {
        [EFFECT_NONE] = "does not block",
        [EFFECT_SLEEP] = "sleeps",
        [EFFECT_HTTP] = "waits for an HTTP response",
        [EFFECT_DB] = "waits for the database",
        [EFFECT_CACHE] = "waits for the cache server",
        [EFFECT_QUEUE] = "waits for the message queue",
        [EFFECT_FILE] = "waits for the disk",
        [EFFECT_FS_METADATA] = "asks the file system",
        [EFFECT_PROCESS] = "waits for a process",
        [EFFECT_SOCKET] = "waits for the network",
        [EFFECT_DNS] = "waits for a name server",
        [EFFECT_IPC] = "waits for another process",
        [EFFECT_LOCK] = "waits for a lock or an event",
        [EFFECT_THREAD_WAIT] = "waits for another thread",
        [EFFECT_CLOUD] = "waits for a cloud service",
        [EFFECT_MAIL] = "waits for a mail server",
        [EFFECT_SSH] = "waits for a remote shell",
        [EFFECT_INPUT] = "waits for console input",
        [EFFECT_IMPORT] = "loads a module",
        [EFFECT_CPU] = "computes",
        [EFFECT_LONG_LOOP] = "computes without a pause",
        [EFFECT_BUSY_WAIT] = "asks over and over",
        [EFFECT_LOOP_MISUSE] = "raises RuntimeError: a loop runs in this thread already",
    };
    return effect < EFFECT_COUNT ? texts[effect] : "blocks";
}

Str wording_message(Arena *arena, const Rule *rule, Str entered)
{
    Buf buf;
    buf_init(&buf);
    if (entered.len) {
        buf_add_byte(&buf, '`');
        buf_add(&buf, entered);
        buf_add_text(&buf, "` reaches ");
    }
    add_done(&buf, rule);
    buf_add_text(&buf, entered.len ? ", which " : " ");
    if (rule->effect == EFFECT_LONG_LOOP)
        buf_add(&buf, rule->why);
    else
        buf_add_text(&buf, wording_effect(rule->effect));
    if (rule->effect != EFFECT_LOOP_MISUSE) buf_add_text(&buf, " on the event loop");
    return kept(arena, &buf);
}

static void add_package(Buf *buf, const Rule *rule)
{
    if (!rule->package.len) return;
    buf_add_text(buf, " (package ");
    buf_add(buf, rule->package);
    buf_add_byte(buf, ')');
}

static void add_quoted(Buf *buf, const char *before, Str path, const char *after)
{
    buf_add_text(buf, before);
    buf_add(buf, path);
    buf_add_text(buf, after);
}

/* `aiobotocore.client.AioBaseClient.*` stands for the method that is called. */
static Str replacement_of(Arena *arena, const Rule *rule)
{
    if (!rule->replacement.len) return wording_name(rule);
    if (!str_ends(rule->replacement, STR(".*"))) return rule->replacement;
    Str method = str_after_last(rule->path, '.');
    return str_join(arena, str_part(rule->replacement, 0, rule->replacement.len - 1), STR(""), method);
}

/* A thread frees the loop only as far as the work lets other threads run. */
static void add_lock(Buf *buf, const Rule *rule)
{
    if (rule->gil == GIL_RELEASED) buf_add_text(buf, " (it releases the interpreter lock)");
    if (rule->gil == GIL_MIXED)
        buf_add_text(buf, "; where it holds the interpreter lock, only a process frees the loop");
    if (rule->gil == GIL_HELD)
        buf_add_text(buf, "; it holds the interpreter lock, so that a process is better");
}

static void add_process(Buf *buf, const Rule *rule)
{
    buf_add_text(
        buf, "run it in a process: `await loop.run_in_executor(ProcessPoolExecutor(), ...)` (what goes in "
             "and out is pickled), or in a worker queue when it takes seconds");
    if (rule->effect == EFFECT_LONG_LOOP)
        buf_add_text(buf, "; as a last resort pause in it with `await asyncio.sleep(0)`");
    else if (rule->gil == GIL_HELD)
        buf_add_text(buf, "; a thread would hold the interpreter lock");
}

Str wording_advice(Arena *arena, const Rule *rule)
{
    Buf buf;
    buf_init(&buf);
    Str path = replacement_of(arena, rule);
    bool own = str_starts(rule->replacement, STR("asyncio.to_thread")) || !rule->replacement.len;
    switch (rule->form) {
    case FORM_AWAIT_CALL:
        add_quoted(&buf, "write `await ", path, "(...)`");
        break;
    case FORM_ASYNC_WITH:
        add_quoted(&buf, "write `async with ", path, "(...)`");
        break;
    case FORM_ASYNC_FOR:
        add_quoted(&buf, "write `async for ... in ", path, "(...)`");
        break;
    case FORM_OFFLOAD_THREAD:
        if (own)
            add_quoted(&buf, "move it to a thread: `await asyncio.to_thread(", wording_name(rule), ", ...)`");
        else
            add_quoted(&buf, "move it to a thread with `await ", path, "(...)`");
        if (rule->effect == EFFECT_CPU) add_lock(&buf, rule);
        break;
    case FORM_OFFLOAD_PROCESS:
        add_process(&buf, rule);
        break;
    case FORM_REMOVE:
        if (rule->effect == EFFECT_LOOP_MISUSE && !rule->replacement.len)
            buf_add_text(&buf, "await the coroutine instead");
        else
            add_quoted(&buf, "take it out of the coroutine: use `", path, "`");
        break;
    case FORM_NONE:
        if (rule->effect == EFFECT_BUSY_WAIT)
            buf_add_text(&buf, "await an `asyncio.Event` that is set when it happens");
        if (rule->replacement.len) add_quoted(&buf, "use `", path, "`");
        break;
    }
    if (buf.len) add_package(&buf, rule);
    return kept(arena, &buf);
}

Str wording_why(Arena *arena, const Rule *rule)
{
    Buf buf;
    if (rule->effect == EFFECT_LOOP_MISUSE)
        return STR(
            "a thread runs one loop at a time: the second one is refused, and what it should run never does");
    buf_init(&buf);
    buf_add_text(&buf, "it ");
    buf_add_text(&buf, wording_effect(rule->effect));
    buf_add_text(&buf,
                 " in the thread that runs the loop; until it returns, no other request, task or timer runs");
    return kept(arena, &buf);
}
