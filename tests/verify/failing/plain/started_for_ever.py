import asyncio


async def app(scope, receive, send):
    await asyncio.sleep(60)
# fails: was not ready after 5 s \(its start-up goes on\)
