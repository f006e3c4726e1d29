"""A pool takes the work, and the coroutine waits for it anyway."""
import asyncio
from concurrent.futures import Future, ThreadPoolExecutor

pool = ThreadPoolExecutor(2)


def square(n):
    return n * n


async def waits(n):
    future = pool.submit(square, n)
    return future.result()


async def waits_chained(n):
    return pool.submit(square, n).result(timeout=5)


async def waits_annotated(future: Future):
    return future.result()


async def does_not_wait(n):
    future = pool.submit(square, n)
    future.add_done_callback(print)
    await asyncio.wrap_future(future)
    task = asyncio.ensure_future(asyncio.sleep(0, n))
    await task
    return task.result()


async def main():
    await waits(2)
    await waits_chained(3)
    await waits_annotated(pool.submit(square, 4))
    await does_not_wait(5)
