"""Two endpoints that hold the loop: one waits for other hosts, one computes."""
import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/price/{sku}")
async def price(sku: str):
    reply = requests.get(f"http://prices.example.com/{sku}", timeout=5)
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
