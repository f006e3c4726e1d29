#!/usr/bin/env python3
"""A right change is FIXED; one broken in each of five ways gets its verdict, and is told where.

    changes.py LOOPSAFE PYTHON [CASE...]

Real FastAPI, uvicorn, requests and httpx of PYTHON's environment, in a network namespace of their own.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent / "changes"
PRICE, DIGEST = "GET /price/{sku}", "GET /digest"
# change: endpoint that is asked, line of the finding in before/app.py, verdict, words of the reason, exit code
CASES = {
    "right": (None, 10, "FIXED", "", 0),
    "still_blocks": (PRICE, 10, "NOT FIXED", "requests.get (app.py:9)", 1),
    "client_per_call": (PRICE, 10, "NOT FIXED", "httpx", 1),
    "thread_for_cpu": (DIGEST, 24, "NOT FIXED", "GIL", 1),
    "changed_body": (PRICE, 10, "BEHAVIOUR CHANGED", "$.known", 1),
    "lost_call": (PRICE, 11, "BEHAVIOUR CHANGED", "audit.example.com", 1),
}


def verify(loopsafe, python, change, endpoint, folder):
    record = folder / f"{change}.json"
    done = subprocess.run([loopsafe, "verify", str(FOLDER / "before"), "--isolated", "--after", str(FOLDER / change), "--python", python,
                           "--quick", "--json", str(record), *(["--endpoint", endpoint] if endpoint else [])],
                          capture_output=True, text=True, timeout=120, cwd=folder)
    if not record.exists():
        raise AssertionError(f"no record, exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    return done, json.loads(record.read_text())


def trouble(done, run, row, verdict, words, exit_code):
    finding = next((finding for finding in run["findings"] if finding["row"] == row), None)
    if finding is None:
        return f"no finding in line {row}"
    said = f"{finding['verdict']}: {finding['verdict_reason']}"
    if finding["verdict"] != verdict or words not in said:
        return f"expected {verdict} … {words!r}, got {said!r}\n{done.stdout}"
    if done.returncode != exit_code:
        return f"exit code {done.returncode}, expected {exit_code}\n{done.stdout}"
    return None


def main():
    loopsafe, python = (os.path.abspath(path) for path in sys.argv[1:3])
    names = sys.argv[3:]
    if not os.path.exists(python):
        print("not run: scripts/setup --developer installs what the applications of this test need")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for change in names or CASES:
            endpoint, *expected = CASES[change]
            try:
                wrong = trouble(*verify(loopsafe, python, change, endpoint, pathlib.Path(folder)), *expected)
            except AssertionError as error:
                wrong = str(error)
            failed += wrong is not None
            print(f"{change}: {wrong or 'right'}", flush=True)
    count = len(names or CASES)
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
