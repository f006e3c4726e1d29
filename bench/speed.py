"""Wall time, CPU time, peak memory and findings of loopsafe and its peers, on the same trees in one run.

    python3 bench/speed.py --loopsafe build/release/loopsafe [--runs 5] TREE…

Peers that are installed are measured: ruff (its ASYNC rules, no cache), flake8 with flake8-async, evloop-lint (--evloop
names its source folder). A row named warm uses a cache that an earlier run filled. Runs alternate, the median is printed, and each peer's wall time as a ratio to ruff's. A peer
that takes more than --limit seconds once is left out of the later runs of that tree. --no-excludes makes ruff and loopsafe
go into site-packages, build and the like.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def commands(options, tree):
    for name, command in plain_commands(options, tree):
        fast = name.startswith(("loopsafe", "ruff"))
        yield name, command + (["--exclude", "nothing-is-called-so"] if options.no_excludes and fast else [])


def plain_commands(options, tree):
    check = [options.loopsafe, "check", "--isolated", "--exit-zero", "--output-format", "concise", "--quiet"]
    yield "loopsafe", check + ["--no-cache", tree]
    yield "loopsafe --scope all", check + ["--no-cache", "--scope", "all", tree]
    yield "loopsafe, warm", check + ["--cache-dir", os.path.join(options.caches, "loopsafe"), tree]
    if shutil.which("ruff"):
        yield "ruff ASYNC", ["ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--select", "ASYNC",
                             "--output-format", "concise", "--quiet", tree]
        yield "ruff ASYNC, warm", ["ruff", "check", "--isolated", "--cache-dir", os.path.join(options.caches, "ruff"),
                                   "--exit-zero", "--select", "ASYNC", "--output-format", "concise", "--quiet", tree]
    if options.slow and shutil.which("flake8") and shutil.which("flake8-async"):
        yield "flake8-async", ["flake8", "--isolated", "--select=ASYNC2", tree]
    if options.slow and options.evloop:
        yield "evloop-lint", [sys.executable, "-m", "evloop_lint.cli", tree, "--exit-zero"]


def measure(command, options):
    env = {**os.environ, "PYTHONPATH": options.evloop} if options.evloop else None
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env)
    output = process.stdout.read()
    _, _status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    wall = time.perf_counter() - start
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output.count(b"\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loopsafe", required=True, type=os.path.abspath)
    parser.add_argument("--evloop")
    parser.add_argument("--slow", action="store_true", help="also the peers written in Python")
    parser.add_argument("--no-excludes", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=120)
    parser.add_argument("trees", nargs="+")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as options.caches:
        run(options)


def run(options):
    print("| tree | tool | wall s | / ruff | CPU s | peak MB | lines of output |")
    print("|---|---|---|---|---|---|---|")
    for tree in options.trees:
        rows = {name: [] for name, _ in commands(options, tree)}
        for run in range(options.runs + 1):
            for name, command in commands(options, tree):
                if rows[name] and rows[name][-1][0] > options.limit:
                    continue
                result = measure(command, options)
                if run:
                    rows[name].append(result)
                elif result[0] > options.limit / 4:
                    rows[name].append(result)
        medians = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in rows.items() if runs}
        base = medians.get("ruff ASYNC", [None])[0]
        for name, (wall, cpu, memory, found) in medians.items():
            ratio = f"{wall / base:.2f}" if base else "-"
            print(f"| {os.path.basename(tree.rstrip('/'))} | {name} | {wall:.3f} | {ratio} | {cpu:.3f} | {memory:.0f} | {found:.0f} |")


main()
