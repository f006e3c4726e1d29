#!/usr/bin/env python3
"""Are programs with another library the same programs? Runs each case of *_program.py as it stands and as `--unsafe-fixes`
writes it, with the real libraries, against a server, files and a database on this machine, and compares what the case
gives and what the server saw. Needs the packages of requirements.txt (scripts/python-env) and PostgreSQL.

    tests/swaps/run.py LOOPSAFE           ends in 1 when something differs, or when too few cases were changed
"""
import asyncio
import contextlib
import glob
import http.server
import json
import os
import pathlib
import pwd
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

here = pathlib.Path(__file__).resolve().parent
# A fix changes a case; these are left as they are, for the reason that is given.
untouched = {
    "httpx2": {"params_beside_query", "params_unset", "post_pairs", "delete_json"},
    "aiohttp": {"params_unset", "post_pairs", "post_files", "post_text", "post_dumped"},
    "psycopg": {"many"}, "files": set(), "anyio": set(),
}
untouched["httpx"] = untouched["httpx2"]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen = []

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, *headers):
        self.send_response(status)
        for name, value in (*headers, ("content-length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace")
        kind = (self.headers.get("content-type") or "").split(";")[0]
        if kind == "application/json" and body:
            body = json.loads(body)
        if kind == "multipart/form-data":
            body = sorted(re.findall(r'name="[^"]*"|content$', body, re.M))
        if self.command == "GET":
            kind = ""  # of a request without a body
        seen = {"method": self.command, "path": self.path, "kind": kind if body else "", "body": body,
                "login": self.headers.get("authorization"), "cookie": self.headers.get("cookie"),
                "one": self.headers.get("x-one")}
        if self.path != "/endless":  # how often is each library's own number
            Handler.seen.append(seen)
        if self.path.startswith("/redirect"):
            return self.answer(302, b"", ("location", "/text"))
        if self.path.startswith("/endless"):
            return self.answer(302, b"", ("location", "/endless"))
        if self.path.startswith("/missing"):
            return self.answer(404, b"no")
        if self.path.startswith("/slow"):
            time.sleep(0.7)
        if self.path.startswith("/broken"):
            return self.answer(200, b"no json")
        return self.answer(200, json.dumps(seen).encode(), ("content-type", "text/plain; charset=utf-8"))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = handle_any


@contextlib.contextmanager
def http_server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *arguments: None  # who does not wait for an answer breaks the pipe
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextlib.contextmanager
def postgres():
    """A server of our own, on a free port; it refuses to be run by root."""
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    if not programs:
        sys.exit("PostgreSQL is missing: scripts/setup installs it")
    user = "postgres" if os.getuid() == 0 else None
    folder = tempfile.mkdtemp(prefix="swaps")
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command):
        subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    data = folder + "/data"
    run(programs[-1] + "/initdb", "-D", data, "-U", "tester", "-A", "trust", "-N")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run(programs[-1] + "/pg_ctl", "-D", data, "-w", "-o", options, "-l", folder + "/log", "start")
    try:
        yield f"host=127.0.0.1 port={port} user=tester dbname=postgres"
    finally:
        run(programs[-1] + "/pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def new_folder():
    with tempfile.TemporaryDirectory() as folder:
        yield folder


# --- fixing: the edits of the report, in rounds ---

def offset(lines, place):
    return sum(map(len, lines[: place["row"] - 1])) + place["column"] - 1


def findings(binary, text):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "program.py").write_text(text)
        command = [binary, "check", "--output-format", "json", "--isolated", "--no-cache", "program.py"]
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if result.returncode > 1:
            sys.exit(result.stderr)
        return json.loads(result.stdout)


def swaps(binary, text):
    return [fix for finding in findings(binary, text) for fix in finding["fixes"]
            if fix["shape"] == "library-swap" and fix["applicability"] == "unsafe"]


def fixed(binary, text):
    for _ in range(100):
        found = swaps(binary, text)
        if not found:
            return text
        lines = text.splitlines(keepends=True)
        edits = [(offset(lines, e["location"]), offset(lines, e["end_location"]), e["content"]) for e in found[0]["edits"]]
        for start, end, content in sorted(edits, reverse=True):
            text = text[:start] + content + text[end:]
    sys.exit("no fixpoint")


# --- running ---

def cases_of(text):
    names = {}
    exec(compile(text, "program", "exec"), names)
    return {name: names[name] for name in re.findall(r"^async def (\w+)", text, re.M)}


def observe(case, argument):
    Handler.seen.clear()
    try:
        result = asyncio.run(case(argument))
    except Exception as problem:  # noqa: BLE001 the case's own trouble is what is compared
        result = "raised " + type(problem).__name__
    return json.loads(json.dumps(result, default=lambda value: value.decode())), list(Handler.seen)


def body_of(text, name):
    return re.search(rf"^async def {name}\(.*?(?=^async def |\Z)", text, re.M | re.S)[0]


def compare(binary, label, program, head, place):
    text = head + (here / program).read_text()
    after = fixed(binary, text)
    before_cases, after_cases = cases_of(text), cases_of(after)
    bad = changed = 0
    for name, case in before_cases.items():
        is_changed = body_of(text, name) != body_of(after, name)
        changed += is_changed
        if is_changed == (name in untouched[label]):
            bad += 1
            print(f"{label}: {name} was {'changed' if is_changed else 'left alone'}")
        with place() as one:
            before = observe(case, one)
        with place() as other:
            now = observe(after_cases[name], other)
        if repr(before).replace(str(one), "") != repr(now).replace(str(other), ""):
            bad += 1
            print(f"{label}: {name} differs\n  before {before}\n  after  {now}\n{body_of(after, name)}")
    print(f"{label}: {changed} of {len(before_cases)} cases changed")
    return len(before_cases), bad


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    binary = os.path.abspath(sys.argv[1])
    total = bad = 0
    with http_server() as base, postgres() as dsn:
        here_is = lambda value: lambda: contextlib.nullcontext(value)
        runs = [("httpx2", "http_program.py", "", here_is(base)),
                ("httpx", "http_program.py", "import httpx\n", here_is(base)),
                ("aiohttp", "http_program.py", "import aiohttp\n", here_is(base)),
                ("files", "file_program.py", "", new_folder),
                ("anyio", "file_program.py", "import anyio\n", new_folder),
                ("psycopg", "database_program.py", "", here_is(dsn))]
        for run in runs:
            cases, wrong = compare(binary, *run)
            total, bad = total + cases, bad + wrong
    print(f"{total - bad} passed, {bad} failed")
    sys.exit(bad > 0)


main()
