"""Files and functions stay small enough to read: 700 lines a source, 180 a header, 70 a function.

    python3 tests/sizes.py src
"""
import pathlib
import re
import sys

FILE_LINES = {".c": 700, ".h": 180}
FUNCTION_LINES = 70


def functions(lines):
    """Name, first and last line of each function: clang-format puts its braces in column 1."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            header = " ".join(lines[max(0, start - 4):start - 1])
            names = re.findall(r"(\w+)\(", header)
            yield names[-1] if names else "?", start, number
            start = None


def main():
    failures, lengths, seen = [], [], 0
    for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.[ch]")):
        lines = path.read_text().splitlines()
        seen += 1
        if len(lines) > FILE_LINES[path.suffix]:
            failures.append(f"{path}: {len(lines)} lines")
        for name, first, last in functions(lines) if path.suffix == ".c" else ():
            lengths.append(last - first)
            if last - first > FUNCTION_LINES:
                failures.append(f"{path}:{first}: {name} has {last - first} lines")
    lengths.sort()
    print("\n".join(failures))
    if lengths:
        print(f"functions: {len(lengths)}, median {lengths[len(lengths) // 2]}, "
              f"nine in ten at most {lengths[len(lengths) * 9 // 10]}, longest {lengths[-1]} lines")
    print(f"{seen - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not seen else 0


sys.exit(main())
