"""Stalls in every kind of block."""
import asyncio
import time


async def blocks(flag, items):
    if flag:
        time.sleep(0.1)
    else:
        await asyncio.sleep(0)
    while items:
        items.pop()
        time.sleep(0.1)
    else:
        time.sleep(0.2)
    try:
        raise ValueError
    except ValueError:
        time.sleep(0.1)
    else:
        await asyncio.sleep(0)
    finally:
        time.sleep(0.1)
    with open("log.txt", "w") as log:
        log.write("x")
    assert time.sleep(0.1) is None
    return time.sleep(0.1)


async def walrus(items):
    while (item := items.pop()) and (waited := time.sleep(0.1)) is None:
        print(item, waited)
    return items


async def quiet(flag):
    if flag:
        await asyncio.sleep(0)
    return flag


async def main():
    await blocks(True, [1, 2])
    await walrus([0, 1, 2])
    await quiet(True)
