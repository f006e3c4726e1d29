#!/usr/bin/env python3
"""Requests that rest on earlier ones, lines that run only the first time, and why handlers did not run.

    standing.py LOOPSAFE PYTHON

Real FastAPI and uvicorn of PYTHON's environment, in a network namespace of their own.
"""
import pathlib
import sys
import tempfile

from hosted import Checks
from verified import NOT_RUN, binaries, record_of

FOLDER = pathlib.Path(__file__).resolve().parent / "standing"
# The last one of the first endpoint leaves requests behind under load: its application is replaced.
REQUESTS = "POST /workers?slow=true\nGET /refresh\nPOST /login\nGET /home\nGET /admin\nPOST /later\n"


def verify(loopsafe, python, folder, *options):
    requests = pathlib.Path(folder) / "requests.txt"
    requests.write_text(REQUESTS)
    return record_of(loopsafe, folder, FOLDER / "app.py", "--isolated", "--python", python, "--quick", "--requests", requests, *options)[1]


def finding_in(run, words):
    source = (FOLDER / "app.py").read_text().splitlines()
    function = next(row for row, line in enumerate(source, 1) if "def %s(" % words in line)
    return next(finding for finding in run["findings"] if finding["row"] > function and finding["code"] != "LS408")


def longest_ms(run, path):
    endpoint = next(endpoint for endpoint in run["endpoints"] if endpoint["path"] == path)
    return max((cell["longest_ms"] for cell in endpoint["cells"]), default=0)


def calls_of(run, path):
    return next(endpoint["stand_in_calls"] for endpoint in run["endpoints"] if endpoint["path"] == path)


def main():
    loopsafe, python = binaries()
    if python is None:
        return NOT_RUN
    check = Checks()
    with tempfile.TemporaryDirectory() as name:
        run = verify(loopsafe, python, name)
        check.true("what was registered is there after a replacement", longest_ms(run, "/refresh") > 40, longest_ms(run, "/refresh"))
        login = finding_in(run, "login")
        check.true("computed once", login["seen"] == "confirmed" and login["seen_reason"].startswith("computing in login"), login)
        for function, words in [("home", "GET /home leads to /login"), ("admin", "GET /admin answers 403: no key"),
                                ("replace", "PUT /workers was not asked")]:
            finding = finding_in(run, function)
            check.true(function, (finding["seen"], finding["seen_reason"]) == ("not exercised", words), finding["seen_reason"])
        check.same("calls that go on when nobody waits any more are not counted", calls_of(run, "/later"), {"alone": 2, "before": None, "after": None})
        run = verify(loopsafe, python, name, "--endpoint", "GET /refresh")
        check.true("one endpoint", [endpoint["path"] for endpoint in run["endpoints"]] == ["/refresh"], run["endpoints"])
        check.true("what stands before it was asked", longest_ms(run, "/refresh") > 40, longest_ms(run, "/refresh"))
    return check.end()


sys.exit(main())
