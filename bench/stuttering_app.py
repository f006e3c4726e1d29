"""An application whose loop stands still for 0.5 s in every 2 s; bench/driver shows who notices."""
import asyncio
import contextlib
import time

from fastapi import FastAPI


async def stutter():
    while True:
        await asyncio.sleep(1.5)
        time.sleep(0.5)


@contextlib.asynccontextmanager
async def lifespan(app):
    stuttering = asyncio.create_task(stutter())
    yield
    stuttering.cancel()


app = FastAPI(lifespan=lifespan)


@app.get("/ping")
async def ping():
    return {"ok": True}
