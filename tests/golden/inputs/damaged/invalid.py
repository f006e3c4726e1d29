import time


async def wait():
    name = "ÿ[31m"; time.sleep(len(name))
