#!/usr/bin/env python3
"""`loopsafe verify fixtures/apps/shop --fix`: what it says of each safe fix that was exercised.

    shop.py LOOPSAFE PYTHON [--all]

Real FastAPI, Redis and PostgreSQL. Without --all only endpoints whose blocking calls take long enough to be seen on a busy
machine are asked; with it all of them, and the verdicts are printed.
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
# path, words of the line: verdict
EXPECTED = {
    ("shop/services/catalog.py", "reply = requests.get(f\"{get_settings().supplier_url}/reviews"): "FIXED",
    ("shop/routes/products.py", "supplier_price(sku)"): "FIXED",
    ("shop/services/payments.py", "reply = self.http.post("): "FIXED",
    ("shop/routes/orders.py", "client.get(f"): "FIXED",
    ("shop/routes/orders.py", "letter = httpx.get("): "FIXED",
    ("shop/routes/admin.py", "urlopen("): "FIXED",
    ("shop/routes/orders.py", "time.sleep(1)"): "NOT EXERCISED",
}


def verify(loopsafe, python, endpoints, folder):
    record = folder / "run.json"
    wanted = [argument for endpoint in endpoints for argument in ("--endpoint", endpoint)]
    done = subprocess.run([loopsafe, "verify", str(SHOP), "--fix", "--quick", "--python", python, "--json", str(record), *wanted],
                          capture_output=True, text=True, timeout=600, cwd=folder)
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


def main():
    loopsafe, python = (os.path.abspath(path) for path in sys.argv[1:3])
    everything = "--all" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        run = verify(loopsafe, python, [] if everything else ENDPOINTS, pathlib.Path(folder))
    if everything:
        for finding in run["findings"]:
            print(f"{finding['path']}:{finding['row']} {finding['code']} {finding['seen']} | {finding['verdict']} | {finding['verdict_reason']}")
        print(collections.Counter(finding["verdict"] for finding in run["findings"] if finding["fix"]))
        return 0
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
