"""Nested functions and lambdas: called here, or handed to a thread."""
import asyncio
import time


async def called():
    def pause():
        time.sleep(1)

    pause()
    await asyncio.sleep(0)


async def handed_over():
    def pause():
        time.sleep(1)

    await asyncio.to_thread(pause)
    await asyncio.to_thread(lambda: time.sleep(1))
    await asyncio.get_running_loop().run_in_executor(None, pause)


async def lambdas():
    wait = lambda: time.sleep(1)
    wait()
    (lambda: time.sleep(2))()


async def class_body():
    class Settings:
        time.sleep(1)
        name = "x"

    return Settings.name


async def default_value():
    def late(x=time.sleep(1)):
        return x

    return late()


async def main():
    await called()
    await handed_over()
    await lambdas()
    await class_body()
    await default_value()
