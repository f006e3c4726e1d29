import time


async def broken():
    time.sleep(1


async def whole():
    time.sleep(2)
