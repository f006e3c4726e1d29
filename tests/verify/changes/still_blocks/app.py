"""The waiting was moved into a coroutine, which waits in the same way."""
import requests
from fastapi import FastAPI

app = FastAPI()


async def fetch(address: str):
    return requests.get(address, timeout=5)


@app.get("/price/{sku}")
async def price(sku: str):
    reply = await fetch(f"http://prices.example.com/{sku}")
    requests.post("http://audit.example.com/seen", json={"sku": sku}, timeout=5)
    return {"sku": sku, "known": reply.json()["ok"]}


def checksum() -> int:
    total = 0
    for number in range(10_000_000):
        total += number
    return total


@app.get("/digest")
async def digest():
    return {"total": checksum()}
