import subprocess
import time

import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/plain")
async def plain():
    time.sleep(1)
    return requests.get("https://example.org/").json()


@app.get("/tabs")
async def tabs():
	if app:
		time.sleep(2)


@app.get("/wide")
async def wide():
    name = "日本語"; time.sleep(len(name))


@app.get("/lines")
async def lines():
    subprocess.run(
        ["sleep", "1"],
        check=True,
    )


@app.get("/silenced")
async def silenced():
    time.sleep(1)  # loopsafe: ignore[LS101] measured: nobody waits
    time.sleep(1)  # noqa: LS101
