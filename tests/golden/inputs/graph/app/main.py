import asyncio
import os
import time

import requests
from fastapi import FastAPI

from app.store import Store, load

app = FastAPI()
store = Store()


@app.get("/rates")
async def rates():
    body = load("rates")
    if os.path.exists("override"):
        time.sleep(1)  # loopsafe: ignore[LS101] the override is being written
    return body, await asyncio.to_thread(load, "rates")


@app.get("/rows")
async def rows(registry):
    found = registry.lookup("rows").first()
    reply = requests.get("https://example.org/rows"); time.sleep(0.001)
    return found, reply, store.legacy(), store.total()


@app.on_event("startup")
async def warm_up():
    time.sleep(2)


def refresh():
    store.save("refreshed")


def schedule():
    asyncio.get_running_loop().call_later(5, refresh)


def nightly():  # loopsafe: off-loop runs in the importer's process
    time.sleep(60)


def unused():
    time.sleep(60)


async def both():
    return load(requests.get("https://example.org/name").text)
