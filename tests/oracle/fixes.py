#!/usr/bin/env python3
"""Executed truth for fixes: a program that was fixed still runs, and stalls its loop less.

    fixes.py LOOPSAFE [FILTER...]              what `check --fix` writes: it needs no package
    fixes.py --unsafe LOOPSAFE [FILTER...]     what `check --fix --unsafe-fixes` writes, too: with a Python that has the packages
                                               of tests/shop/requirements.txt

Each program below `programs/` is run as run.py does, then again after the command:
- it ends without an exception, as before;
- no primitive holds its loop more often than before.
All programs together must hold their loops less often after it.
"""
import collections
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import run

LEVELS = [["--fix"]]


def stalls(program):
    with tempfile.TemporaryDirectory(prefix="loopsafe-oracle-") as scratch:
        return collections.Counter(run.execute(program, scratch)["calls"])


def fix(binary, program, level):
    done = subprocess.run([binary, "check", "--isolated", "--no-cache", "--scope", "all", *level, program.name], cwd=program.parent,
                          capture_output=True, text=True, timeout=run.TIME_LIMIT_S)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr.strip()[:400]}")


def after(binary, original, level):
    """What stalls in a fixed copy."""
    with tempfile.TemporaryDirectory(prefix="loopsafe-oracle-") as scratch:
        program = pathlib.Path(scratch) / original.name
        shutil.copyfile(original, program)
        fix(binary, program, level)
        return stalls(program)


def check(binary, program, totals):
    before = stalls(program)
    totals["before"] += sum(before.values())
    problems = []
    for level in LEVELS:
        name = " ".join(level)
        try:
            left = after(binary, program, level)
        except RuntimeError as error:
            problems.append(f"after {name}: {error}")
            continue
        totals[name] += sum(left.values())
        problems += [f"after {name}: {primitive} stalls {count} times, {before[primitive]} before"
                     for primitive, count in sorted(left.items()) if count > before[primitive]]
    return problems


def main():
    words = sys.argv[1:]
    if words[:1] == ["--unsafe"]:
        LEVELS.append(["--fix", "--unsafe-fixes"])
        words = words[1:]
    if not words:
        print(__doc__, file=sys.stderr)
        return 2
    binary, filters = os.path.abspath(words[0]), words[1:]
    failed = ran = 0
    totals = collections.Counter()
    for program in sorted((run.HERE / "programs").glob("*.py")):
        if filters and not any(program.stem.startswith(prefix) for prefix in filters):
            continue
        try:
            problems = check(binary, program, totals)
        except (RuntimeError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            problems = [str(error)]
        ran, failed = ran + 1, failed + bool(problems)
        print("\n     ".join([f"{'FAIL' if problems else 'ok  '} {program.stem}", *problems]))
    print("the loop is held: " + ", ".join(f"{count} times {name}" for name, count in totals.items()))
    if not filters and not all(totals[" ".join(level)] < totals["before"] for level in LEVELS):
        print("FAIL fixes do not make it less")
        failed += 1
    print(f"{ran - failed} passed, {failed} failed")
    return 0 if ran and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
