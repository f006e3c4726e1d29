import time

from app.store import load


async def handler(key):
    time.sleep(1)
    return load(key)
