"""Two endpoints that leave the loop alone."""
import asyncio
from concurrent.futures import ProcessPoolExecutor

import requests
from fastapi import FastAPI

app = FastAPI()
pool = ProcessPoolExecutor(1)


@app.get("/price/{sku}")
async def price(sku: str):
    reply = await asyncio.to_thread(requests.get, f"http://prices.example.com/{sku}", timeout=5)
    await asyncio.to_thread(requests.post, "http://audit.example.com/seen", json={"sku": sku}, timeout=5)
    return {"sku": sku, "known": reply.json()["ok"]}


def checksum() -> int:
    total = 0
    for number in range(10_000_000):
        total += number
    return total


@app.get("/digest")
async def digest():
    return {"total": await asyncio.get_running_loop().run_in_executor(pool, checksum)}
