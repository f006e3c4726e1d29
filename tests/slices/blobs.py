#!/usr/bin/env python3
"""Facts that were saved and loaded must equal those that were not.

    blobs.py FACTS_DUMP FOLDER-OR-FILE…

Takes every .py file through bytes and back (`facts_dump --blob`) with none, a third and all of its bodies read, and as
a whole, reads the rest on both sides and fails on the first kind of trouble: a file whose facts differ, or a dump
program that dies.
"""

import pathlib
import subprocess
import sys

from run import BATCH, files_of


def main(program, *arguments):
    paths = [path for path in files_of(arguments) if path.is_file() and "\n" not in str(path)]
    if not paths:
        sys.exit("no Python files")
    differing = []
    for start in range(0, len(paths), BATCH):
        batch = "".join(f"{path}\n" for path in paths[start : start + BATCH])
        done = subprocess.run([program, "--blob"], input=batch, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{program} ended with {done.returncode}: {done.stderr[-2000:]}")
        differing += done.stdout.splitlines()
    print("\n".join(differing))
    print(f"{len(paths)} files, {len(differing)} ways through a blob differ")
    return 1 if differing else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
