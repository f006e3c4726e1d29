"""Async generators, async context managers, async iterators."""
import asyncio
import time
from contextlib import asynccontextmanager


async def numbers(n):
    for i in range(n):
        time.sleep(0.1)
        yield i


@asynccontextmanager
async def session():
    time.sleep(0.1)
    yield "session"
    time.sleep(0.2)


class Ticker:
    def __init__(self):
        self.left = 2

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.left:
            raise StopAsyncIteration
        self.left -= 1
        time.sleep(0.1)
        return self.left


async def quiet(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i


async def main():
    async for number in numbers(2):
        print(number)
    async with session() as opened:
        print(opened)
    async for left in Ticker():
        print(left)
    print([i async for i in quiet(2)])
