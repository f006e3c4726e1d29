#!/usr/bin/env python3
"""Requests that rest on earlier ones, lines that run only the first time, and why handlers did not run.

    standing.py LOOPSAFE PYTHON

Real FastAPI and uvicorn of PYTHON's environment, in a network namespace of their own.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path(__file__).resolve().parent / "standing"
# The last one of the first endpoint leaves requests behind under load: its application is replaced.
REQUESTS = "POST /workers?slow=true\nGET /refresh\nPOST /login\nGET /home\nGET /admin\n"


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def true(self, title, value, seen):
        self.passed += bool(value)
        self.failed += not value
        if not value:
            print("failed: %s: %r" % (title, seen))


def verify(loopsafe, python, folder, *options):
    record, requests = folder / "run.json", folder / "requests.txt"
    requests.write_text(REQUESTS)
    record.unlink(missing_ok=True)
    done = subprocess.run([loopsafe, "verify", str(FOLDER / "app.py"), "--isolated", "--python", python, "--quick", "--requests",
                           str(requests), "--json", str(record), *options], capture_output=True, text=True, timeout=180, cwd=folder)
    if not record.exists():
        raise SystemExit("no record, exit code %s: %s\n0 passed, 1 failed" % (done.returncode, done.stderr.strip()[-500:]))
    return json.loads(record.read_text())


def finding_in(run, words):
    source = (FOLDER / "app.py").read_text().splitlines()
    function = next(row for row, line in enumerate(source, 1) if "def %s(" % words in line)
    return next(finding for finding in run["findings"] if finding["row"] > function and finding["code"] != "LS408")


def longest_ms(run, path):
    endpoint = next(endpoint for endpoint in run["endpoints"] if endpoint["path"] == path)
    return max((cell["longest_ms"] for cell in endpoint["cells"]), default=0)


def main():
    loopsafe, python = (os.path.abspath(path) for path in sys.argv[1:3])
    if not os.path.exists(python):
        print("not run: scripts/setup --developer installs what the application of this test needs")
        return 77
    check = Checks()
    with tempfile.TemporaryDirectory() as name:
        run = verify(loopsafe, python, pathlib.Path(name))
        check.true("what was registered is there after a replacement", longest_ms(run, "/refresh") > 40, longest_ms(run, "/refresh"))
        login = finding_in(run, "login")
        check.true("computed once", login["seen"] == "confirmed" and login["seen_reason"].startswith("computing in login"), login)
        for function, words in [("home", "GET /home leads to /login"), ("admin", "GET /admin answers 403: no key"),
                                ("replace", "PUT /workers was not asked")]:
            finding = finding_in(run, function)
            check.true(function, (finding["seen"], finding["seen_reason"]) == ("not exercised", words), finding["seen_reason"])
        run = verify(loopsafe, python, pathlib.Path(name), "--endpoint", "GET /refresh")
        check.true("one endpoint", [endpoint["path"] for endpoint in run["endpoints"]] == ["/refresh"], run["endpoints"])
        check.true("what stands before it was asked", longest_ms(run, "/refresh") > 40, longest_ms(run, "/refresh"))
    print("%d passed, %d failed" % (check.passed, check.failed))
    return 1 if check.failed else 0


sys.exit(main())
