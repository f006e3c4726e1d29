"""The application of bench/headline: the same work done in the ways that articles about FastAPI compare.

UPSTREAM names a server that answers GET /late/MS late; PROCESSES says how large the process pool is; BEATS names a file of 16 bytes
that is kept up to date with when the loop last ran, and for how long it stood still at most.
"""
import asyncio
import concurrent.futures
import contextlib
import mmap
import os
import struct
import time

import aiohttp
import httpx
import requests
from fastapi import FastAPI

UPSTREAM = os.environ.get("UPSTREAM", "http://127.0.0.1:9100")
LATE = UPSTREAM + "/late/100"
BEAT_SECONDS = 0.01
CPU_ROUNDS = 60_000

shared = {}


async def beat(path):
    """Writes down when the loop ran last and its longest pause; time.monotonic has the driver's clock."""
    with open(path, "r+b") as file:
        area = mmap.mmap(file.fileno(), 16)
    longest, last = 0.0, time.monotonic()
    while True:
        struct.pack_into("dd", area, 0, last, longest)
        await asyncio.sleep(BEAT_SECONDS)
        now = time.monotonic()
        longest, last = max(longest, now - last - BEAT_SECONDS), now


def compute(rounds=CPU_ROUNDS):
    value = 0
    for i in range(rounds):
        value = (value * 31 + i) & 0xFFFFFFFF
    return value


async def start_processes(count):
    pool = concurrent.futures.ProcessPoolExecutor(count)
    loop = asyncio.get_running_loop()
    await asyncio.gather(*[loop.run_in_executor(pool, compute, 1) for _ in range(4 * count)])
    return pool


@contextlib.asynccontextmanager
async def lifespan(app):
    limits = httpx.Limits(max_connections=1000, max_keepalive_connections=1000)
    shared["httpx"] = httpx.AsyncClient(limits=limits, timeout=60)
    shared["httpx_sync"] = httpx.Client(limits=limits, timeout=60)
    shared["aiohttp"] = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1000))
    if os.environ.get("PROCESSES"):
        shared["processes"] = await start_processes(int(os.environ["PROCESSES"]))
    beating = asyncio.create_task(beat(os.environ["BEATS"])) if os.environ.get("BEATS") else None
    yield
    if beating:
        beating.cancel()
    await shared["httpx"].aclose()
    await shared["aiohttp"].close()
    if "processes" in shared:
        shared["processes"].shutdown()


app = FastAPI(lifespan=lifespan)


@app.get("/ping")
async def ping():
    return {"ok": True}


# --- one call of 100 ms ---


@app.get("/requests/async")
async def requests_async():
    return requests.get(LATE).json()


@app.get("/requests/def")
def requests_def():
    return requests.get(LATE).json()


@app.get("/requests/thread")
async def requests_thread():
    return (await asyncio.to_thread(requests.get, LATE)).json()


@app.get("/httpx/async")
async def httpx_async():
    return (await shared["httpx"].get(LATE)).json()


@app.get("/httpx/per_call")
async def httpx_per_call():
    async with httpx.AsyncClient(timeout=60) as client:
        return (await client.get(LATE)).json()


@app.get("/httpx/sync_in_async")
async def httpx_sync_in_async():
    return shared["httpx_sync"].get(LATE).json()


@app.get("/httpx/def")
def httpx_def():
    return shared["httpx_sync"].get(LATE).json()


@app.get("/httpx/thread")
async def httpx_thread():
    return (await asyncio.to_thread(shared["httpx_sync"].get, LATE)).json()


@app.get("/aiohttp/async")
async def aiohttp_async():
    async with shared["aiohttp"].get(LATE) as answer:
        return await answer.json()


# --- a wait of 100 ms, no library in it ---


@app.get("/sleep/blocking")
async def sleep_blocking():
    time.sleep(0.1)
    return {"ok": True}


@app.get("/sleep/def")
def sleep_def():
    time.sleep(0.1)
    return {"ok": True}


@app.get("/sleep/async")
async def sleep_async():
    await asyncio.sleep(0.1)
    return {"ok": True}


# --- computing ---


@app.get("/cpu/inline")
async def cpu_inline():
    return {"value": compute()}


@app.get("/cpu/thread")
async def cpu_thread():
    return {"value": await asyncio.to_thread(compute)}


@app.get("/cpu/process")
async def cpu_process():
    return {"value": await asyncio.get_running_loop().run_in_executor(shared["processes"], compute)}


# --- three calls that need nothing of each other ---


@app.get("/three/sequence")
async def three_sequence():
    first = await asyncio.sleep(0.1, 1)
    second = await asyncio.sleep(0.1, 2)
    third = await asyncio.sleep(0.1, 3)
    return {"values": [first, second, third]}


@app.get("/three/gather")
async def three_gather():
    return {"values": await asyncio.gather(asyncio.sleep(0.1, 1), asyncio.sleep(0.1, 2), asyncio.sleep(0.1, 3))}
