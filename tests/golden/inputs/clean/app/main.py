import asyncio
import time


async def handler():
    await asyncio.sleep(1)
    await asyncio.to_thread(time.sleep, 1)


def helper():
    time.sleep(1)
