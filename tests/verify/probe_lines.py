"""The probe finds the line of stalls.py's 23 ways of blocking a loop, with every interpreter that is there, and finds nothing in work
that blocks nothing.

    python3 tests/verify/probe_lines.py PROBE_RUN LIBRARY PYTHON_FOLDER [--table]
"""
import collections
import http.server
import json
import os
import pathlib
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

import pythons
from probed import Probed, of_kind, user_line

SCRIPT = pathlib.Path(__file__).parent / "stalls" / "stalls.py"
STALL_US = 5000
KINDS = 23
# A machine that others use as well cuts a stall of one run into pieces, and another one in the next: that is not the probe's
# fault. What is wrong in each of them is.
LEAST_RIGHT, LEAST_TIME = 0.95, 0.95
TRIES = 3

Score = collections.namedtuple("Score", "right total time_right time_wrong false_stalls wrong_ones")


class Late(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        time.sleep(int(self.path[1:]) / 1000)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that goes away without a word is none."""


def serve():
    server = Server(("127.0.0.1", 0), Late)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def by_line(events, case):
    """Nanoseconds of a case by the line that they were put on."""
    lines = collections.Counter()
    for event in events:
        middle = event["at_ns"] + event["for_ns"] // 2
        if case["at_ns"] <= middle <= case["end_ns"]:
            lines[user_line(event, SCRIPT.name)] += event["for_ns"]
    return lines


def false_stalls(records, case):
    """Long ticks of work that blocks nothing; what the machine took away is not the program's."""
    return sum(1 for record in records if record["kind"] == "tick" and case["at_ns"] <= record["at_ns"] <= case["end_ns"]
               and record["for_ns"] / 1000 - record["runqueue_us"] - record["gil_us"] > STALL_US)


def score(result, truth):
    events = of_kind(result, "call", "sample", "gil")
    right, total, taken, on_line, elsewhere, wrong, false = 0, 0, 0, 0, 0, [], 0
    for case in truth:
        if case["kind"] == "control":
            false += false_stalls(result.records, case)
            continue
        lines, length = by_line(events, case), case["end_ns"] - case["at_ns"]
        top = lines.most_common(1)[0][0] if lines else None
        total, taken = total + 1, taken + length
        right += top == case["line"]
        on_line += min(lines[case["line"]], length)
        elsewhere += sum(lines.values()) - lines[case["line"]]
        if top != case["line"]:
            wrong.append(((case["kind"], case["ms"]), "took %.1f: line %s instead of %d" % (length / 1e6, top, case["line"])))
    return Score(right, total, on_line / taken, elsewhere / taken, false, wrong)


def run(probed, python, port, durations, loop="asyncio"):
    with tempfile.TemporaryDirectory() as folder:
        told = os.path.join(folder, "truth.jsonl")
        result = probed.run(python, SCRIPT, told, port, *durations, stall_us=STALL_US, env={"LOOPSAFE_TEST_LOOP": loop})
        truth = [json.loads(line) for line in open(told)] if os.path.exists(told) else []
    return result, truth


def problems(result, truth, durations):
    """What is wrong with a run whatever other runs do, and its score."""
    if result.code:
        return ["exit code %d: %s" % (result.code, result.errors.strip()[-300:])], None
    seen = score(result, truth)
    found = []
    if seen.total != KINDS * len(durations):
        found.append("%d stalls were made instead of %d" % (seen.total, KINDS * len(durations)))
    if result.header["mode"] != 1:
        found.append("mode %d: %s" % (result.header["mode"], result.header["notice"]))
    if seen.right < LEAST_RIGHT * seen.total or seen.time_right < LEAST_TIME:
        found.append("%d of %d on the right line, %.1f %% of the time" % (seen.right, seen.total, 100 * seen.time_right))
    if seen.false_stalls:
        found.append("%d stalls in work that blocks nothing" % seen.false_stalls)
    return found, seen


def tried(probed, python, port, durations, loop):
    """The first run that is right, when each stall was on its line in some run of at most TRIES."""
    missed, best = None, None
    for attempt in range(1, TRIES + 1):
        result, truth = run(probed, python, port, durations, loop)
        wrong, seen = problems(result, truth, durations)
        if seen:
            missed = {name: text for name, text in seen.wrong_ones if missed is None or name in missed}
        if best is None or not wrong:
            best = wrong, seen
        if not best[0] and not missed:
            break
    wrong, seen = best
    return wrong + ["%s %d ms, %s, in each run" % (*name, text) for name, text in (missed or {}).items()], seen, attempt


def has_uvloop(python):
    return subprocess.run([python, "-c", "import uvloop"], capture_output=True).returncode == 0


def main():
    probed, port = Probed(*sys.argv[1:4]), serve()
    found = pythons.find()
    newest = found[-1][1] if found else None
    passed, failed = 0, 0
    cases = [(version, path, "asyncio") for version, path in found]
    cases += [(version, path, "uvloop") for version, path in found if has_uvloop(path)]
    for version, path, loop in cases:
        durations = (10, 30, 100) if "--table" in sys.argv or path == newest else (10, 30)
        wrong, seen, attempts = tried(probed, path, port, durations, loop)
        name = "%s %s" % (".".join(map(str, version)), loop)
        if seen:
            print("%-16s %d of %d stalls on the right line, %.1f %% of the time right, %.1f %% wrong, %d false, run %d" % (
                name, seen.right, seen.total, 100 * seen.time_right, 100 * seen.time_wrong, seen.false_stalls, attempts))
        for line in wrong:
            print("%s: %s" % (name, line))
        passed, failed = passed + (not wrong), failed + bool(wrong)
    print("interpreters: %s" % pythons.names(found))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
