"""What is evaluated before the thread starts is evaluated on the loop."""
import asyncio
import time
from pathlib import Path


def shout(text):
    return str(text).upper()


async def wrong():
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(shout, Path("note.txt").read_text())
    await loop.run_in_executor(None, shout, open("note.txt").read())
    await asyncio.to_thread(shout, time.sleep(1))


async def right():
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(lambda: shout(Path("note.txt").read_text()))
    await loop.run_in_executor(None, Path("note.txt").read_text)


async def prepare():
    await asyncio.to_thread(Path("note.txt").write_text, "hello")


async def main():
    await prepare()
    await wrong()
    await right()
