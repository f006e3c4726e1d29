# coding: latin-1
import time


async def wait():
    time.sleep(len("ä"))