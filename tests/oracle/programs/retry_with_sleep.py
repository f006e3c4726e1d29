"""A client that pauses between tries, and one that does it right."""
import asyncio
import time
from time import sleep as nap


async def flaky(times):
    for attempt in range(times):
        time.sleep(0.1 * (attempt + 1))
        nap(1)
    time.sleep(0)
    time.sleep(0.001)


async def patient(times):
    for attempt in range(times):
        await asyncio.sleep(0)
    return times


async def main():
    await flaky(2)
    await patient(2)
    await asyncio.to_thread(time.sleep, 1)
