#!/usr/bin/env python3
"""Applications that live at once during a run do not notice each other, and those that would are run one at a time.

    together.py LOOPSAFE

On loopsafe's reference runtime. Every case is the same change, which is right: FIXED, nothing differs, nothing is left.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

APP = """import asyncio, os, time
from fastapi import FastAPI
{setup}
app = FastAPI()

def note():
    with open("written", "a") as file:
        file.write("x")
    return {{"file": __file__, "home": os.environ["HOME"], "temporary": os.environ["TMPDIR"]}}

@app.get("/slow")
async def slow():
    {sleep}(0.03)
    return await asyncio.to_thread(note)
"""
SETUPS = {
    "alike": "assert not os.path.exists('written')",
    "port": "import socket; listener = socket.create_server(('127.0.0.1', 8123))",
    "lock": "import fcntl; lock = open({lock!r}, 'w'); fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)",
}


def trees(folder, setup):
    for name, sleep in (("before", "time.sleep"), ("after", "await asyncio.sleep")):
        (folder / name).mkdir()
        (folder / name / "app.py").write_text(APP.format(setup=setup, sleep=sleep))


def verify(loopsafe, folder, *arguments):
    (folder / "temporary").mkdir()
    done = subprocess.run([loopsafe, "verify", "before", "--isolated", "--after", "after", "--python", sys.executable, "--reference-runtime",
                           "--json", "run.json", *arguments],
                          capture_output=True, text=True, timeout=300, cwd=folder, env=dict(os.environ, TMPDIR=str(folder / "temporary")))
    if not (folder / "run.json").exists():
        raise AssertionError(f"no record, exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    return done, json.loads((folder / "run.json").read_text())


def trouble(done, run, folder):
    verdicts = [finding["verdict"] for finding in run["findings"]]
    if verdicts != ["FIXED"] or done.returncode != 0:
        return f"verdicts {verdicts}, exit code {done.returncode}\n{done.stdout}"
    if run["masks"]:
        return f"answers of one version differ: {run['masks']}"
    if list((folder / "temporary").iterdir()):
        return f"left behind: {os.listdir(folder / 'temporary')}"
    return None


def case(loopsafe, setup, *arguments):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        trees(folder, SETUPS[setup].format(lock=str(folder / "lock")))
        try:
            return trouble(*verify(loopsafe, folder, *arguments), folder)
        except AssertionError as error:
            return str(error)


def main():
    loopsafe = os.path.abspath(sys.argv[1])
    cases = [(setup, "--quick") for setup in SETUPS] + [("alike", "--secs", "0.3s", "--users", "4")]
    failed = 0
    for setup, *arguments in cases:
        wrong = case(loopsafe, setup, *arguments)
        failed += wrong is not None
        print(f"{setup} {' '.join(arguments)}: {wrong or 'right'}", flush=True)
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
