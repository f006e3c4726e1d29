"""Names that lead to a blocking call, and names that only look so."""
import asyncio
import time
import time as clock

pause = time.sleep


async def aliases():
    clock.sleep(1)
    pause(1)
    local = time.sleep
    local(1)
    local = print
    local("done")


async def parameter(time):
    time.sleep(1)


async def local_name():
    class Fake:
        @staticmethod
        def sleep(seconds):
            return seconds

    time = Fake()
    return time.sleep(1)


async def branches(native):
    wait = asyncio.sleep if native else time.sleep
    return wait(1)


class Fake:
    def sleep(self, seconds):
        return seconds


async def main():
    await aliases()
    await parameter(Fake())
    await local_name()
    await branches(False)
