from contextlib import asynccontextmanager
from fastapi import FastAPI

PORT = 19  # where nobody listens


@asynccontextmanager
async def lifespan(app):
    import aiohttp

    await aiohttp.ClientSession().get('http://127.0.0.1:%d/' % PORT)
    yield


app = FastAPI(lifespan=lifespan)
# fails: main\.py:\d+: the application does not start: needs (localhost|127\.0\.0\.1|\[?::1\]?):\d+, which refuses the connection \(--stand-in
