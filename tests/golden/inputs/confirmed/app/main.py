import time

import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/report")
async def report(name: str):
    time.sleep(0.1)
    answer = requests.get("https://example.org/")
    with open(name) as file:
        return file.read() + answer.text


@app.get("/other")
async def other():
    time.sleep(0.1)
