"""Blocks its loop in 23 ways, each on one known line, and tells where and when: a JSON object a line into the file TRUTH.

    stalls.py TRUTH PORT MILLISECONDS...

PORT serves /MILLISECONDS after so long. The line that blocks carries the comment `# stalls`. At the end comes work that blocks
nothing, as "control".
"""
import asyncio
import concurrent.futures
import copy
import hashlib
import inspect
import json
import os
import pickle
import queue
import random
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zlib
from http.client import HTTPConnection

try:
    import requests
except ImportError:
    requests = None

PORT = int(sys.argv[2])
FOLDER = tempfile.mkdtemp()
FIFO = os.path.join(FOLDER, "fifo")
POOL = concurrent.futures.ThreadPoolExecutor(4)
DATABASE = sqlite3.connect(":memory:")
QUERY = "with recursive n(i) as (select 1 union all select i + 1 from n where i < ?) select sum(i * i) from n"

WAITS = []   # functions of milliseconds
WORKS = {}   # function: (what a size means as an argument, power of the size that the time grows with)
began = 0


def begin():
    global began
    began = time.monotonic_ns()


def later(ms, call, *arguments):
    timer = threading.Timer(ms / 1000, call, arguments)
    timer.daemon = True
    timer.start()


def waits(function):
    WAITS.append(function)
    return function


def works(argument, power=1.0):
    def note(function):
        WORKS[function] = (argument, power)
        return function
    return note


# --- waiting ---

@waits
async def sleep(ms):
    begin()
    time.sleep(ms / 1000)  # stalls


@waits
async def http(ms):
    client = requests or HTTPConnection("127.0.0.1", PORT)
    begin()
    client.get("http://127.0.0.1:%d/%d" % (PORT, ms)) if requests else (client.request("GET", "/%d" % ms), client.getresponse())  # stalls


@waits
async def urlopen(ms):
    begin()
    urllib.request.urlopen("http://127.0.0.1:%d/%d" % (PORT, ms)).read()  # stalls


@waits
async def recv(ms):
    here, there = socket.socketpair()
    later(ms, there.send, b"x")
    await asyncio.sleep(0)
    begin()
    here.recv(1)  # stalls
    here.close()
    there.close()


def write_fifo(ms):
    time.sleep(ms / 1000)
    with open(FIFO, "wb") as file:
        file.write(b"x")


@waits
async def fifo(ms):
    threading.Thread(target=write_fifo, args=(ms,), daemon=True).start()
    await asyncio.sleep(0)
    begin()
    open(FIFO, "rb").read()  # stalls


@waits
async def lock(ms):
    held = threading.Lock()
    held.acquire()
    later(ms, held.release)
    await asyncio.sleep(0)
    begin()
    held.acquire()  # stalls


@waits
async def take(ms):
    jobs = queue.Queue()
    later(ms, jobs.put, 1)
    await asyncio.sleep(0)
    begin()
    jobs.get()  # stalls


@waits
async def future(ms):
    job = POOL.submit(time.sleep, ms / 1000)
    begin()
    job.result()  # stalls


@waits
async def process(ms):
    begin()
    subprocess.run(["sleep", "%.3f" % (ms / 1000)])  # stalls


# --- computing ---

def number(size):
    return size


def sized(make, most):
    made = []

    def of(size):
        if not made:
            made.append(make(most))
        return made[0][:size]
    return of


def count(size):
    total = 0
    for value in range(size): total += value & 7  # helper stalls
    return total


@works(number)
async def loop(size):
    total = 0
    begin()
    for value in range(size): total += value & 7  # stalls


@works(number)
async def helper(size):
    begin()
    count(size)


@works(number)
async def genexpr(size):
    begin()
    sum(value & 7 for value in range(size))  # stalls


@works(sized(lambda most: [[value] for value in range(most)], 200000))
async def deepcopy(data):
    begin()
    copy.deepcopy(data)  # stalls


@works(sized(lambda most: [random.random() for _ in range(most)], 1 << 20))
async def sort(data):
    begin()
    sorted(data)  # stalls


@works(sized(lambda most: [{"a": value, "b": "x%d" % value} for value in range(most)], 300000))
async def dumps(data):
    begin()
    json.dumps(data)  # stalls


@works(sized(lambda most: [(value, str(value)) for value in range(most)], 600000))
async def pickled(data):
    begin()
    pickle.dumps(data)  # stalls


@works(number)
async def pbkdf2(size):
    begin()
    hashlib.pbkdf2_hmac("sha256", b"password", b"salt", size)  # stalls


@works(lambda size: bytes(size * 1024))
async def sha256(data):
    begin()
    hashlib.sha256(data).digest()  # stalls


@works(lambda size: bytes(bytearray(random.getrandbits(8) for _ in range(4096))) * (size // 4 + 1))
async def compress(data):
    begin()
    zlib.compress(data)  # stalls


@works(lambda size: "a" * size, 3.0)
async def regex(text):
    begin()
    re.search("a*a*a*b", text)  # stalls


@works(number, 1.58)
async def power(size):
    begin()
    3 ** size  # stalls


@works(sized(lambda most: list(range(most)), 12000000))
async def contains(data):
    begin()
    -1 in data  # stalls


@works(number)
async def sql(size):
    begin()
    DATABASE.execute(QUERY, (size,)).fetchone()  # stalls


# --- how much work takes how long ---

CALIBRATED_MS = 10


def time_of(function, size):
    """Milliseconds on a processor."""
    coroutine = function(WORKS[function][0](size))
    start = time.thread_time()
    try:
        coroutine.send(None)
    except StopIteration:
        pass
    return (time.thread_time() - start) * 1000


def calibrate(function):
    """The size that takes CALIBRATED_MS."""
    size, power = 4, WORKS[function][1]
    took = time_of(function, size)
    while took < CALIBRATED_MS / 3 and size < 1 << 28:
        size *= 2
        took = time_of(function, size)
    for _ in range(2):
        size = max(1, int(size * (CALIBRATED_MS / took) ** (1 / power)))
        took = time_of(function, size)
    return size


# --- the run ---

def line_of(function):
    if function is helper:
        function = count
    lines, first = inspect.getsourcelines(function)
    return first + next(at for at, line in enumerate(lines) if "stalls\n" in line)


def tell(truth, kind, ms, line, at_ns, end_ns):
    truth.write(json.dumps({"kind": kind, "ms": ms, "line": line, "at_ns": at_ns, "end_ns": end_ns}) + "\n")


async def stall(truth, function, ms, argument):
    await asyncio.sleep(0.012)
    await function(argument)
    end_ns = time.monotonic_ns()
    await asyncio.sleep(0)
    tell(truth, function.__name__, ms, line_of(function), began, end_ns)


async def control(truth):
    at_ns = time.monotonic_ns()
    for _ in range(20):
        await asyncio.sleep(0.01)
        await asyncio.get_running_loop().run_in_executor(POOL, time.sleep, 0.02)
    tell(truth, "control", 0, 0, at_ns, time.monotonic_ns())


async def main(truth, durations, sizes):
    for ms in durations:
        for function in WAITS:
            await stall(truth, function, ms, ms)
        for function, size in sizes.items():
            argument, power = WORKS[function]
            await stall(truth, function, ms, argument(max(1, int(size * (ms / CALIBRATED_MS) ** (1 / power)))))
    await control(truth)


def start():
    os.mkfifo(FIFO)
    sizes = {function: calibrate(function) for function in WORKS}
    with open(sys.argv[1], "w") as truth:
        if os.environ.get("LOOPSAFE_TEST_LOOP") == "uvloop":
            import uvloop
            uvloop.install()
        asyncio.run(main(truth, [int(ms) for ms in sys.argv[3:]], sizes))
    POOL.shutdown(wait=False)


start()
