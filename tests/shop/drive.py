#!/usr/bin/env python3
"""Serves the shop in the current folder and uses every endpoint once; prints what came out, a line of JSON each.

    drive.py DELAY_S [CASE...]

Run by run.py with the packages of requirements.txt; the environment names the upstreams. The application is called
through ASGI, on one loop, as a server would.
"""
import asyncio
import faulthandler
import inspect
import json
import logging
import os
import pathlib
import sys
import time
import urllib.request

sys.path.insert(0, os.getcwd())
HERE = os.getcwd()

import httpx  # noqa: E402
import redis  # noqa: E402
from sqlalchemy import event  # noqa: E402
from sqlalchemy.engine import Engine  # noqa: E402

import cases  # noqa: E402
import stalls  # noqa: E402

CASE_LIMIT_S = 60
CONTROL = os.environ["SHOP_SUPPLIER_URL"]


def control(name, body=b"0"):
    with urllib.request.urlopen(f"{CONTROL}/{name}", data=body, timeout=10) as reply:
        return json.load(reply)


class Slow:
    """Everything outside the process is slow, or nothing is."""

    def __init__(self):
        self.delay_s = 0.0
        self.files = stalls.SlowFiles([os.environ["SHOP_DATA_DIR"], "reports", "assets", "archive"])
        self.log = stalls.SlowFiles(["access.log"])
        for name in ("before_cursor_execute", "commit"):
            event.listen(Engine, name, self.database)

    def database(self, *_):
        time.sleep(self.delay_s)

    def set(self, delay_s, log=False):
        control("_delay", str(delay_s).encode())
        self.delay_s = self.files.delay_s = delay_s
        self.log.delay_s = delay_s if log else 0.0


class Audit(logging.Handler):
    """The audit log of the shop is slow as well."""

    def __init__(self, slow):
        super().__init__()
        self.slow, self.lines = slow, []

    def emit(self, record):
        time.sleep(self.slow.delay_s)
        self.lines.append(record.getMessage())


class Run:
    """What a case may use: the client, the shop's modules, its store, and a wait."""

    def __init__(self, client, slow, audit):
        self.client, self.slow, self.audit = client, slow, audit
        self.redis = redis.Redis.from_url(os.environ["SHOP_REDIS_DIRECT"])
        self.data = pathlib.Path(os.environ["SHOP_DATA_DIR"])

    async def request(self, method, path, **options):
        reply = await self.client.request(method, path, **options)
        kind = reply.headers.get("content-type", "")
        return [reply.status_code, reply.json() if kind.startswith("application/json") else reply.text]

    async def call(self, function, *arguments):
        """A function of the shop, which a fix may have made a coroutine function, or a plain one."""
        result = function(*arguments)
        return await result if inspect.isawaitable(result) else result

    async def until(self, holds, limit_s=10):
        started = time.monotonic()
        while not holds() and time.monotonic() - started < limit_s:
            await asyncio.sleep(0.02)
        return holds()


async def run_case(run, case, delay_s):
    if case.prepare:
        await asyncio.to_thread(case.prepare, run)
    faulthandler.dump_traceback_later(CASE_LIMIT_S, exit=True)  # a loop that waits for itself waits for ever
    control("_take")
    run.slow.set(delay_s, log=case.log)
    watch = stalls.Watch(HERE)
    async with watch.watching():
        try:
            result = await case.act(run)
        except Exception as error:  # what a fixed shop raises is a result to compare
            result = f"{type(error).__name__}: {error}"
    run.slow.set(0.0)
    out = {"result": result, "after": case.after(run) if case.after else None, **control("_take")}
    wrong = differences(case, out) + (await at_once(run, case) if case.together else [])
    return {"wrong": wrong, **watch.report()}


async def at_once(run, case):
    """What a fix lets in between must not matter."""
    results = await asyncio.gather(*(case.act(run) for _ in range(3)), return_exceptions=True)
    return [f"at once: {plain(result)} instead of {plain(case.result)}" for result in results if plain(result) != plain(case.result)]


def differences(case, out):
    """What came out otherwise than the case says, one line each."""
    wanted = {"result": case.result, "calls": sorted(case.calls, key=json.dumps), "mails": sorted(case.mails), "after": case.after_is}
    return [f"{key}: {plain(out[key])} instead of {plain(value)}" for key, value in wanted.items()
            if plain(out[key]) != plain(value)]


def plain(value):
    return json.dumps(value, default=str)


async def drive(delay_s, wanted):
    from shop.main import app
    slow = Slow()
    audit = Audit(slow)
    logging.getLogger("shop.audit").addHandler(audit)
    logging.getLogger("shop.audit").setLevel(logging.INFO)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://shop", timeout=60) as client:
        run = Run(client, slow, audit)
        for case in cases.CASES:
            if not wanted or case.name in wanted or case.needed:
                print(json.dumps({case.name: await run_case(run, case, delay_s)}, default=str), flush=True)


def main():
    asyncio.run(drive(float(sys.argv[1]), sys.argv[2:]))


main()
