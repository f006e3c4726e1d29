"""Stores uploads: once on the loop, once in a thread."""
import asyncio
import json
from pathlib import Path


async def store(name, chunks):
    with open(name, "w") as out:
        for chunk in chunks:
            out.write(chunk)
    return Path(name).read_text()


async def store_meta(name, meta):
    Path(name).write_text(json.dumps(meta))
    with open(name) as handle:
        return json.load(handle)


async def count_lines(name):
    total = 0
    with open(name) as handle:
        for line in handle:
            total += len(line)
    return total


def store_blocking(name, text):
    with open(name, "w") as out:
        out.write(text)


async def main():
    await store("a.txt", ["x\n", "y\n"])
    await store_meta("m.json", {"a": 1})
    await count_lines("a.txt")
    await asyncio.to_thread(store_blocking, "b.txt", "z")
    await asyncio.to_thread(Path("b.txt").read_text)
    open("/proc/self/status").close()
