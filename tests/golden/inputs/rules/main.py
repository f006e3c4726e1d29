import slow


async def wait():
    slow.call()
