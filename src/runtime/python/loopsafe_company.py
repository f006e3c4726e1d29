"""What else is at work in the application's process and takes from what is measured there: other preloaded libraries, debuggers
and the like, children. A line each."""
import os
import sys


def watch(control):
    """From the start on."""
    for line in preloaded(os.environ.get("LD_PRELOAD", ""), _maps()):
        control.notice(line)
    told = []

    def forked():
        if not told:
            told.append(True)
            control.notice("the application forks processes: only the one that serves is watched")

    os.register_at_fork(after_in_parent=forked)


def look(control):
    """When the application has started."""
    names = tracers()
    if names:
        control.notice("a debugger, profiler or coverage tool is active in the application (%s): the times are not its own alone, "
                       "and lines that ran may count as not exercised" % ", ".join(names))


# --- other libraries in front of libc ---


def _maps():
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def preloaded(variable, maps):
    """Of each library behind the first, which is the probe."""
    loaded = {os.path.basename(line.split()[-1]) for line in maps.splitlines() if line.count("/")}
    for path in variable.replace(":", " ").split()[1:]:
        if loaded & {os.path.basename(path), os.path.basename(os.path.realpath(path))}:
            yield "%s is preloaded behind the probe" % path
        else:
            yield "%s of LD_PRELOAD is not loaded" % path


# --- debuggers, profilers, coverage ---


def tracers():
    """Names of those that are not ours; of this thread, which runs the loop."""
    hooks = [sys.gettrace(), sys.getprofile()]
    names = [_name(hook) for hook in hooks if hook is not None and getattr(hook, "__module__", "") != "loopsafe_watch"]
    return sorted(set(names + _monitoring()))


def _name(hook):
    """coverage.tracer.CTracer, pdb.Pdb, tools.trace."""
    owner = getattr(hook, "__self__", None)
    if owner is not None and not isinstance(owner, type(sys)):
        hook = type(owner)
    if not hasattr(hook, "__qualname__"):
        hook = type(hook)
    return "%s.%s" % (hook.__module__, hook.__qualname__)


def _monitoring():
    """Tools of sys.monitoring, from Python 3.12 on."""
    if not hasattr(sys, "monitoring"):
        return []
    tools = [sys.monitoring.get_tool(number) for number in range(6)]
    return [tool for tool in tools if tool and tool != "loopsafe"]
