"""What a request does depends on those before it: a controller of workers that are registered first."""
import asyncio
import hashlib
import time
import urllib.request

from fastapi import BackgroundTasks, FastAPI, Header, HTTPException
from fastapi.responses import RedirectResponse

app = FastAPI()
workers = []
turn = asyncio.Semaphore(1)


@app.post("/workers")
async def register(slow: bool = False):
    if slow:
        time.sleep(2)
    workers.append("worker")
    return {}


@app.get("/refresh")
async def refresh():
    for _ in workers[:1]:
        time.sleep(0.05)
    return {}


@app.post("/login")
async def login():
    if "salt" not in workers:
        workers.append("salt")
        hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 200_000)
    return {}


@app.get("/home")
async def home(key: str = Header("")):
    if not key:
        return RedirectResponse("/login")
    time.sleep(0.05)
    return {}


@app.get("/admin")
async def admin(key: str = Header("")):
    if not key:
        raise HTTPException(403, "403: no key")
    time.sleep(0.05)
    return {}


@app.put("/workers")
async def replace():
    time.sleep(0.05)
    return {}


async def tell_twice():
    async with turn:
        for _ in range(2):
            await asyncio.to_thread(urllib.request.urlopen, "http://supplier.test/told")


@app.post("/later")
async def later(background: BackgroundTasks):
    time.sleep(0.01)
    background.add_task(tell_twice)
    return {}
