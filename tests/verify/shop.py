#!/usr/bin/env python3
"""`loopsafe verify fixtures/apps/shop --fix`: what it says of each safe fix that was exercised.

    shop.py LOOPSAFE PYTHON [--all]

Real FastAPI, Redis and PostgreSQL. Without --all only endpoints whose blocking calls take long enough to be seen on a busy
machine are asked; with it all of them, also those of office.py, and the verdicts are printed.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SHOP = pathlib.Path(__file__).resolve().parents[2] / "fixtures/apps/shop"
# What comes first makes the data that the others need.
ENDPOINTS = ["POST /products", "GET /products/{sku}/details", "POST /products/{sku}/price", "POST /orders",
             "GET /orders/{order_id}/tracking", "GET /admin/suppliers"]
# With office.py, every finding that has a safe fix is on the way of some request.
OFFICE = ["office.py:app", "--requests", "verify/office.txt", "--prepare", "sh verify/office.sh"]
# path, words of the line: verdict. An order holds SQLite's lock when it charges, and no longer stops all others while it does.
EXPECTED = {
    ("shop/services/catalog.py", "reply = requests.get(f\"{get_settings().supplier_url}/reviews"): "FIXED",
    ("shop/routes/products.py", "supplier_price(sku)"): "FIXED",
    ("shop/services/payments.py", "reply = self.http.post("): "NOT FIXED",
    ("shop/routes/orders.py", "client.get(f"): "FIXED",
    ("shop/routes/orders.py", "letter = httpx.get("): "FIXED",
    ("shop/routes/admin.py", "urlopen("): "FIXED",
    ("shop/routes/orders.py", "time.sleep(1)"): "NOT EXERCISED",
}


def verify(loopsafe, python, application, record):
    done = subprocess.run([loopsafe, "verify", *application, "--fix", "--quick", "--python", python, "--json", str(record)],
                          capture_output=True, text=True, timeout=600, cwd=SHOP)
    if not record.exists():
        sys.exit(f"no record, exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    return json.loads(record.read_text())


def verdict_of(run, path, words):
    """The verdict of the safe fix on the line that holds the words."""
    lines = (SHOP / path).read_text().splitlines()
    for finding in run["findings"]:
        if finding["path"] == path and words in lines[finding["row"] - 1] and finding["fix"]:
            return finding["verdict"], finding["verdict_reason"]
    return None, "no finding with a fix there"


def print_all(runs):
    """What any of the runs says of a finding; the first that exercised it is believed."""
    verdicts = {}
    for run in runs:
        for finding in run["findings"]:
            print(f"{finding['path']}:{finding['row']} {finding['code']} {finding['seen']} | {finding['verdict']} | {finding['verdict_reason']}")
            if finding["fix"] and verdicts.get(finding["fingerprint"], "NOT EXERCISED") == "NOT EXERCISED":
                verdicts[finding["fingerprint"]] = finding["verdict"]
    print(collections.Counter(verdicts.values()))


def main():
    loopsafe, python = (os.path.abspath(path) for path in sys.argv[1:3])
    everything = "--all" in sys.argv
    wanted = [argument for endpoint in ENDPOINTS for argument in ("--endpoint", endpoint)]
    with tempfile.TemporaryDirectory() as folder:
        record = pathlib.Path(folder) / "run.json"
        if everything:
            print_all([verify(loopsafe, python, application, record) for application in (["."], OFFICE)])
            return 0
        run = verify(loopsafe, python, [".", *wanted], record)
    failed = 0
    for (path, words), expected in EXPECTED.items():
        verdict, reason = verdict_of(run, path, words)
        failed += verdict != expected
        print(f"{path}, {words}: {verdict}" + ("" if verdict == expected else f" ({reason}), expected {expected}"))
    changed = [difference for endpoint in run["endpoints"] for difference in endpoint["differences"]]
    print(f"differences: {changed}")
    print(f"{len(EXPECTED) + 1 - failed - bool(changed)} passed, {failed + bool(changed)} failed")
    return 1 if failed or changed else 0


sys.exit(main())
