#!/usr/bin/env python3
"""Executed truth: what loopsafe reports is compared with what really stalled when the program ran.

    run.py LOOPSAFE [FILTER...]

For each program below `programs/`:
- every statement that directly stalled the loop's thread is reported (LS1xx, LS407);
- no reported statement ran without a stall.
Statements that call a helper which stalls are neither asked for nor held against the tool: following calls is
another matter. A program whose first lines hold `# later:` and numbers lists stalls that are not found yet; it fails
as soon as they are.
"""
import ast
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TIME_LIMIT_S = 60

BLOCKING = ("LS1", "LS407")


def statement_starts(source):
    """Line -> first line of the statement (of a compound statement: of its header) that holds it."""
    starts = {}
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, (ast.stmt, ast.excepthandler, ast.match_case) if hasattr(ast, "match_case") else
                          (ast.stmt, ast.excepthandler)):
            continue
        first = getattr(node, "lineno", None) or node.pattern.lineno
        body = getattr(node, "body", None) or getattr(node, "cases", None)
        if isinstance(body, list) and body:
            inner = body[0]
            last = max(first, (getattr(inner, "lineno", None) or inner.pattern.lineno) - 1)
        else:
            last = node.end_lineno
        for line in range(first, last + 1):
            starts[line] = max(first, starts.get(line, 0))
    return starts


def execute(program, scratch):
    out = os.path.join(scratch, "out.json")
    work = os.path.join(scratch, "work")
    os.mkdir(work)
    done = subprocess.run([sys.executable, "-B", str(HERE / "record.py"), str(program), out], cwd=work,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIME_LIMIT_S)
    if done.returncode != 0:
        raise RuntimeError("the program failed: " + (done.stderr.strip().splitlines() or ["?"])[-1])
    with open(out) as handle:
        return json.load(handle)


def report(binary, program):
    done = subprocess.run([binary, "check", "--isolated", "--no-cache", "--scope", "all", "--output-format", "json", program.name],
                          cwd=program.parent, capture_output=True, timeout=TIME_LIMIT_S)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr.decode(errors='replace').strip()[:400]}")
    document = json.loads(done.stdout)
    findings = document["findings"] if isinstance(document, dict) else document
    return {item["location"]["row"]: item["code"] for item in findings if item["code"].startswith(BLOCKING)}


def check(binary, program):
    source = program.read_text()
    later = {int(n) for line in re.findall(r"^# later: (.*)$", source, re.M) for n in line.split()}
    with tempfile.TemporaryDirectory(prefix="loopsafe-oracle-") as scratch:
        seen = execute(program, scratch)
    starts = statement_starts(source)
    begin = lambda line: starts.get(line, line)
    stalls = {begin(int(line)): primitive for line, primitive in seen["direct"].items()}
    if not stalls:
        return ["nothing stalled: the program tests nothing"]
    tainted, ran = {begin(line) for line in seen["tainted"]}, {begin(line) for line in seen["ran"]}
    found = {begin(row): code for row, code in report(binary, program).items()}
    problems = [f"{program.name}:{line}: stalls in {stalls[line]}, not reported" for line in sorted(set(stalls) - set(found) - later)]
    problems += [f"{program.name}:{line}: found now, remove it from `later`" for line in sorted(later & set(found))]
    problems += [
        f"{program.name}:{line}: {found[line]} reported, yet it ran without a stall"
        for line in sorted((set(found) & ran) - tainted)
    ]
    return problems


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    binary, filters = os.path.abspath(sys.argv[1]), sys.argv[2:]
    passed = failed = 0
    for program in sorted((HERE / "programs").glob("*.py")):
        if filters and not any(program.stem.startswith(prefix) for prefix in filters):
            continue
        try:
            problems = check(binary, program)
        except (RuntimeError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            problems = [str(error)]
        passed, failed = (passed, failed + 1) if problems else (passed + 1, failed)
        print(f"{'FAIL' if problems else 'ok  '} {program.stem}")
        for problem in problems:
            print(f"     {problem}")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
