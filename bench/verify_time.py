#!/usr/bin/env python3
"""How long one `loopsafe verify --fix` of one endpoint takes, quick and full, by phase, beside what cannot be avoided.

    python3 bench/verify_time.py BUILD PYTHON [--runs N]     PYTHON with fastapi, uvicorn and requests

The application has one endpoint that calls requests.get, which takes 100 ms. Its bare start (PYTHON -m uvicorn, until it serves) is
measured between the runs. What cannot be avoided: one start, then two more side by side on two processors; the answers that are
waited for one at a time; and the loads. Medians of the runs.
"""
import argparse
import json
import os
import pathlib
import pty
import re
import select
import statistics
import subprocess
import tempfile
import time

APP = """import requests
from fastapi import FastAPI

app = FastAPI()


@app.get("/price/{sku}")
async def price(sku: str):
    reply = requests.get(f"http://prices.example.com/{sku}", timeout=5)
    return {"sku": sku, "known": reply.json()["ok"]}
"""
UPSTREAM = 0.1
WARM = {"quick": 0.15, "full": 0.2}
PASSES = 3
# what begins a phase; before the first of them is the first phase
PHASES = [("analysis, copies, namespace", None), ("first start", "starting the application"), ("A, and the next starts", "asking each request once"),
          ("A again", "asking each request again"), ("B", "asking the second version"), ("loads and their starts", "(before|after) GET")]
GOALS = {"quick": 5, "full": 20}


def said(command, folder):
    """Seconds and words of what the program writes to a terminal; the last one is its end."""
    start, words = time.monotonic(), []
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, dict(os.environ, TERM="xterm"))
    while True:
        select.select([terminal], [], [])
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        words += [(time.monotonic() - start, part.strip()) for part in data.decode(errors="replace").split("\r\x1b[K") if part.strip()]
    status = os.waitpid(child, 0)[1]
    os.close(terminal)
    return words, time.monotonic() - start, os.waitstatus_to_exitcode(status)


def phases(words, end):
    """The time from one of the lines to the next belongs to the phase that the line begins or goes on with."""
    spent, phase, since = [0.0] * len(PHASES), 0, 0.0
    for at, text in words + [(end, "")]:
        spent[phase] += at - since
        since = at
        phase = next((index for index, (_, begins) in enumerate(PHASES) if begins and re.match(begins, text)), phase)
    return spent


def bare_start(python, folder):
    start = time.monotonic()
    server = subprocess.Popen([python, "-m", "uvicorn", "app:app", "--port", "0"], cwd=folder, stderr=subprocess.PIPE, text=True)
    try:
        for line in server.stderr:
            if re.search("Uvicorn running on", line):
                return time.monotonic() - start
        raise SystemExit("the application does not start under uvicorn")
    finally:
        server.kill()
        server.wait()


def unavoidable(record, start, way):
    """Two starts one after the other; every request of each pass; each round of each load."""
    endpoint = record["endpoints"][0]
    answers = PASSES * endpoint["requests"] * UPSTREAM
    loads = sum(cell["rounds"] * (WARM[way] + record["loads"][cell["load"]]["duration_ms"] / 1000) for cell in endpoint["cells"])
    return {"two starts": 2 * start, "answers": answers, "loads": loads}


def run(loopsafe, python, folder, way):
    record = folder / f"{way}.json"
    command = [str(loopsafe), "verify", str(folder / "app"), "--isolated", "--fix", "--python", python, "--json", str(record)]
    words, took, code = said(command + (["--quick"] if way == "quick" else []), folder)
    if not record.exists():
        raise SystemExit(f"no record, exit code {code}: {words[-1][1] if words else 'nothing was said'}")
    return phases(words, took), took, json.loads(record.read_text())


def show(way, runs, starts):
    start = statistics.median(starts)
    least = unavoidable(runs[-1][2], start, way)
    took = statistics.median(run[1] for run in runs)
    print(f"\n{way}: {took:.1f} s (goal {GOALS[way]} s), verdict {runs[-1][2]['verdict']}\n")
    print("| phase | seconds |\n|---|---|")
    for index, (name, _) in enumerate(PHASES):
        print(f"| {name} | {statistics.median(run[0][index] for run in runs):.2f} |")
    print(f"| all | {took:.2f} |")
    parts = " + ".join(f"{name} {seconds:.2f}" for name, seconds in least.items())
    print(f"| cannot be avoided: {parts} | {sum(least.values()):.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("python")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    loopsafe, python = arguments.build.resolve() / "loopsafe", os.path.abspath(arguments.python)
    runs, starts = {way: [] for way in GOALS}, []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "app").mkdir()
        (folder / "app/app.py").write_text(APP)
        bare_start(python, folder / "app")  # files are read from the disk once
        for _ in range(arguments.runs):
            for way in GOALS:
                starts.append(bare_start(python, folder / "app"))
                runs[way].append(run(loopsafe, python, folder, way))
    print(f"bare start under uvicorn: {statistics.median(starts):.2f} s ({min(starts):.2f} to {max(starts):.2f})")
    for way in GOALS:
        show(way, runs[way], starts)


if __name__ == "__main__":
    main()
