"""Tells of each watched line when it runs: for each request again, since requests are asked one at a time here.

A line in the header of a function (`async def f(x):`, its decorators) counts when the function is called, not when it is
defined.
"""
import ast
import dis
import importlib.machinery
import os
import sys
import threading
import time

AGAIN_NS = 2_000_000  # a line that runs again so soon does so for the same request
MOST = 500            # times that one line is told of

TOOLS = (4, 3)  # of sys.monitoring; the others belong to debuggers, coverage, profilers and optimizers


def start(lines, tree, control):
    """lines: [{"file", "row", "end_row"}]; all code that runs from now on is looked at, in every thread, but for what modules
    outside the tree do while they are imported."""
    watch = Watch(lines, control)
    if hasattr(sys, "monitoring"):
        _monitor(watch)
    else:
        _trace(watch, os.path.join(tree, ""))
    return watch


class Watch:
    def __init__(self, lines, control):
        self.control = control
        self.bodies = {}   # file -> row -> watched lines that hold it
        self.headers = {}  # file -> first row of a function -> watched lines in its header
        self.names = {}    # file as code objects have it -> file
        self.codes = {}    # number of a code object -> itself, so that the number stays its own; does it hold watched lines
        for line in lines:
            self._add(os.path.abspath(line["file"]), line)

    def _add(self, file, line):
        header = self._headers_of(file).get(line["row"])
        if header is not None:
            self.headers.setdefault(file, {}).setdefault(header, []).append(line)
            return
        rows = self.bodies.setdefault(file, {})
        for row in range(line["row"], max(line["row"], line["end_row"]) + 1):
            rows.setdefault(row, []).append(line)

    @staticmethod
    def _headers_of(file):
        """Row of a header -> first row of its function, as code objects count: that of the first decorator."""
        try:
            with open(file, "rb") as source:
                tree = ast.parse(source.read())
        except (OSError, SyntaxError, ValueError):
            return {}
        rows = {}
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                first = min([node.lineno] + [decorator.lineno for decorator in node.decorator_list])
                last = max(node.lineno, node.body[0].lineno - 1)
                rows.update((row, first) for row in range(first, last + 1))
        return rows

    def file_of(self, code):
        """The watched file, or None."""
        name = code.co_filename
        if name not in self.names:
            path = os.path.abspath(name)
            self.names[name] = path if path in self.bodies or path in self.headers else None
        return self.names[name]

    def holds_lines(self, file, code):
        """Whether any of its lines is watched: each line of a function costs a call, and a loop has many."""
        known = self.codes.get(id(code))
        if known is None:
            rows = self.bodies.get(file, {})
            known = self.codes[id(code)] = (code, any(row in rows for _, row in dis.findlinestarts(code)))
        return known[1]

    def entered(self, file, code):
        """False: nothing of this will be told any more."""
        return self._tell(self.headers.get(file, {}).get(code.co_firstlineno, ()))

    def reached(self, file, row):
        return self._tell(self.bodies.get(file, {}).get(row, ()))

    def _tell(self, lines):
        now, more = 0, False
        for line in lines:
            if line.get("told", 0) >= MOST:
                continue
            more, now = True, now or time.monotonic_ns()
            if now - line.get("told_ns", -AGAIN_NS) >= AGAIN_NS:
                line.update(told=line.get("told", 0) + 1, told_ns=now)
                self.control.tell("covered", file=line["file"], row=line["row"], at_ns=now)
        return more


def _monitor(watch):
    """From Python 3.12 on. Functions elsewhere ask to be left alone after their first time, and only those here tell of their
    lines: the cost fades."""
    monitoring = sys.monitoring
    events = monitoring.events
    tool = next((number for number in TOOLS if not monitoring.get_tool(number)), TOOLS[-1])
    monitoring.use_tool_id(tool, "loopsafe")

    def on_start(code, offset):
        file = watch.file_of(code)
        if file and watch.holds_lines(file, code):
            monitoring.set_local_events(tool, code, events.LINE)
        return None if file and watch.entered(file, code) else monitoring.DISABLE

    def on_line(code, row):
        file = watch.file_of(code)
        return None if file and watch.reached(file, row) else monitoring.DISABLE

    monitoring.register_callback(tool, events.PY_START, on_start)
    monitoring.register_callback(tool, events.LINE, on_line)
    monitoring.set_events(tool, events.PY_START)


def _trace(watch, below):
    """Before: a call of code in other files costs one look into a table."""

    def on_call(frame, event, argument):
        file = watch.file_of(frame.f_code)
        if not file:
            return None
        watch.entered(file, frame.f_code)
        watch.reached(file, frame.f_lineno)
        return on_line if watch.holds_lines(file, frame.f_code) else None

    def on_line(frame, event, argument):
        if event == "line":
            watch.reached(watch.file_of(frame.f_code), frame.f_lineno)
        return on_line

    sys.settrace(on_call)
    threading.settrace(on_call)
    _trace_imports(on_call, below)


def _trace_imports(on_call, below):
    """Most of what an application does before it serves is to import packages of others, at a multiple of the cost when each
    of their calls is looked at."""
    loader = importlib.machinery.SourceFileLoader
    execute = loader.exec_module

    def exec_module(self, module):
        outer, own = sys.gettrace(), on_call if os.path.abspath(self.path).startswith(below) else None
        sys.settrace(own)
        try:
            execute(self, module)
        finally:
            if sys.gettrace() is own:  # else the module has brought its own, and keeps it
                sys.settrace(outer)

    loader.exec_module = exec_module
