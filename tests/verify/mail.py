#!/usr/bin/env python3
"""A change that sends the same mails is FIXED; one that loses, doubles or changes one is BEHAVIOUR CHANGED, and says whose.

    mail.py LOOPSAFE PYTHON [CASE...]

Real FastAPI of PYTHON's environment and smtplib, in a network namespace of their own.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# Date, Message-ID and the boundary between the parts are others each time.
APP = '''"""Orders, and mails about them."""
import asyncio
import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from fastapi import BackgroundTasks, FastAPI

app = FastAPI()


def deliver(to: str, subject: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "shop@example.com", to, subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid()
    message.set_content("Your order is on its way.")
    message.add_attachment(b"bill", maintype="application", subtype="pdf")
    with smtplib.SMTP("mail.example.com", timeout=10) as smtp:
        smtp.send_message(message)


@app.post("/orders")
async def order(background: BackgroundTasks):
    background.add_task(deliver, "bob@example.com", "An order")
    BODY
    return {"status": "ordered"}
'''
ROW = 25
BEFORE = 'deliver("ada@example.com", "Thank you")'
SENT = "await asyncio.to_thread(deliver, {!r}, {!r})"
# change: what stands for BODY, verdict, words of the reason
CASES = {
    "right": (SENT.format("ada@example.com", "Thank you"), "FIXED", ""),
    "lost": ("await asyncio.sleep(0)", "BEHAVIOUR CHANGED", "mail lost: to ada@example.com"),
    "doubled": ("; ".join([SENT.format("ada@example.com", "Thank you")] * 2), "BEHAVIOUR CHANGED", "2 times to ada@example.com"),
    "other_address": (SENT.format("eve@example.com", "Thank you"), "BEHAVIOUR CHANGED", "mail changed: to ada@example.com"),
    "other_text": (SENT.format("ada@example.com", "Bill"), "BEHAVIOUR CHANGED", "mail to ada@example.com from shop@example.com by mail.example.com:25: its text"),
}


def lay(folder, body):
    folder.mkdir()
    (folder / "app.py").write_text(APP.replace("BODY", body))
    (folder / "requests.txt").write_text("POST /orders\n")
    return folder


def verify(loopsafe, python, change, body, folder):
    record = folder / f"{change}.json"
    before, after = lay(folder / f"{change}-before", BEFORE), lay(folder / change, body)
    done = subprocess.run([loopsafe, "verify", str(before), "--isolated", "--after", str(after), "--python", python, "--quick", "--requests",
                           str(before / "requests.txt"), "--json", str(record)], capture_output=True, text=True, timeout=120, cwd=folder)
    if not record.exists():
        raise AssertionError(f"no record, exit code {done.returncode}: {done.stderr.strip()[-500:]}")
    return json.loads(record.read_text())


def trouble(run, verdict, words):
    finding = next((finding for finding in run["findings"] if finding["row"] == ROW), None)
    if finding is None:
        return f"no finding in line {ROW}"
    said = f"{finding['verdict']}: {finding['verdict_reason']}"
    if finding["verdict"] != verdict or words not in said:
        return f"expected {verdict} … {words!r}, got {said!r}"
    if run["masks"]:
        return f"left out of the comparison: {run['masks']}"
    # Two each time, and more while it is timed.
    taken = [line for line in run["stand_ins"] if line.startswith("stand-in for mail.example.com:25: 100 ms, ") and line.endswith(" mails")]
    return None if len(taken) == 1 and int(taken[0].split()[-2]) >= 5 else f"stand-ins: {run['stand_ins']}"


def main():
    loopsafe, python = (os.path.abspath(path) for path in sys.argv[1:3])
    names = sys.argv[3:]
    if not os.path.exists(python):
        print("not run: scripts/setup --developer installs what the applications of this test need")
        return 77
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for change in names or CASES:
            body, *expected = CASES[change]
            try:
                wrong = trouble(verify(loopsafe, python, change, body, pathlib.Path(folder)), *expected)
            except AssertionError as error:
                wrong = str(error)
            failed += wrong is not None
            print(f"{change}: {wrong or 'right'}", flush=True)
    count = len(names or CASES)
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
