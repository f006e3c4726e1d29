import time


async def ping(count):
    time.sleep(1)
    await pong(count - 1)


async def pong(count):
    await ping(count - 1)


async def quiet():
    return 1
