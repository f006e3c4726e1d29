#!/usr/bin/env python3
"""A change that sends the same mails is FIXED; one that loses, doubles or changes one is BEHAVIOUR CHANGED, and says whose.

    mail.py LOOPSAFE PYTHON [CASE...]

Real FastAPI of PYTHON's environment and smtplib, in a network namespace of their own.
"""
import sys

from verified import record_of, run_cases, wrong_verdict

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


def trouble(loopsafe, python, change, folder):
    body, verdict, words = CASES[change]
    before, after = lay(folder / f"{change}-before", BEFORE), lay(folder / change, body)
    _, run = record_of(loopsafe, folder, before, "--isolated", "--after", after, "--python", python, "--quick", "--requests",
                       before / "requests.txt")
    wrong = wrong_verdict(run, ROW, verdict, words)
    if wrong or run["masks"]:
        return wrong or f"left out of the comparison: {run['masks']}"
    # Two each time, and more while it is timed.
    taken = [line for line in run["stand_ins"] if line.startswith("stand-in for mail.example.com:25: 100 ms, ") and line.endswith(" mails")]
    return None if len(taken) == 1 and int(taken[0].split()[-2]) >= 5 else f"stand-ins: {run['stand_ins']}"


sys.exit(run_cases(CASES, trouble))
