import time


async def slowly():
    time.sleep(1)
