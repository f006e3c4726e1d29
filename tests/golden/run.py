"""Runs the binary over small inputs and compares what it prints with what it printed when it was last looked at.

    run.py BINARY            compare
    run.py BINARY --bless    write the expected files anew: read the diff before you commit it

inputs/CASE/case.json lists the runs of a case; the files beside it are copied to an empty directory, in which they
are run one after the other:

    {"runs": [{"arguments": ["check", "."],
               "stdin": "a.py",                  optional: a file of the case
               "environment": {"NO_COLOR": "1"}, optional, over a bare environment
               "writes": ["out.json"],           optional: files to show after the run
               "stdout": "/dev/full"}]}          optional: where it prints; "gone": a pipe that nobody reads

expected/CASE.txt holds arguments, standard output, standard error, files and exit code of each run.
"""

import contextlib
import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
INPUTS = HERE / "inputs"
EXPECTED = HERE / "expected"
TIMEOUT_SECONDS = 60


def section(head: str, text: str) -> str:
    """A headed part; control characters other than the line end are spelled out, so that the file is text."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda match: f"<{ord(match[0]):02x}>", text)
    if not text:
        return ""
    end = "" if text.endswith("\n") else "\n<no line end>\n"
    return f"--- {head}\n{text}{end}"


def bare_environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}
    return {**kept, "PATH": os.environ.get("PATH", ""), "HOME": str(home), "XDG_CONFIG_HOME": str(home)}


@contextlib.contextmanager
def standard_output(where: str | None):
    """What to hand over as standard output."""
    if where is None:
        yield subprocess.PIPE
        return
    if where == "gone":
        reader, writer = os.pipe()
        os.close(reader)
    else:
        writer = os.open(where, os.O_WRONLY)
    try:
        yield writer
    finally:
        os.close(writer)


def perform(binary: Path, run: dict, tree: Path, home: Path) -> str:
    """One run as text."""
    stdin = (tree / run["stdin"]).read_bytes() if "stdin" in run else b""
    with standard_output(run.get("stdout")) as stdout:
        done = subprocess.run(
            [binary, *run["arguments"]],
            cwd=tree,
            env={**bare_environment(home), **run.get("environment", {})},
            input=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    settings = "".join(f"{name}={value} " for name, value in run.get("environment", {}).items())
    text = f"$ {settings}loopsafe {' '.join(run['arguments'])}"
    text += f" < {run['stdin']}" if "stdin" in run else ""
    text += f" > {run['stdout']}\n" if "stdout" in run else "\n"
    text += section("stdout", (done.stdout or b"").decode("utf-8", "backslashreplace"))
    text += section("stderr", done.stderr.decode("utf-8", "backslashreplace"))
    for name in run.get("writes", []):
        written = tree / name
        text += section(f"file {name}", written.read_bytes().decode("utf-8", "backslashreplace") if written.exists() else "<not written>")
    text = text.replace(str(tree), "<dir>")
    text = re.sub(r"\bloopsafe \d+\.\d+\.\d+\b", "loopsafe <version>", text)
    return f"{text}--- exit {done.returncode}\n"


def perform_case(binary: Path, case: Path) -> str:
    runs = json.loads((case / "case.json").read_text("utf-8"))["runs"]
    if not runs:
        raise ValueError(f"{case.name}: case.json lists no runs")
    with tempfile.TemporaryDirectory(prefix="golden-") as scratch:
        home = Path(scratch).resolve() / "home"
        tree = Path(scratch).resolve() / "project"
        home.mkdir()
        shutil.copytree(case, tree, ignore=shutil.ignore_patterns("case.json"))
        return "\n".join(perform(binary, run, tree, home) for run in runs)


def difference(name: str, expected: str, actual: str) -> str:
    lines = difflib.unified_diff(
        expected.splitlines(keepends=True),
        actual.splitlines(keepends=True),
        f"expected/{name}.txt",
        "what was printed",
    )
    return "".join(lines)


def judge(binary: Path, case: Path, bless: bool) -> str:
    """What is wrong with a case; empty: nothing."""
    try:
        actual = perform_case(binary, case)
    except subprocess.TimeoutExpired as error:
        return f"ran longer than {TIMEOUT_SECONDS} s: {error.cmd}"
    file = EXPECTED / f"{case.name}.txt"
    if bless:
        file.write_text(actual, "utf-8")
        return ""
    if not file.exists():
        return f"expected/{case.name}.txt is missing: look at the output, then run with --bless"
    return difference(case.name, file.read_text("utf-8"), actual)


def settle_stale(names: set[str], bless: bool) -> list[str]:
    """Expected files whose case is gone: removed when blessing, a failure else."""
    stale = [file for file in sorted(EXPECTED.glob("*.txt")) if file.stem not in names]
    if bless:
        for file in stale:
            file.unlink()
        return []
    return [f"expected/{file.name} has no case in inputs/" for file in stale]


def main() -> int:
    arguments = [word for word in sys.argv[1:] if word != "--bless"]
    bless = "--bless" in sys.argv[1:]
    if len(arguments) != 1:
        print("usage: run.py BINARY [--bless]", file=sys.stderr)
        return 2
    binary = Path(arguments[0]).resolve()
    cases = sorted(path.parent for path in INPUTS.glob("*/case.json"))
    EXPECTED.mkdir(exist_ok=True)
    troubles = {case.name: judge(binary, case, bless) for case in cases}
    failures = [f"{name}\n{trouble}" for name, trouble in troubles.items() if trouble]
    passed = len(troubles) - len(failures)
    failures += settle_stale(set(troubles), bless)
    for failure in failures:
        print(f"FAIL {failure}")
    print(f"{passed} passed, {len(failures)} failed")
    return 0 if passed and not failures else 1


if __name__ == "__main__":
    sys.exit(main())
