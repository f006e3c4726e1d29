"""What the probe costs: nanoseconds a tick, processor time a request, processor time while nothing happens; each against the same without the
probe, which is measured twice (A/A) to show what a difference is worth here.

    python3 bench/probe_overhead.py BUILD [PYTHON] [--rounds N]     PYTHON with fastapi and uvicorn for the requests

A table on standard output. Rounds of all three alternate; what stands there is the fastest eighth of them, because what else the machine
does only ever adds.
"""
import argparse
import glob
import os
import pathlib
import select
import socket
import statistics
import subprocess
import sys
import tempfile
import time

WAYS = ("without", "without again", "with the probe")

TICKS = """
import asyncio, time
async def ticks(count):
    start = time.perf_counter_ns()
    for _ in range(count): await asyncio.sleep(0)
    return (time.perf_counter_ns() - start) / count
async def main(): print(min([await ticks(1000) for _ in range(150)]))
asyncio.run(main())
"""

SERVER = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/ping")
async def ping(): return {"ok": True}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", loop=sys.argv[2], timeout_keep_alive=600)
"""

IDLE = """
import asyncio, sys, time
async def main():
    await asyncio.sleep(0.3)
    start = time.process_time()
    for _ in range(20): await asyncio.sleep(0.1)
    print((time.process_time() - start) * 1000 / 2)
asyncio.run(main())
"""

WAKE_EVERY_S = 0.005  # as the watchdog does while a loop is busy
WAKES = """
import time
start = time.process_time_ns()
for _ in range(400): time.sleep(%s)
print((time.process_time_ns() - start) / 400000)
""" % WAKE_EVERY_S
WATCHDOG = "loopsafe-probe"

REQUEST = b"GET /ping HTTP/1.1\r\nHost: a\r\n\r\n"


class Bench:
    def __init__(self, build, python, folder):
        self.python, self.folder = python, pathlib.Path(folder)
        self.runner = os.path.join(build, "probe_run")
        self.library = os.path.abspath(os.path.join(build, "lib/loopsafe/libloopsafe_probe.so"))
        self.arm = os.path.join(build, "lib/loopsafe/python/loopsafe_probe.py")

    def command(self, way, source, *arguments):
        script = self.folder / "script.py"
        script.write_text(source)
        plain = [self.python, str(script), *map(str, arguments)]
        if way != "with the probe":
            return plain
        return [self.runner, self.library, "5000", "1000", "5000", os.devnull, self.python, self.arm, *plain[1:]]

    def number(self, way, source):
        return float(subprocess.run(self.command(way, source), check=True, capture_output=True, text=True).stdout)


# --- requests ---

def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def connect(port, patience=20):
    end = time.monotonic() + patience
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def ask(connections, count):
    """That many requests, one at a time on each connection."""
    poll = select.epoll()
    by_number = {connection.fileno(): connection for connection in connections}
    for connection in connections:
        poll.register(connection, select.EPOLLIN)
        connection.send(REQUEST)
    answered = 0
    while answered < count:
        for number, _ in poll.poll():
            if by_number[number].recv(4096).endswith(b"}"):
                answered += 1
                by_number[number].send(REQUEST)
    for connection in connections:
        connection.recv(4096)


def processor_ns(pid, thread=""):
    """Of all threads, or those of a name."""
    tasks = [task for task in glob.glob("/proc/%d/task/*" % pid) if thread in open(task + "/comm").read()]
    return sum(int(open(task + "/schedstat").read().split()[0]) for task in tasks)


def server_pid(process):
    """probe_run starts the program below itself."""
    children = open("/proc/%d/task/%d/children" % (process.pid, process.pid)).read().split()
    return int(children[0]) if children else process.pid


def requests(bench, loop, rounds, count=500, users=4):
    """Microseconds of processor time a request, by way and round; under WATCHDOG its part."""
    servers, taken = [], {way: [] for way in (*WAYS, WATCHDOG)}
    try:
        for way in WAYS:
            port = free_port()
            servers.append((way, port, subprocess.Popen(bench.command(way, SERVER, port, loop))))
            connect(port).close()
        users_of = {way: [connect(port) for _ in range(users)] for way, port, _ in servers}
        for way in WAYS:
            ask(users_of[way], 8 * count)
        for turn in range(3 * rounds):
            for way, _port, process in servers if turn % 2 else reversed(servers):
                pid = server_pid(process) if way == "with the probe" else process.pid
                before, watchdog = processor_ns(pid), processor_ns(pid, WATCHDOG)
                ask(users_of[way], count)
                taken[way].append((processor_ns(pid) - before) / count / 1000)
                if way == "with the probe":
                    taken[WATCHDOG].append((processor_ns(pid, WATCHDOG) - watchdog) / count / 1000)
    finally:
        for way, _port, process in servers:
            os.kill(server_pid(process) if way == "with the probe" else process.pid, 15)
            process.wait()
    return taken


# --- the table ---

def row(name, unit, taken):
    fast = {way: statistics.quantiles(taken[way], n=8)[0] for way in taken}
    cells = ["%.1f" % fast[way] for way in WAYS]
    for way in WAYS[1:]:
        difference = fast[way] - fast["without"]
        cells.append("%+.1f (%+.1f %%)" % (difference, 100 * difference / fast["without"]))
    cells.append("%.1f" % fast[WATCHDOG] if WATCHDOG in fast else "")
    print("| %s, %s | %s |" % (name, unit, " | ".join(cells)), flush=True)


def numbers(bench, source, rounds):
    taken = {way: [] for way in WAYS}
    for turn in range(rounds):
        for way in WAYS if turn % 2 else reversed(WAYS):
            taken[way].append(bench.number(way, source))
    return taken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("python", nargs="?", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.build, options.python, folder)
        print("| what | without | without again | with the probe | A/A | cost | of it the watchdog |\n|---|---|---|---|---|---|---|")
        row("one tick", "ns", numbers(bench, TICKS, options.rounds))
        row("10 ticks a second", "ms of processor time a second", numbers(bench, IDLE, min(options.rounds, 5)))
        for loop in ("asyncio", "uvloop"):
            if subprocess.run([options.python, "-c", "import fastapi, uvicorn, uvloop"], capture_output=True).returncode == 0:
                row("GET /ping, FastAPI on uvicorn, %s" % loop, "us of processor time a request", requests(bench, loop, options.rounds))
        wakes = [bench.number("without", WAKES) for _ in range(3)]
        print("\nA wake every %.0f ms of a program that does nothing else: %.0f us of processor time" % (1000 * WAKE_EVERY_S, statistics.median(wakes)))


if __name__ == "__main__":
    main()
