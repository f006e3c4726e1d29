#!/usr/bin/env python3
"""Facts of slices must equal facts of whole files.

    run.py FACTS_DUMP FOLDER-OR-FILE…

Reads every .py file both ways (`facts_dump --compare`) and fails on the first kind of trouble: a file whose facts
differ, or a dump program that dies. Files that do not parse are compared no further; those that Python itself accepts
are listed, because the grammar (or repair.c) has a gap there.
"""

import ast
import pathlib
import subprocess
import sys
import warnings

BATCH = 500


def files_of(arguments):
    for argument in map(pathlib.Path, arguments):
        yield from sorted(argument.rglob("*.py")) if argument.is_dir() else [argument]


def accepted_by_python(path):
    try:
        ast.parse(pathlib.Path(path).read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def compare(program, batch):
    done = subprocess.run(
        [program, "--compare"], input="".join(f"{path}\n" for path in batch), capture_output=True, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{program} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout.splitlines()


def main(program, *arguments):
    warnings.simplefilter("ignore")
    paths = [path for path in files_of(arguments) if path.is_file() and "\n" not in str(path)]
    if not paths:
        sys.exit("no Python files")
    differing, damaged, gaps = [], 0, []
    for start in range(0, len(paths), BATCH):
        for line in compare(program, paths[start : start + BATCH]):
            kind, _, rest = line.partition(" ")
            if kind == "differs":
                differing.append(rest)
                continue
            damaged += 1
            path = rest.split(" in ", 1)[1]
            if accepted_by_python(path):
                gaps.append(rest)
    print(f"{len(paths)} files, {len(differing)} differ, {damaged} damaged, {len(gaps)} of them valid Python")
    for gap in gaps:
        print("gap", gap)
    for path in differing:
        print("differs", path)
    return 1 if differing else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
