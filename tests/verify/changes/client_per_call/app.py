"""Each request makes a client of its own, which loads its certificates on the loop."""
import httpx
from fastapi import FastAPI

app = FastAPI()


@app.get("/price/{sku}")
async def price(sku: str):
    async with httpx.AsyncClient(timeout=5) as client:
        reply = await client.get(f"http://prices.example.com/{sku}")
    async with httpx.AsyncClient(timeout=5) as client:
        await client.post("http://audit.example.com/seen", json={"sku": sku})
    return {"sku": sku, "known": reply.json()["ok"]}


def checksum() -> int:
    total = 0
    for number in range(10_000_000):
        total += number
    return total


@app.get("/digest")
async def digest():
    return {"total": checksum()}
