"""Helpers: their callers are neither asked for nor held against the tool."""
import asyncio
import time
from pathlib import Path


def load(name):
    return Path(name).read_text()


def pure(name):
    return name.upper()


class Cache:
    def __init__(self):
        self.entries = {}

    def get(self, name):
        return self.entries.get(name)

    def refresh(self):
        time.sleep(1)


async def handler(name):
    pure(name)
    cache = Cache()
    cache.get(name)
    cache.refresh()
    Path(name).write_text("x")
    return load(name)


async def main():
    await handler("a.txt")
    await asyncio.to_thread(load, "a.txt")
