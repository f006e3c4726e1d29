"""How long a loop was held, and by which lines.

A coroutine ticks on the loop; a thread looks at the loop's stack every 10 ms while no tick comes. `slow_files` makes
what touches the disk slow in whichever thread does it, by means of audit events, so that a disk needs no stand-in.
"""
import asyncio
import collections
import contextlib
import os
import sys
import threading
import time

TICK_S = 0.002
LOOK_S = 0.01
# What waits takes 100 ms in these servers, of which 20 pass before the first look. A client that is built for a call takes up to
# 50 ms of processor, which is no wait: `--strict` reports it.
HELD_LOOKS = 6
FILE_EVENTS = {"open", "os.listdir", "os.scandir", "os.mkdir", "shutil.rmtree", "shutil.make_archive", "shutil.copytree"}


class Watch:
    """Gaps between ticks, and for each stack of the project's frames how long it was seen while the loop was held."""

    def __init__(self, folder):
        self.folder = os.path.join(os.path.realpath(folder), "")
        self.loop_thread = threading.get_ident()
        self.gaps, self.seen = [], collections.Counter()
        self.last = time.perf_counter()
        self.done = False

    async def tick(self):
        while True:
            await asyncio.sleep(TICK_S)
            now = time.perf_counter()
            self.gaps.append(now - self.last)
            self.last = now

    def look(self):
        while not self.done:
            time.sleep(LOOK_S)
            if time.perf_counter() - self.last > 2 * LOOK_S:
                self.seen[self.stack()] += 1

    def stack(self):
        frame, places = sys._current_frames().get(self.loop_thread), []
        while frame:
            path = frame.f_code.co_filename
            if path.startswith(self.folder):
                places.append((path[len(self.folder):], frame.f_lineno))
            frame = frame.f_back
        return tuple(places)

    @contextlib.asynccontextmanager
    async def watching(self):
        await asyncio.sleep(0.01)
        self.last = time.perf_counter()
        ticker = asyncio.create_task(self.tick())
        looker = threading.Thread(target=self.look, daemon=True)
        looker.start()
        try:
            yield self
        finally:
            await asyncio.sleep(2 * TICK_S)
            self.done = True
            ticker.cancel()
            looker.join()

    def report(self):
        gaps = [gap for gap in self.gaps if gap > 0.05]
        held = [[list(stack), count * LOOK_S] for stack, count in self.seen.most_common() if count >= HELD_LOOKS]
        return {"longest_ms": round(max(self.gaps, default=0) * 1000), "held_ms": round(sum(gaps) * 1000), "held": held}


class SlowFiles:
    """Below the folders, everything that Python opens or lists takes `delay_s` longer. There is no way back from an
    audit hook, so there is one for the whole run."""

    def __init__(self, folders):
        self.folders = tuple(os.path.join(os.path.realpath(folder), "") for folder in folders)
        self.delay_s = 0.0
        sys.addaudithook(self.hear)

    def hear(self, event, arguments):
        if self.delay_s and event in FILE_EVENTS and isinstance(arguments[0], (str, bytes, os.PathLike)):
            if self.is_ours(os.path.abspath(os.fsdecode(arguments[0]))):
                time.sleep(self.delay_s)

    def is_ours(self, path):
        return not path.endswith((".py", ".pyc")) and os.path.join(path, "").startswith(self.folders)
