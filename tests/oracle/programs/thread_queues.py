"""Queues, events and threads on a loop."""
import asyncio
import queue
import threading

jobs = queue.Queue()
ready = threading.Event()


async def take():
    jobs.put(1)
    first = jobs.get()
    jobs.put(2)
    second = jobs.get(timeout=1)
    return first, second


async def take_if_there():
    jobs.put_nowait(3)
    jobs.get_nowait()
    jobs.put_nowait(4)
    jobs.get(block=False)
    jobs.put_nowait(5)
    jobs.get(False)
    ready.set()
    ready.wait(timeout=0)
    return ready.is_set()


async def wait_for_thread():
    worker = threading.Thread(target=ready.set)
    worker.start()
    ready.wait()
    worker.join()
    return worker.is_alive()


async def on_the_loop():
    inbox = asyncio.Queue()
    inbox.put_nowait(1)
    await inbox.get()
    event = asyncio.Event()
    event.set()
    await event.wait()


async def main():
    await take()
    await take_if_there()
    await wait_for_thread()
    await on_the_loop()
