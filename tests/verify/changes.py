#!/usr/bin/env python3
"""A right change is FIXED; one broken in each of five ways gets its verdict, and is told where.

    changes.py LOOPSAFE PYTHON [CASE...]

Real FastAPI, uvicorn, requests and httpx of PYTHON's environment, in a network namespace of their own.
"""
import pathlib
import sys

from verified import record_of, run_cases, wrong_verdict

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


def trouble(loopsafe, python, change, folder):
    endpoint, row, verdict, words, exit_code = CASES[change]
    done, run = record_of(loopsafe, folder, FOLDER / "before", "--isolated", "--after", FOLDER / change, "--python", python, "--quick",
                          *(["--endpoint", endpoint] if endpoint else []))
    wrong = wrong_verdict(run, row, verdict, words)
    if not wrong and done.returncode != exit_code:
        wrong = f"exit code {done.returncode}, expected {exit_code}"
    return wrong and f"{wrong}\n{done.stdout}"


sys.exit(run_cases(CASES, trouble))
