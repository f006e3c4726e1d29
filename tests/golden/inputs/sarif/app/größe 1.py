import time


async def pause():
    print("𝄞"); time.sleep(1)
