#!/usr/bin/env python3
"""Runs one program and writes down which of its lines stalled the event loop's thread.

    record.py PROGRAM.py OUT.json

The program defines `async def main()`. Before it is imported, calls that block are replaced by recorders: those that
would wait (sleep, network, processes, a person) only pretend to, the others do their work. A recorder that is called
in a thread whose loop is running walks up the stack to the first frame of the program that the loop itself drives: a
coroutine, an async generator, or a plain function that asyncio calls. That line stalled.

`direct`   lines that stall, with nothing but code nested in the same coroutine between the line and the primitive
`tainted`  every line of the program on the stack of a stall: the direct ones, and calls of helpers
`ran`      lines that were executed in any thread
`calls`    how often each primitive was called on the loop's thread below code that the loop drives
"""
import asyncio
import builtins
import collections
import concurrent.futures
import getpass
import inspect
import io
import json
import os
import pathlib
import queue
import runpy
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import types
import urllib.request

ON_LOOP_FLAGS = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR | inspect.CO_ITERABLE_COROUTINE
ASYNCIO_DIRECTORY = os.path.dirname(asyncio.__file__)


class Recorder:
    def __init__(self, program):
        self.program = program
        self.direct = {}
        self.tainted = set()
        self.ran = set()
        self.calls = collections.Counter()
        self.busy = threading.local()

    def note(self, primitive):
        """Called by a primitive: who is to blame?"""
        if asyncio._get_running_loop() is None or getattr(self.busy, "inside", False):
            return
        if sys._getframe(2).f_code.co_filename == threading.__file__:
            return  # a thread that starts waits for its first step: microseconds
        frames = self.program_frames()
        for depth, (frame, line) in enumerate(frames):
            self.tainted.add(line)
            if self.driven_by_loop(frame):
                self.calls[primitive] += 1
                if all(is_nested(inner.f_code, frame.f_code) for inner, _ in frames[:depth]):
                    self.direct.setdefault(line_in_class_body(frames[:depth], line), primitive)
                break

    def program_frames(self):
        frames, frame = [], sys._getframe(2)
        while frame is not None:
            if frame.f_code.co_filename == self.program:
                frames.append((frame, frame.f_lineno))
            frame = frame.f_back
        return frames

    def driven_by_loop(self, frame):
        if frame.f_code.co_flags & ON_LOOP_FLAGS:
            return True
        caller = frame.f_back
        return caller is not None and os.path.dirname(caller.f_code.co_filename) == ASYNCIO_DIRECTORY

    def trace(self, frame, event, argument):
        if frame.f_code.co_filename != self.program:
            return None
        self.ran.add(frame.f_lineno)
        return self.trace


def is_nested(inner, outer):
    """The code object stands somewhere inside the other one."""
    return any(
        constant is inner or is_nested(inner, constant)
        for constant in outer.co_consts
        if isinstance(constant, types.CodeType)
    )


def line_in_class_body(inner_frames, line):
    """The body of a class statement is part of the function around it: the line inside it counts."""
    for frame, inner_line in reversed(inner_frames):
        if frame.f_code.co_flags & inspect.CO_OPTIMIZED:
            break
        line = inner_line
    return line


class NotingFile:
    """A file whose reads and writes are noted."""

    def __init__(self, recorder, handle):
        self._recorder, self._handle = recorder, handle

    def __getattr__(self, name):
        value = getattr(self._handle, name)
        if name not in ("read", "readline", "readlines", "write", "writelines"):
            return value

        def noted(*arguments):
            self._recorder.note(f"file.{name}")
            return value(*arguments)

        return noted

    def __iter__(self):
        return self

    def __next__(self):
        self._recorder.note("file.__next__")
        return next(self._handle)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._handle.close()


class FakeReply(io.BytesIO):
    """What a web server would have said."""

    status = 200


class FakeProcess:
    returncode = 0
    stdout = "output"

    def __init__(self, recorder):
        self._recorder = recorder

    def wait(self, timeout=None):
        if timeout != 0:
            self._recorder.note("subprocess.Popen.wait")
        return 0

    def communicate(self, *arguments, **named):
        self._recorder.note("subprocess.Popen.communicate")
        return "output", ""

    def poll(self):
        return 0

    def terminate(self):
        return None


class FakeAsyncProcess:
    """What asyncio.create_subprocess_exec gives: nothing of it holds the loop."""

    returncode, pid = 0, 1

    async def communicate(self, *arguments):
        return b"output", b""

    async def wait(self):
        return 0

    def kill(self):
        return None


async def start_process(*arguments, **named):
    return FakeAsyncProcess()


def waits(arguments, named, position=0):
    """`get(block, timeout)`, `acquire(blocking, timeout)`: False whenever the call cannot wait."""
    block = arguments[position] if len(arguments) > position else named.get("block", named.get("blocking", True))
    return bool(block) and named.get("timeout") != 0


def timed_wait(arguments, named):
    """`wait(timeout)`, `result(timeout)`, `join(timeout)`."""
    return (arguments[0] if arguments else named.get("timeout")) != 0


class Patches:
    def __init__(self, recorder):
        self.recorder = recorder

    def pretend(self, owner, name, result, blocks=lambda arguments, named: True):
        self.install(owner, name, lambda original, arguments, named: result(*arguments, **named), blocks)

    def watch(self, owner, name, blocks=lambda arguments, named: True):
        self.install(owner, name, lambda original, arguments, named: original(*arguments, **named), blocks)

    def install(self, owner, name, act, blocks):
        recorder, original = self.recorder, getattr(owner, name)
        is_method = inspect.isclass(owner)
        label = f"{getattr(owner, '__module__', None) or owner.__name__}.{name}"

        def replacement(*arguments, **named):
            if blocks(arguments[1:] if is_method else arguments, named):
                recorder.note(label)
            outer = getattr(recorder.busy, "inside", False)
            recorder.busy.inside = True
            try:
                return act(original, arguments, named)
            finally:
                recorder.busy.inside = outer

        setattr(owner, name, replacement)


def install_all(recorder):
    patch = Patches(recorder)
    patch.pretend(time, "sleep", lambda seconds: None, lambda arguments, named: arguments[0] > 0.005)
    patch.pretend(builtins, "input", lambda prompt="": "answer")
    patch.pretend(getpass, "getpass", lambda prompt="": "secret")
    patch.pretend(os, "system", lambda command: 0)
    patch.pretend(socket, "getaddrinfo", lambda *arguments, **named: [])
    patch.pretend(socket, "gethostbyname", lambda host: "127.0.0.1")
    patch.pretend(socket, "create_connection", lambda *arguments, **named: socket.socketpair()[0])
    patch.pretend(urllib.request, "urlopen", lambda *arguments, **named: FakeReply(b"{}"))
    for name in ("run", "call", "check_call", "check_output", "Popen"):
        result = b"output" if name == "check_output" else 0 if name in ("call", "check_call") else None
        patch.pretend(subprocess, name, lambda *arguments, value=result, **named: FakeProcess(recorder) if value is None else value)
    asyncio.create_subprocess_exec = asyncio.create_subprocess_shell = start_process
    for name in ("read_text", "read_bytes", "write_text", "write_bytes", "rglob"):
        patch.watch(pathlib.Path, name)
    for owner, name in ((os, "walk"), (shutil, "rmtree"), (shutil, "copytree"), (shutil, "copyfile"), (sqlite3, "connect")):
        patch.watch(owner, name)
    patch.watch(queue.Queue, "get", waits)
    patch.watch(queue.Queue, "join")
    patch.watch(threading.Event, "wait", timed_wait)
    patch.watch(threading.Thread, "join", timed_wait)
    patch.watch(concurrent.futures.Future, "result", timed_wait)
    install_open(recorder)


def install_open(recorder):
    original = builtins.open

    def opened(file, *arguments, **named):
        if not str(file).startswith("/proc"):
            recorder.note("builtins.open")
        handle = original(file, *arguments, **named)
        return handle if getattr(recorder.busy, "inside", False) else NotingFile(recorder, handle)

    builtins.open = opened
    accept_noting_files()


def accept_noting_files():
    """aiofiles looks at the type of what `open` gives."""
    try:
        import aiofiles.threadpool as package
    except ImportError:
        return
    package.wrap.register(NotingFile, lambda file, *, loop=None, executor=None: package.AsyncTextIOWrapper(file, loop=loop, executor=executor))


def main():
    program, out = os.path.abspath(sys.argv[1]), sys.argv[2]
    write = builtins.open
    recorder = Recorder(program)
    install_all(recorder)
    threading.settrace(recorder.trace)
    sys.settrace(recorder.trace)
    try:
        names = runpy.run_path(program, run_name="program")
        asyncio.run(names["main"]())
    finally:
        sys.settrace(None)
        threading.settrace(None)
    with write(out, "w") as handle:
        json.dump(
            {"direct": recorder.direct, "tainted": sorted(recorder.tainted), "ran": sorted(recorder.ran), "calls": recorder.calls},
            handle,
        )


if __name__ == "__main__":
    main()
