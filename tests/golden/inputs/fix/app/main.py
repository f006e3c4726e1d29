"""Handlers."""
import time


async def wait():
    time.sleep(1)  # a second
    time.sleep(2)  # noqa: E501


async def late():
    return (lambda: time.sleep(3))()
