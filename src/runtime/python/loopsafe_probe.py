"""Arms the probe: the library that LD_PRELOAD has put in front of libc (src/probe/python.h).

    import loopsafe_probe
    notice = loopsafe_probe.arm()          # before anything that imports asyncio or uvloop

    LD_PRELOAD=libloopsafe_probe.so python loopsafe_probe.py SCRIPT ARGUMENTS...

Before a loop is watched, a stack is read from memory and compared with what the interpreter itself says; if they differ,
the probe asks the interpreter instead (slower, less exact) and says so. For tests: LOOPSAFE_PROBE_TEST=mismatch makes
them differ.
"""
import functools
import os
import sys
import types

MODE_FRAMES, MODE_WATCHDOG = 1, 2
SELECTOR_UNKNOWN, SELECTOR_TOLD = -1, -2
TROUBLE_BYTES = 256
STACK_BYTES = 1 << 20


class ProbeError(Exception):
    """Why the probe cannot work at all, in one line."""


# --- the library ---

def _functions():
    """The probe's functions; called with the GIL held, so that they see this thread as the interpreter does."""
    try:
        import ctypes
    except ImportError as error:
        raise ProbeError("this Python has no ctypes, which the probe is called through: %s" % error) from None
    library = ctypes.PyDLL(None)
    if not hasattr(library, "loopsafe_probe_arm"):
        raise ProbeError("this Python ignores LD_PRELOAD (it is linked statically, or runs with other rights), so its calls cannot be timed")
    pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
    library.loopsafe_probe_arm.argtypes = [ctypes.c_uint32, ctypes.py_object, ctypes.py_object, text, size]
    library.loopsafe_probe_walk.argtypes = [pointer, text, size]
    library.loopsafe_probe_walk.restype = size
    library.loopsafe_probe_mode.argtypes = [ctypes.c_int, text]
    library.loopsafe_probe_enter.argtypes = [pointer, ctypes.c_ulong, ctypes.c_int]
    for function in (library.loopsafe_probe_leave, library.loopsafe_probe_wait, library.loopsafe_probe_wake):
        function.argtypes, function.restype = [], None
    library.PyThreadState_Get.argtypes = []
    library.PyThreadState_Get.restype = pointer
    return library, ctypes


# --- the check: a stack with everything in it that stacks are made of ---

def _read_stack(library, ctypes):
    room = ctypes.create_string_buffer(STACK_BYTES)
    length = library.loopsafe_probe_walk(library.PyThreadState_Get(), room, STACK_BYTES)
    lines = room.raw[:length].decode("utf-8", "surrogateescape").splitlines()
    return [tuple(line.split("\t")) for line in lines][1:]


def _told_stack(frame):
    stack = []
    while frame is not None:
        code = frame.f_code
        name = getattr(code, "co_qualname", code.co_name)
        stack.append((code.co_filename, name, str(frame.f_lineno)))
        frame = frame.f_back
    return stack


def _check_stacks(read):
    """Stacks as (read, told), from inside functions called by Python, by C, as coroutines and generators."""
    seen = []

    def look(_value=None):
        seen.append((read(), _told_stack(sys._getframe())))

    def generate():
        look()
        yield

    async def run():
        for _ in generate():
            look(
                len([1, 2, 3]),
            )

    def drive(_value):
        coroutine = run()
        try:
            coroutine.send(None)
        except StopIteration:
            pass

    names = {}
    exec(compile("def wide(call):\n    call()\n\n    call()\n", "/nowhere/\u017elu\u0165ou\u010dk\u00fd.py", "exec"), names)
    names["wide"](look)
    sorted([1], key=drive)
    return seen


def _check(read):
    """Why stacks that were read cannot be trusted; "": they can."""
    for was_read, told in _check_stacks(read):
        if was_read != told:
            return "the stack that was read is not the one that the interpreter tells"
    return ""


# --- loops ---

def _watch_loops(library):
    """Every loop, of whatever kind, tells asyncio in which thread it runs. asyncio itself has to be imported first: _asyncio alone
    would leave it with the slow tasks."""
    import asyncio
    import threading
    tell, enter, leave = asyncio.events._set_running_loop, library.loopsafe_probe_enter, library.loopsafe_probe_leave
    thread_state, identity = library.PyThreadState_Get, threading.get_ident

    def _set_running_loop(loop):
        tell(loop)
        if loop is None:
            leave()
        else:
            enter(thread_state(), identity(), _selector_of(loop, library))

    asyncio.events._set_running_loop = asyncio._set_running_loop = _set_running_loop


def _selector_of(loop, library):
    """The descriptor of the loop's epoll; SELECTOR_UNKNOWN: not known before it is waited on."""
    import selectors
    selector = getattr(loop, "_selector", None)
    try:
        if isinstance(selector, selectors.EpollSelector):
            return selector.fileno()
        if isinstance(selector, selectors.BaseSelector):
            return _tell_waits(selector, library)
    except Exception:
        pass
    return SELECTOR_UNKNOWN


def _tell_waits(selector, library):
    """One that waits by select(), poll() or in a way of its own: the probe is told when."""
    if "select" in vars(selector):
        return SELECTOR_TOLD
    select, wait, wake = selector.select, library.loopsafe_probe_wait, library.loopsafe_probe_wake

    def told(timeout=None):
        wait()
        try:
            return select(timeout)
        finally:
            wake()

    selector.select = told
    return SELECTOR_TOLD


# --- arming ---

def arm():
    """Arms the probe; a line that the user should see, or "". Raises ProbeError when nothing can be measured."""
    library, ctypes = _functions()
    trouble = ctypes.create_string_buffer(TROUBLE_BYTES)
    known = library.loopsafe_probe_arm(sys.hexversion, types.CodeType, "".join(["loop", "safe"]), trouble, TROUBLE_BYTES)
    os.environ.pop("LOOPSAFE_PROBE_FD", None)
    if known < 0:
        raise ProbeError(trouble.value.decode())
    reason = _why_not_frames(known, functools.partial(_read_stack, library, ctypes))
    notice = reason and "Python %s: %s, so it is asked instead: stalls shorter than 10 ms and code that holds the GIL are placed less exactly" % (
        sys.version.split()[0], reason)
    library.loopsafe_probe_mode(MODE_WATCHDOG if reason else MODE_FRAMES, notice.encode())
    _watch_loops(library)
    return notice


def _why_not_frames(known, read):
    if not known and "t" in getattr(sys, "abiflags", ""):
        return "this is a build without GIL, whose stacks are laid out in another way"
    if not known:
        return "where this version keeps its stacks is not known"
    if os.environ.get("LOOPSAFE_PROBE_TEST") == "mismatch":
        return "a test wants the stacks to differ"
    return _check(read)


def main():
    import runpy
    if len(sys.argv) < 2:
        sys.exit("usage: loopsafe_probe.py SCRIPT ARGUMENTS...")
    try:
        notice = arm()
    except ProbeError as error:
        sys.exit("loopsafe: %s" % error)
    if notice:
        print("loopsafe: %s" % notice, file=sys.stderr)
    sys.argv = sys.argv[1:]
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
