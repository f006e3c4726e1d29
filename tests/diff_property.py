#!/usr/bin/env python3
"""Whatever two texts are: git takes their diff, and makes the second of the first; the diff is not much longer than git's.

    diff_property.py DIFF_TEXTS
"""
import os
import pathlib
import random
import subprocess
import sys
import tempfile

CASES, SEED = 250, 20240507
ENDS = ["\n", "\r\n", "\r"]
NAMES = ["a.py", "a b.py", 'q"uote.py', "tab\t.py", "ä/ö.py", "back\\slash.py", "deep/er/x.py", "line\nend.py"]
GIT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def some_text(generator):
    words = ["x = 1", "", "    return y", "def f():", "\\ No newline at end of file", "+ a", "- b", "@@ -1 +1 @@", "\x00\xff"]
    lines = [generator.choice(words) for _ in range(generator.choice((0, 1, 2, 5, 40, 400)))]
    return "".join(line + generator.choice(ENDS[:generator.choice((1, 1, 2, 3))]) for line in lines)


def changed(generator, text):
    lines = text.splitlines(keepends=True)
    for _ in range(generator.choice((0, 1, 2, 8, 60))):
        at = generator.randrange(len(lines) + 1)
        action = generator.randrange(3)
        if action == 0:
            lines[at:at] = [some_text(generator)[:80]]
        elif action == 1:
            del lines[at:at + generator.randint(1, 4)]
        elif at < len(lines):
            lines[at] = "changed " + lines[at]
    text = "".join(lines)
    return text if generator.randrange(4) else text.rstrip("\n")


def judge(program, place, name, before, after):
    """What is wrong; None: nothing."""
    (place / "before").write_bytes(before)
    (place / "after").write_bytes(after)
    diff = subprocess.run([program, place / "before", place / "after", name], stdout=subprocess.PIPE, check=True).stdout
    if before == after:
        return "a diff of equal texts" if diff else None
    target = place / "tree" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(before)
    done = subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=place / "tree", input=diff, env=GIT, capture_output=True)
    if done.returncode:
        return f"git refuses it: {done.stderr!r}"
    if target.read_bytes() != after:
        return "it gives another text"
    git = subprocess.run(["git", "diff", "--no-index", "--minimal", "--text", "--numstat", place / "before", place / "after"], env=GIT,
                         stdout=subprocess.PIPE).stdout.split()
    ours = [sum(line.startswith(sign) for line in diff.split(b"\n")[2:]) for sign in (b"+", b"-")]
    is_longer = git[0] != b"-" and sum(ours) > int(git[0]) + int(git[1])
    return f"{ours} lines changed, git needs {git[:2]}" if is_longer else None


def main():
    program, generator, failed = os.path.abspath(sys.argv[1]), random.Random(SEED), 0
    for number in range(CASES):
        before = some_text(generator)
        after = changed(generator, before)
        with tempfile.TemporaryDirectory(prefix="loopsafe-diff-") as place:
            trouble = judge(program, pathlib.Path(place), generator.choice(NAMES), before.encode("latin-1"), after.encode("latin-1"))
        if trouble:
            failed += 1
            print(f"FAIL case {number}: {trouble}\n{before!r}\n{after!r}")
    print(f"{CASES - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
