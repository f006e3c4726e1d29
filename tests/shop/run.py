#!/usr/bin/env python3
"""The shop of fixtures/apps/shop does the same after `--fix` and after `--fix --unsafe-fixes`, and holds its loop less.

    run.py LOOPSAFE [--python PYTHON] [--table FILE] [--keep DIR] [--delay SECONDS] [CASE...]

Copies of the shop (as it is, after either command, and after the second one with another HTTP client) are served by real
FastAPI against the same upstreams: HTTP servers, mail and S3 on loopback, Redis and PostgreSQL of their own, all of which
answer 100 ms late, as do the disk and SQLite. In each copy every case of cases.py must give the same answers, calls and
mails; and a line that held the loop for longer than 50 ms must be one that is still reported, or is marked `todo-expect` in
the shop. PYTHON has the packages of requirements.txt: build/python/tests-shop, which scripts/setup --developer makes.

Exit codes: 0 all right, 1 not, 77 something that the test needs is not installed.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import servers
import upstreams

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHOP = ROOT / "fixtures/apps/shop"
LEVELS = {"as it is": None, "--fix": ["--fix"], "--fix --unsafe-fixes": ["--fix", "--unsafe-fixes"],
          "the same with aiohttp": ["--fix", "--unsafe-fixes", "--http-client", "aiohttp"]}
TRIES = 5  # a stall that nobody reports must be seen so often: the machine itself may have been busy
COMMANDS = {"du": 'echo "42 data"', "pg_dump": 'echo dump', "weasyprint": 'echo rendered >"$2"'}
SKIP = 77


def lay_out(options, level, folder):
    """A copy of the shop after `check` with the level's arguments, and what is still reported in it."""
    shutil.copytree(SHOP, folder, ignore=shutil.ignore_patterns("__pycache__", "*.db", "access.log"))
    if LEVELS[level]:
        done = check(options, folder, *LEVELS[level])
        if done.returncode not in (0, 1):
            raise RuntimeError(f"check {level}: exit code {done.returncode}: {done.stderr.strip()[-300:]}")
    return reported(options, folder)


def check(options, folder, *arguments):
    return subprocess.run([options.loopsafe, "check", "--isolated", "--no-cache", *arguments, "."], cwd=folder,
                          capture_output=True, text=True, timeout=120)


def reported(options, folder):
    """(path, first line, last line) of every place that a finding is about: where it stands, and its chain."""
    places = []
    for item in json.loads(check(options, folder, "--strict", "--show-info", "--output-format", "json").stdout or "[]"):
        for at in (item, *item.get("chain", [])):
            path = os.path.relpath(os.path.join(folder, at["filename"]), folder)
            places.append((path, at["location"]["row"], (at.get("end_location") or at["location"])["row"]))
    return places + [place for path in folder.rglob("*.py") for place in known_gaps(path, folder)]


def known_gaps(path, folder):
    """A loop that is not reported yet: its whole body."""
    lines = path.read_text().splitlines()
    return [(str(path.relative_to(folder)), row, row + 1) for row, line in enumerate(lines, 1) if "todo-expect" in line]


def serve(options, folder, environment, names):
    """What every case gave in this copy."""
    data = folder / "data"
    data.mkdir()
    (folder / "reports").mkdir()
    env = {**environment, "SHOP_DATA_DIR": str(data), "SHOP_DATABASE_URL": f"sqlite:///{folder}.db"}
    done = subprocess.run([options.python, "-B", str(HERE / "drive.py"), str(options.delay), *names], cwd=folder, env=env,
                          capture_output=True, text=True, timeout=600)
    (folder.parent / f"{folder.name}.log").write_text(done.stderr)
    shown = {name: got for line in done.stdout.splitlines() for name, got in json.loads(line).items()}
    if done.returncode != 0:
        if not shown:
            raise RuntimeError(f"the shop ended with exit code {done.returncode}:\n{done.stderr[-3000:]}")
        shown["the case after that"] = ended(done)
    return shown


def ended(done):
    """A case in which the shop's process ended, most likely because its loop waits for itself."""
    lines = re.findall(r'File "[^"]*/(shop/[^"]+)", line (\d+)', done.stderr.split("Thread")[-1])
    where = ":".join(lines[0]) if lines else done.stderr.strip()[-200:]
    return {"wrong": [f"exit code {done.returncode} at {where}"], "held": [], "longest_ms": 0, "held_ms": 0}


def make_commands(folder):
    """Stand-ins for the programs that the shop starts."""
    folder.mkdir()
    for name, text in COMMANDS.items():
        (folder / name).write_text(f"#!/bin/sh\nsleep 0.1\n{text}\n")
        (folder / name).chmod(0o755)
    return folder


def environment_of(outside, redis_port, postgres_port, commands):
    wire = {name: outside.slow_wire(("127.0.0.1", port)) for name, port in (("redis", redis_port), ("postgres", postgres_port))}
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "AWS_")) and "proxy" not in key.lower()}
    return {**kept, "PATH": f"{commands}:{os.environ['PATH']}", "PYTHONHASHSEED": "0",
            "SHOP_REDIS_URL": f"redis://127.0.0.1:{wire['redis']}/0", "SHOP_REDIS_DIRECT": f"redis://127.0.0.1:{redis_port}/0",
            "SHOP_WAREHOUSE_DSN": f"host=127.0.0.1 port={wire['postgres']} user=shop dbname=postgres",
            "SHOP_SUPPLIER_URL": outside.http_url, "SHOP_PAYMENTS_URL": outside.http_url, "SHOP_SMTP_HOST": outside.smtp_host,
            "AWS_ENDPOINT_URL": outside.http_url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true"}


def is_explained(stack, places):
    return any(path == where and first <= line <= last for path, line in stack for where, first, last in places)


def unexplained(case, places):
    """Stacks of the shop that held the loop although nothing is reported there."""
    return [stack for stack, _ in case["held"] if stack and not is_explained(stack, places)]


class Level:
    """One copy of the shop, what is reported in it and what its cases gave."""

    def __init__(self, name, options, folder, environment):
        self.name, self.options, self.folder, self.environment = name, options, folder, environment
        self.places = lay_out(options, name, folder / "shop")
        self.findings = len(json.loads(check(options, folder / "shop", "--output-format", "json").stdout))
        shutil.copytree(folder / "shop", folder / "as-written")
        self.cases = serve(options, folder / "shop", environment, options.cases)
        self.wrong = [f"{case}: {text}" for case, got in self.cases.items() for text in got["wrong"]]
        self.wrong += self.stalls()

    def stalls(self):
        """A fixed shop may hold its loop only where it is told so. What is seen once may be the machine's doing."""
        seen = {case: unexplained(got, self.places) for case, got in self.cases.items()}
        for again in range(1, TRIES):
            suspects = [case for case, stacks in seen.items() if stacks]
            if not suspects:
                break
            shutil.copytree(self.folder / "as-written", self.folder / f"try-{again}")
            anew = serve(self.options, self.folder / f"try-{again}", self.environment, suspects)
            seen = {case: unexplained(anew[case], self.places) for case in suspects if case in anew}
        return [f"{case}: the loop is held, and nothing is reported: {'; '.join(f'{p}:{n}' for p, n in stack[:3])}"
                for case, stacks in seen.items() for stack in stacks]


def table(levels):
    rows = ["| case | " + " | ".join(f"{level.name}: longest gap, held (ms)" for level in levels) + " |",
            "|---|" + "---|" * len(levels)]
    for case in levels[0].cases:
        cells = [f"{got['longest_ms']}, {got['held_ms']}" if got else "-" for got in (level.cases.get(case) for level in levels)]
        rows.append(f"| {case} | " + " | ".join(cells) + " |")
    rows.append("| findings | " + " | ".join(str(level.findings) for level in levels) + " |")
    held = [f"**{sum(got['held_ms'] > 0 for got in level.cases.values())}, {sum(got['held_ms'] for got in level.cases.values())}**"
            for level in levels]
    return "\n".join([*rows, "| **cases that hold the loop for more than 50 ms, held in all (ms)** | " + " | ".join(held) + " |"])


def run_all(options, root):
    root.chmod(0o755)
    commands = make_commands(root / "bin")
    with servers.redis(root) as redis_port, servers.postgres(root / "postgres") as postgres_port:
        environment = environment_of(upstreams.Upstreams(root), redis_port, postgres_port, commands)
        levels = []
        for number, name in enumerate(LEVELS):
            subprocess.run([options.python, "-c", f"import redis; redis.Redis(port={redis_port}).flushall()"], check=True)
            (root / str(number)).mkdir()
            levels.append(Level(name, options, root / str(number), environment))
    return levels


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("loopsafe", type=os.path.abspath)
    parser.add_argument("cases", nargs="*")
    parser.add_argument("--python", default=str(ROOT / "build/python/tests-shop/bin/python"))
    parser.add_argument("--table", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="leave the copies here")
    parser.add_argument("--delay", type=float, default=0.1)
    return parser.parse_args()


def main():
    options = arguments()
    missing = servers.lacking() + ([] if os.path.exists(options.python) else [options.python])
    if missing:
        print(f"not installed (scripts/setup --developer does that): {', '.join(missing)}")
        return SKIP
    with tempfile.TemporaryDirectory() as scratch:
        levels = run_all(options, pathlib.Path(scratch))
        if options.keep:
            shutil.copytree(scratch, options.keep, dirs_exist_ok=True, ignore=shutil.ignore_patterns("postgres"))
    text = table(levels)
    print(text)
    if options.table:
        options.table.write_text(text + "\n")
    failures = [f"{level.name}: {text}" for level in levels for text in level.wrong]
    print("\n".join(failures))
    cases = sum(len(level.cases) for level in levels)
    print(f"{cases - len({text.split(': ')[1] for text in failures})} passed, {len(failures)} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
