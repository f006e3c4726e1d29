#define _GNU_SOURCE
#include "probe/asker.h"

#include <dlfcn.h>
#include <string.h>

#include "probe/clock.h"
#include "probe/probe.h"

#include "base/banned.h"

/* An object of the interpreter; nothing is known of it. */
typedef struct Object Object;

typedef struct Interpreter {
    int (*ensure)(void);
    void (*release)(int state);
    Object *(*sys_get)(const char *name);
    Object *(*call)(Object *callable, Object *arguments);
    Object *(*long_new)(unsigned long number);
    long (*long_value)(Object *number);
    Object *(*dict_get)(Object *dict, Object *key);
    Object *(*get)(Object *object, const char *name);
    const char *(*text)(Object *text, ptrdiff_t *size);
    void (*keep)(Object *object);
    void (*drop)(Object *object);
    void (*clear)(void);
    Object *none;
} Interpreter;

static bool find(void *function, const char *name)
{
    void *address = dlsym(RTLD_DEFAULT, name);
    memcpy(function, &address, sizeof address);
    return address;
}

static bool interpreter_find(Interpreter *python)
{
    return find(&python->ensure, "PyGILState_Ensure") && find(&python->release, "PyGILState_Release") &&
           find(&python->sys_get, "PySys_GetObject") && find(&python->call, "PyObject_CallObject") &&
           find(&python->long_new, "PyLong_FromUnsignedLong") && find(&python->long_value, "PyLong_AsLong") &&
           find(&python->dict_get, "PyDict_GetItem") && find(&python->get, "PyObject_GetAttrString") &&
           find(&python->text, "PyUnicode_AsUTF8AndSize") && find(&python->keep, "Py_IncRef") &&
           find(&python->drop, "Py_DecRef") && find(&python->clear, "PyErr_Clear") &&
           find(&python->none, "_Py_NoneStruct");
}

bool asker_ready(void)
{
    Interpreter python;
    return interpreter_find(&python);
}

/* --- attributes of a frame --- */

static uint32_t number_of(const Interpreter *python, Object *object, const char *name)
{
    Object *number = python->get(object, name);
    long value = number && number != python->none ? python->long_value(number) : 0;
    python->drop(number);
    return value > 0 && value <= INT32_MAX ? (uint32_t)value : 0;
}

/* The text's place in the store; 0: there is none. */
static uint32_t text_of(const Interpreter *python, Object *object, const char *name)
{
    Object *text = python->get(object, name);
    ptrdiff_t size = 0;
    const char *bytes = text ? python->text(text, &size) : NULL;
    uint32_t place = 0;
    if (bytes && size <= LIMIT_PROBE_NAME_BYTES) {
        store_lock(&probe.store);
        place = store_text(&probe.store, bytes, (size_t)size);
        store_unlock(&probe.store);
    } else {
        python->clear();
    }
    python->drop(text);
    return place;
}

static uint32_t frame_of(const Interpreter *python, Object *object)
{
    Object *code = python->get(object, "f_code");
    if (!code) return 0;
    uint32_t qualified = text_of(python, code, "co_qualname");
    ProbeFrame frame = {.file = text_of(python, code, "co_filename"),
                        .function = qualified ? qualified : text_of(python, code, "co_name"),
                        .line1 = number_of(python, object, "f_lineno"),
                        .first1 = number_of(python, code, "co_firstlineno")};
    python->drop(code);
    store_lock(&probe.store);
    uint32_t number = store_frame(&probe.store, &frame);
    store_unlock(&probe.store);
    return number;
}

/* --- the stack of a thread; with the GIL --- */

/* Frames from `frame` outwards; takes over the reference. */
static uint32_t stack_from(const Interpreter *python, Object *frame)
{
    uint32_t frames[LIMIT_PROBE_DEPTH];
    size_t count = 0;
    while (frame && frame != python->none && count < LIMIT_PROBE_DEPTH) {
        uint32_t number = frame_of(python, frame);
        if (number) frames[count++] = number - 1;
        Object *outer = python->get(frame, "f_back");
        python->drop(frame);
        frame = outer;
    }
    python->drop(frame);
    store_lock(&probe.store);
    uint32_t stack = store_stack(&probe.store, frames, count);
    store_unlock(&probe.store);
    return stack;
}

static uint32_t stack_of(const Interpreter *python, unsigned long identity)
{
    Object *function = python->sys_get("_current_frames");
    Object *frames = function ? python->call(function, NULL) : NULL;
    Object *key = python->long_new(identity);
    Object *frame = frames && key ? python->dict_get(frames, key) : NULL; /* borrowed from the dict */
    if (frame) python->keep(frame);
    python->drop(key);
    python->drop(frames);
    uint32_t stack = stack_from(python, frame);
    python->clear();
    return stack;
}

/* In a call: its record will have the stack. Computing, which ended when we took the GIL: a sample. */
static void note(Lane *lane, uint64_t call, uint32_t stack)
{
    uint32_t state = atomic_load(&lane->state);
    bool waits = atomic_load(&lane->waits_for_gil);
    uint64_t until = state == LANE_CALLING ? atomic_load(&lane->call_at_ns) : clock_now();
    if (state == LANE_CALLING) {
        if (atomic_load(&lane->call_number) != call) return;
        atomic_store(&lane->seen_stack, stack);
        atomic_store(&lane->seen_call, call);
    }
    if (state != LANE_RUNNING && !waits) return;
    atomic_fetch_add_explicit(&probe.area->samples, 1, memory_order_relaxed);
    lane_sample(lane, stack, until, false);
}

void asker_look(Lane *lane)
{
    Interpreter python;
    if (!interpreter_find(&python)) return;
    uint64_t tick = atomic_load(&lane->tick);
    int state = python.ensure();
    uint64_t call = atomic_load(&lane->call_number);
    uint32_t stack = stack_of(&python, lane->identity);
    if (stack && atomic_load(&lane->tick) == tick) note(lane, call, stack);
    python.release(state);
}
