"""What the host does on every interpreter, with no package installed: finding and serving applications, the reference
runtime, stubs, watched lines, and one clear line for everything that can go wrong.

    python3 tests/verify/host.py HOST_RUN STUB_TABLE
"""
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

import pythons
from hosted import APPS, Checks, Hosted, failing


class Bench:
    """What the cases need: the programs, an interpreter, a folder for a project."""

    def __init__(self, runner, stub_table, python, version):
        self.runner, self.stub_table, self.python, self.version = runner, stub_table, python, version

    def host(self, tree, app, *settings, env=None):
        return Hosted(self.runner, self.python, tree, app, "server=own", *settings, env=env)


def project(folder, files):
    for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


# --- the server ---


def serving(check, bench):
    with bench.host(APPS, "plain") as host:
        check.same("framework", host.loaded.get("framework"), "ASGI")
        check.same("server", host.loaded.get("server"), "loopsafe's own server")
        check.same("state of the lifespan", host.ask("GET", "/state")[2], b"yes")
        check.same("query", host.ask("GET", "/echo?a=%20b")[2], b"GET /echo?a=%20b 0 ")
        check.same("path in percent form", host.ask("GET", "/a%20b")[2], b"GET /a b? 0 ")
        check.same("body", host.ask("POST", "/echo", b"x" * 300000)[2], b"POST /echo? 300000 " + b"x" * 40)
        status, headers, body = host.ask("GET", "/stream")
        check.same("stream", (headers.get("transfer-encoding"), body), ("chunked", b"one,two,three"))
        check.same("HEAD", (host.ask("HEAD", "/echo")[0], host.ask("HEAD", "/echo")[2]), (200, b""))
        status, headers, body = host.ask("GET", "/no_content")
        check.same("204", (status, headers.get("content-length")), (204, None))
        for page in ("/boom", "/silent"):
            check.same(page, host.ask("GET", page)[0], 500)
        check.same("half an answer is cut off", host.ask("GET", "/half")[2], b"half")
        check.same("after that", host.ask("GET", "/echo")[0], 200)
    log, ended = host.end()
    check.true("shutdown", "good bye" in log and "ValueError: on purpose" in log, log)
    check.same("exit code", ended, "ended with exit code 0")


REFUSED = {
    b"nonsense\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nbad header\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nA: " + b"a" * 70000: 431,
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n": 400,
}


def connections(check, bench):
    with bench.host(APPS, "plain") as host:
        with host.connect() as client:
            client.send(b"GET /echo?1 HTTP/1.1\r\nHost: a\r\n\r\n"
                        b"POST /unread HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /echo?2 HTTP/1.1\r\n\r\n")
            answers = [client.answer()[2] for _ in range(3)]
            check.same("pipelined", answers, [b"GET /echo?1 0 ", b"unread", b"GET /echo?2 0 "])
            client.send(b"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r")
            time.sleep(0.05)
            client.send(b"\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n")
            check.same("chunks", client.answer()[2], b"POST /echo? 5 abcde")
            client.send(b"POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            check.same("expect", client.answer()[0], 100)
            client.send(b"hi")
            check.same("expected", client.answer()[2], b"POST /echo? 2 hi")
        with host.connect() as client:
            client.send(b"GET /stream HTTP/1.0\r\n\r\n")
            status, headers, body = client.answer()
            check.same("HTTP/1.0", (body, headers.get("connection")), (b"one,two,three", "close"))
        for request, status in REFUSED.items():
            with host.connect() as client:
                client.send(request)
                check.same(repr(request[:30]), client.answer()[0], status)
        with host.connect() as client:
            client.send(b"GET /gone HTTP/1.1\r\n\r\n")
            time.sleep(0.05)
        check.same("many at once", _at_once(host, 20), ([b"slow"] * 20, True))
    check.true("disconnect", "then http.disconnect" in host.end()[0], host.end()[0])


def _at_once(host, count):
    """The answers, and whether they took about as long as one."""
    bodies = []
    threads = [threading.Thread(target=lambda: bodies.append(host.ask("GET", "/slow")[2])) for _ in range(count)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return bodies, time.monotonic() - started < 0.2 * count / 2


def stopping(check, bench):
    with bench.host(APPS, "plain:endless") as host:
        started = time.monotonic()
    check.true("a shutdown without end", time.monotonic() - started < 4, "took %.1f s" % (time.monotonic() - started))
    with bench.host(APPS, "plain") as host, host.connect() as client:
        client.send(b"GET /slow HTTP/1.1\r\n\r\n")
        started = time.monotonic()
        host.end()
    check.true("a request under way", time.monotonic() - started < 3)


# --- finding the application ---

SPECS = ["plain", "plain:app", "plain:holder.inner", "plain:make", "plain:make()", "plain:make_later", "plain.py",
         "plain.py:app",
         "package.web:app", "package/web.py:app", "package/web.py", "lone/deep.py:app", "package", "elsewhere:app"]


def finding(check, bench):
    text = (APPS / "plain.py").read_text()
    files = {"plain.py": text, "package/__init__.py": "from .web import app\n", "package/web.py": "from .more import app\n",
             "package/more.py": text, "lone/deep.py": "from beside import app\n", "lone/beside.py": text,
             "src/elsewhere.py": text}
    with tempfile.TemporaryDirectory() as folder:
        project(folder, files)
        for spec in SPECS:
            with bench.host(folder, spec) as host:
                check.same(spec, host.failed or host.ask("GET", "/state")[0], 200)


def copies(check, bench):
    """Entries of the path that lead to the original lead to the copy, and a module from elsewhere is refused."""
    with tempfile.TemporaryDirectory() as folder:
        original, copy = pathlib.Path(folder, "original"), pathlib.Path(folder, "copy")
        page = "from plain import answer\n\n\nasync def app(scope, receive, send):\n    await answer(send, b'%s')\n"
        for tree in (original, copy):
            project(tree, {"lib/shop/__init__.py": page % tree.name, "lib/plain.py": (APPS / "plain.py").read_text()})
        environment = {"PYTHONPATH": str(original / "lib")}
        with bench.host(copy, "shop", "origin=%s" % original, env=environment) as host:
            check.same("led to the copy", host.failed or host.ask("GET", "/")[2], b"copy")
        with bench.host(copy, "shop", env=environment) as host:
            check.true("outside", "outside of the project" in (host.failed or ""), host.failed)


# --- what goes wrong ---

def failure(bench, name, text):
    """The line why this module does not serve."""
    with tempfile.TemporaryDirectory() as folder:
        project(folder, {"main.py": text, "helpers/__init__.py": ""})
        with bench.host(folder, "main", "timeout_ms=5000" if name.endswith("for_ever") else "timeout_ms=20000") as host:
            return host.failed


NO_APPLICATION = {
    "nothing:app": r"the project has no module 'nothing'",
    "no/file.py:app": r"the project has no file 'no/file\.py'",
    "plain:nothing": r"the module 'plain' has no attribute 'nothing' \(it has",
    "plain:number": r"'plain:number' is no application but of type 'int'",
}


def failures(check, bench):
    cases = list(failing("plain"))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        lines = pool.map(lambda case: failure(bench, *case[:2]), cases)
        for (name, _, wanted), line in zip(cases, lines):
            check.true(name, line and re.search(wanted, line) and "\n" not in line, line)
    for spec, wanted in NO_APPLICATION.items():
        with bench.host(APPS, spec) as host:
            check.true(spec, host.failed and re.search(wanted, host.failed), host.failed)


# --- the reference runtime ---


def reference(check, bench):
    if _has(bench.python, "fastapi"):
        return
    with bench.host(APPS, "fast") as host:
        check.true("not without leave", "needs the module 'fastapi'" in (host.failed or ""), host.failed)
    with bench.host(APPS, "fast", "reference=yes") as host:
        check.same("it starts", host.failed, None)
        check.same("said", host.loaded["framework"], "loopsafe's reference runtime")
        check.true("noticed", any("reference runtime" in notice for notice in host.loaded["notices"]))
        check.same("a schema", host.loaded["openapi"], True)
        check.same("plain function", host.ask("GET", "/where")[2], b'{"main":false}')
        check.same("coroutine", host.ask("GET", "/where-async")[2], b'{"main":true}')
        check.same("path and query", host.ask("GET", "/orders/7?q=a&limit=3&tags=x&tags=y")[2],
                   b'{"id":7,"q":"a","limit":3,"tags":["x","y"]}')
        status, headers, body = host.ask("POST", "/orders", b'{"item": "a", "price": "2.5", "parts": [{"name": "n"}]}')
        wanted = {"item": "a", "price": 2.5, "note": None, "parts": [{"name": "n", "count": 1}], "tags": {}}
        check.same("body", (status, json.loads(body)), (201, wanted))
        check.same("an invalid path", host.ask("GET", "/orders/x")[0], 422)
        check.same("an invalid body", host.ask("POST", "/orders", b'{"price": 1}')[0], 422)
        routes = {(route["method"], route["path"]): route for route in host.loaded["routes"]}
        check.same("plain", routes["GET", "/where"]["async"], False)
        check.same("a function", routes["GET", "/orders/{order_id}"]["function"], "read")


def _has(python, module):
    return subprocess.run([python, "-c", "import %s" % module], capture_output=True).returncode == 0


# --- stubs ---

STUBBED = """import asyncio
import time
import psycopg2, psycopg2.extras, asyncpg, bcrypt
from psycopg2 import sql
from psycopg2.errors import UniqueViolation
from psycopg2.pool import ThreadedConnectionPool


class Cursor(psycopg2.extras.RealDictCursor):
    pass


def blocking():
    started = time.monotonic()
    with psycopg2.connect("dsn") as connection:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("select 1"))
            rows = cursor.fetchall()
    assert isinstance(connection, psycopg2.extensions.connection) and rows[0]["id"] == 1
    return time.monotonic() - started


async def awaited():
    started = time.monotonic()
    connections = await asyncio.gather(*[asyncpg.connect("dsn") for _ in range(5)])
    await asyncio.gather(*[connection.fetch("select 1") for connection in connections])
    async with connections[0].transaction():
        pass
    return time.monotonic() - started


def odd():
    try:
        raise UniqueViolation("x")
    except psycopg2.OperationalError:
        return False
    except UniqueViolation:
        pass
    pool = ThreadedConnectionPool(1, 2)
    @pool.task
    def mine():
        return 3
    return mine() == 3 and list(pool.things) == [] and bool(pool) and issubclass(Cursor, psycopg2.extensions.cursor)


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    started = time.process_time()
    bcrypt.hashpw(b"a", b"b")
    computed = time.process_time() - started
    text = "%.4f %.4f %.4f %s" % (blocking(), await awaited(), computed, odd())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})
"""


def stubs(check, bench):
    modules = ("psycopg2", "asyncpg", "bcrypt")
    if any(_has(bench.python, module) for module in modules):
        return
    with tempfile.TemporaryDirectory() as folder:
        project(folder, {"main.py": STUBBED})
        table = pathlib.Path(folder, "stubs.json")
        subprocess.run([bench.stub_table, table, "100", *modules, "json"], check=True)
        with bench.host(folder, "main", "stubs=%s" % table) as host:
            check.same("they load", host.failed, None)
            check.same("those that are used", host.loaded["stubs"], list(modules))
            words = host.ask("GET", "/")[2].decode().split()
            blocking, awaited, computed = map(float, words[:3])
            check.true("blocking calls add up", 0.06 <= blocking < 0.5, words)  # connect, execute, end of the transaction
            check.true("awaited ones run beside each other", 0.04 <= awaited < 0.5, words)
            check.true("computing", computed >= 0.009, words)
            check.same("the rest", words[3], "True")
            notices = host.covered()[1]
            check.true("told", "psycopg2.connect is a stub: it blocks for 20 ms" in notices, notices)


def stubs_by_hand(check, bench):
    entries = [{"path": "corp.client.connect.*.fetch*", "kind": "await", "ms": 1, "value": [[1, "a"]]},
               {"path": "corp.client.get", "kind": "block", "ms": 1, "value": {"a": [1]}}]
    table = {"module": "corp.client", "entries": entries}
    text = """import corp.client
from corp.client import get


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    first = get()
    first["a"].append(2)
    rows = await corp.client.connect("x").cursor(1).fetch_all()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": repr((rows, get())).encode()})
"""
    with tempfile.TemporaryDirectory() as folder:
        project(folder, {"main.py": text, "stubs.json": json.dumps(table)})
        with bench.host(folder, "main", "stubs=%s/stubs.json" % folder) as host:
            check.same("values", host.failed or host.ask("GET", "/")[2], b"([[1, 'a']], {'a': [1]})")


# --- watched lines ---


def watching(check, bench):
    file = APPS / "watched.py"
    rows = [row for row, line in enumerate(file.read_text().splitlines(), 1)]
    lines = file.read_text().splitlines()
    wanted = ["AT_IMPORT", "async def page", "await asyncio.get_running", "\"never\"", "name)"]
    places = [next(row for row in rows if word in lines[row - 1]) for word in wanted]
    watched = ["watch=%s:%d-%d" % (file, row, row) for row in places]
    watched.append("watch=%s:%d-%d" % (file, places[4] - 1, places[4]))
    with bench.host(APPS, "watched", *watched) as host:
        check.same("at import", host.covered()[0], [0])
        host.ask("GET", "/")
        check.same("a function's header, when it is called", host.covered()[0], [1])
        time.sleep(0.01)  # the same line within 2 ms counts as the same request
        host.ask("GET", "/thread")
        check.same("in a thread, and a range", sorted(set(host.covered()[0])), [1, 2, 4, 5])
        time.sleep(0.01)
        host.ask("GET", "/thread")
        check.same("for each request again", sorted(set(host.covered()[0])), [1, 2, 4, 5])
        time.sleep(0.01)
        host.ask("GET", "/never")
        check.same("at last", host.covered()[0], [1, 3])


CASES = [serving, watching, reference, stubs]
# What hardly depends on the interpreter: with the one that runs this, or those of LOOPSAFE_PYTHONS.
MORE_CASES = [connections, stopping, finding, copies, failures, stubs_by_hand]


def cases_of(python, is_newest):
    if pythons.is_first(python):
        return CASES + MORE_CASES
    return CASES + [failures] if is_newest else CASES  # a new version has new words for what goes wrong


def main():
    runner, stub_table = sys.argv[1:3]
    check, found = Checks(), pythons.find()
    for version, python in found:
        for case in cases_of(python, version == found[-1][0]):
            name = "%s on %s" % (case.__name__, ".".join(map(str, version)))
            check.run(name, case, Bench(runner, stub_table, python, version))
    print("interpreters: %s" % pythons.names(found))
    return check.end()


sys.exit(main())
