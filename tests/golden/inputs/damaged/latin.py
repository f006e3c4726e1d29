# -*- coding: latin-1 -*-
import time


async def wait():
    name = "é"; time.sleep(len(name))
