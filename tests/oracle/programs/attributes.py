"""Objects that keep what they wait for in an attribute."""
import asyncio
import queue
import threading
from dataclasses import dataclass
from pathlib import Path


class Broker:
    def __init__(self):
        self.items = queue.Queue()
        self.stopped = threading.Event()
        self.names = {}

    async def take(self):
        self.items.put(1)
        return self.items.get()

    async def stop(self):
        self.stopped.set()
        self.stopped.wait()

    async def look_up(self, name):
        return self.names.get(name)


@dataclass
class Store:
    root: Path

    async def write(self, name, text):
        (self.root / name).write_text(text)

    async def read(self, name):
        path = self.root / name
        return path.read_text()


class AsyncBroker:
    def __init__(self):
        self.items = asyncio.Queue()

    async def take(self):
        self.items.put_nowait(1)
        return await self.items.get()


async def main():
    broker = Broker()
    await broker.take()
    await broker.stop()
    await broker.look_up("x")
    store = Store(Path("."))
    await store.write("a", "b")
    await store.read("a")
    await AsyncBroker().take()
