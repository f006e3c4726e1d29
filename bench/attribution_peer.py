"""Runs the known stalls (tests/verify/stalls/stalls.py) under one of the tools that loopsafe's probe is compared with.

    attribution_peer.py TOOL THRESHOLD_US EVENTS STALLS ARGUMENTS...

EVENTS gets what the tool saw, as [from_ns, to_ns, stack]; stacks are [file, line], innermost first. A tool is taken at its word: its
own times where it tells some, and everything that it notes, also what it would have left out of its report.
"""
import asyncio
import json
import logging
import re
import runpy
import sys
import threading
import time
import traceback

OFFSET_NS = time.time_ns() - time.monotonic_ns()
events = []


def note(from_ns, to_ns, stack):
    events.append([int(from_ns), int(to_ns), stack])


def frames(summary):
    """Of a traceback's summary, which ends with the innermost frame."""
    return [[frame.filename, frame.lineno] for frame in reversed(summary)]


# --- the tools: each watches while the stalls run ---

async def nothing(run, threshold):
    await run()


async def watchdog(run, threshold):
    """What one writes at home: a beat on the loop, and a thread that asks for the loop's stack when the beat is late."""
    loop, done, identity = asyncio.get_running_loop(), threading.Event(), threading.get_ident()
    beat = [time.monotonic_ns()]

    def tick():
        beat[0] = time.monotonic_ns()
        loop.call_later(threshold / 2, tick)

    def watch():
        last_ns = 0
        while not done.wait(threshold / 4):
            now_ns = time.monotonic_ns()
            if now_ns - beat[0] > threshold * 1e9:
                stack = traceback.extract_stack(sys._current_frames()[identity])
                note(max(beat[0], last_ns), now_ns, frames(stack))
                last_ns = now_ns

    tick()
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    await run()
    done.set()
    thread.join()


async def pyleak(run, threshold):
    from pyleak.eventloop import no_event_loop_blocking
    quiet = logging.getLogger("quiet")
    quiet.disabled = True
    async with no_event_loop_blocking(action="log", logger=quiet, threshold=threshold, check_interval=min(0.01, threshold)) as guard:
        kept = guard.detector._add_block

        def add(duration, blocking_stack=None):
            now_ns = time.monotonic_ns()
            note(now_ns - duration * 1e9, now_ns, frames(blocking_stack or []))
            kept(duration, blocking_stack)

        guard.detector._add_block = add
        await run()


async def loopsentry(run, threshold):
    import tempfile
    from loopsentry import LoopSentry, monitor
    monitor.console.quiet = True
    with tempfile.TemporaryDirectory() as folder:
        sentry, begun = LoopSentry(base_dir=folder, threshold=threshold), []
        kept = sentry._write_event

        def write(event_type, data, duration=0.0):
            now_ns = time.monotonic_ns()
            if event_type == "block_started":
                begun[:] = [data["stack"]]
            elif event_type == "block_resolved" and begun:
                found = re.findall(r'File "([^"]+)", line (\d+)', "".join(begun.pop()))
                note(now_ns - duration * 1e9, now_ns, [[file, int(line)] for file, line in reversed(found)])
            kept(event_type, data, duration)

        sentry._write_event = write
        sentry.start()
        await run()
        sentry.stop()


class SlowCallbacks(logging.Handler):
    """asyncio's own debug mode says which task's callback took how long, in a sentence."""

    def emit(self, record):
        text = record.getMessage()
        took = re.search(r"took ([\d.]+) seconds", text)
        place = re.search(r"running at ([^>]*?):(\d+)", text)
        if took:
            now_ns = time.monotonic_ns()
            note(now_ns - float(took.group(1)) * 1e9, now_ns, [[place.group(1), int(place.group(2))]] if place else [])


def asyncio_debug(coroutine, threshold):
    logger = logging.getLogger("asyncio")
    logger.addHandler(SlowCallbacks())
    logger.propagate = False
    with asyncio.Runner(debug=True) as runner:
        runner.get_loop().slow_callback_duration = threshold
        runner.run(coroutine)


def keep_going(stalls, error, told):
    """blockbuster raises in place of the call: the stall then lasts as long as it would have, on a loop that turns. It would raise at
    what the stalls write down, too: that is kept for later."""
    kept = stalls["stall"]

    async def stall(truth, function, ms, argument):
        try:
            await kept(truth, function, ms, argument)
        except error as raised:
            at_ns = time.monotonic_ns()
            await asyncio.sleep(ms / 1000)
            end_ns = time.monotonic_ns()
            note(at_ns, end_ns, frames(traceback.extract_tb(raised.__traceback__)))
            told.append((truth, function.__name__, ms, stalls["line_of"](function), at_ns, end_ns))

    stalls["stall"] = stall
    stalls["tell"] = lambda *what: told.append(what)


async def blockbuster(run, threshold):
    from blockbuster import BlockBuster, BlockingError
    told, tell = [], run.stalls["tell"]
    keep_going(run.stalls, BlockingError, told)
    guard = BlockBuster()
    guard.activate()
    try:
        await run()
    finally:
        guard.deactivate()
    for what in told:
        tell(*what)


TOOLS = {"none": nothing, "watchdog": watchdog, "pyleak": pyleak, "loopsentry": loopsentry, "blockbuster": blockbuster}


class Run:
    """The stalls, to be awaited by a tool; their module's names."""

    def __init__(self, coroutine):
        self.coroutine, self.stalls = coroutine, coroutine.cr_frame.f_globals

    async def __call__(self):
        await self.coroutine


def main():
    tool, threshold, path = sys.argv[1], int(sys.argv[2]) / 1e6, sys.argv[3]
    kept = asyncio.run

    def run(coroutine, **_options):
        if tool == "asyncio debug":
            asyncio_debug(coroutine, threshold)
        else:
            kept(TOOLS[tool](Run(coroutine), threshold))

    asyncio.run = run
    sys.argv = sys.argv[4:]
    runpy.run_path(sys.argv[0], run_name="__main__")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(events, file)


main()
