"""Real FastAPI, Starlette, Quart, aiohttp and Django under the host: the same answers from our server as from uvicorn, from
the reference runtime as from FastAPI; and what their libraries say when something is missing, as one clear line.

    python3 tests/verify/host_frameworks.py HOST_RUN PYTHON

PYTHON has the packages of requirements.txt (scripts/setup --developer). Exit code 77: it is not there.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from hosted import APPS, Checks, Hosted, failing

SKIP = 77

JSON = ("Content-Type: application/json",)
FORM = ("Content-Type: application/x-www-form-urlencoded",)
PARTS = ("Content-Type: multipart/form-data; boundary=xx",)
UPLOAD = (b'--xx\r\nContent-Disposition: form-data; name="title"\r\n\r\nT\r\n'
          b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
          b'Content-Type: text/plain\r\n\r\nhello\r\n--xx--\r\n')
ORDER = b'{"item": "a", "price": "2.5", "note": null, "parts": [{"name": "n"}], "tags": {"x": 1}}'
KEY = "123e4567-e89b-42d3-a456-426614174000"

# Requests to apps/fast.py; those of INVALID are refused, with words that are FastAPI's own.
REQUESTS = [
    ("GET", "/"), ("GET", "/where"), ("GET", "/where-async"),
    ("GET", "/orders/7"), ("GET", "/orders/7?q=%20a&limit=3&tags=x&tags=y"),
    ("POST", "/orders", ORDER, JSON), ("POST", "/orders/shown", ORDER, JSON), ("DELETE", "/orders/3"),
    ("PUT", "/orders/3/two", b'{"order": {"item": "i", "price": 1}, "part": {"name": "p"}}', JSON),
    ("POST", "/batch?urgent=yes", b'[{"name": "a"}, {"name": "b", "count": 3}]', JSON),
    ("POST", "/raw", b'{"value": 3}', JSON), ("POST", "/bounded/2", b'{"size": 3}', JSON),
    ("GET", "/depends"), ("GET", "/depends?page=4"),
    ("GET", "/types/red/%s?day=2024-02-03&half=0.25&yes=off" % KEY), ("GET", "/files/a/b%20c"),
    ("GET", "/headers", b"", ("X-Key: k", "User-Agent: u", "Cookie: sid=s")),
    ("POST", "/form", b"name=a+b&age=4", FORM), ("POST", "/upload", UPLOAD, PARTS),
    ("GET", "/plain"), ("GET", "/html"), ("GET", "/made"), ("GET", "/stream"), ("GET", "/stream-plain"), ("GET", "/move"),
    ("GET", "/missing"), ("GET", "/broken"), ("GET", "/special"), ("GET", "/nowhere"),
    ("PATCH", "/plain"), ("GET", "/plain/"), ("HEAD", "/plain"), ("GET", "/events"),
]
INVALID = [
    ("GET", "/orders/x"), ("GET", "/orders/7?limit=50"), ("GET", "/types/green/x?day=never"), ("GET", "/headers"),
    ("POST", "/orders", b'{"price": 1}', JSON), ("POST", "/orders", b"{", JSON), ("POST", "/orders"),
    ("POST", "/form", b"age=x", FORM), ("POST", "/batch", b'{"a": 1}', JSON),
    ("POST", "/bounded/0", b'{"size": 3}', JSON), ("POST", "/bounded/2", b'{"size": 30}', JSON),
]
HEADERS = ("content-type", "content-length", "location", "set-cookie", "x-made", "x-a", "x-why", "x-marked", "allow")


class Bench:
    def __init__(self, runner, python):
        self.runner, self.python = runner, python

    def host(self, app, *settings, tree=APPS, python=None, env=None):
        return Hosted(self.runner, python or self.python, tree, app, *settings, env=env)


def answers(host, requests, headers=HEADERS):
    """What matters of each answer: JSON by its meaning."""
    found = []
    for method, path, *rest in requests:
        status, given, body = host.ask(method, path, *rest)
        location = given.get("location", "")
        given["location"] = location[location.find("/", 8):] if location.startswith("http") else location
        meaning = _meaning(given, body)
        # A dependency is closed once the answer was sent: before or after the next request comes.
        meaning = sorted(meaning) if path == "/events" else meaning
        found.append((status, {name: given.get(name) for name in headers}, meaning))
    return found


def _meaning(headers, body):
    return json.loads(body) if body and "json" in headers.get("content-type", "") else body


def compare(check, title, requests, left, right):
    for request, first, second in zip(requests, left, right):
        check.same("%s: %s %s" % (title, *request[:2]), second, first)


# --- FastAPI ---


def fastapi(check, bench):
    with bench.host("fast", "server=uvicorn") as host:
        versions = "%(framework)s, %(server)s" % host.loaded
        check.true("versions", re.match(r"fastapi \d[\d.]+, uvicorn \d[\d.]+$", versions), versions)
        check.same("loop", host.loaded["loop"], "uvloop")
        check.same("schema", host.loaded["openapi"], True)
        _fastapi_routes(check, host.loaded["routes"])
        first, refused = answers(host, REQUESTS), answers(host, INVALID)
    with bench.host("fast", "server=own") as host:
        check.same("own loop", (host.loaded["server"], host.loaded["loop"]), ("loopsafe's own server", "asyncio"))
        compare(check, "own server", REQUESTS + INVALID, first + refused, answers(host, REQUESTS) + answers(host, INVALID))
    check.same("statuses", [status for status, _, _ in refused], [422] * len(INVALID))
    _reference(check, bench, first, refused)


def _fastapi_routes(check, routes):
    source = (APPS / "fast.py").read_text().splitlines()
    mine = [route for route in routes if route["file"].endswith("apps/fast.py")]
    check.same("routes", len(mine), sum(bool(re.match(r"@(app|router)\.(get|post|put|delete)\(", line)) for line in source))
    for route in mine:
        line = source[route["rows"][0] - 1]
        name = route["function"].split(".")[-1]
        check.true("row of %s" % name, re.match(r"(async )?def %s\(" % name, line), line)
        check.same("async of %s" % name, route["async"], line.startswith("async"))
    check.true("a template", any(route["path"] == "/files/{path}" for route in mine))


def _reference(check, bench, first, refused):
    """The same application on an interpreter without packages, but for pydantic where the bench has one."""
    with tempfile.TemporaryDirectory() as folder:
        bare = pathlib.Path(folder, "bare")
        subprocess.run([bench.python, "-m", "venv", "--without-pip", bare], check=True)
        with bench.host("fast", "server=own", "reference=yes", python=str(bare / "bin/python")) as host:
            check.same("reference runtime", host.failed or host.loaded["framework"], "loopsafe's reference runtime")
            compare(check, "reference runtime", REQUESTS, first, answers(host, REQUESTS))
            check.same("refused by the reference runtime", [status for status, _, _ in answers(host, INVALID)],
                       [status for status, _, _ in refused])
    with bench.host("fast", "server=own", "reference=yes") as host:
        check.true("never where the real one is", host.loaded["framework"].startswith("fastapi "), host.loaded["framework"])


# --- the others ---


def both_servers(check, bench, app, requests, headers=("content-type", "content-length", "location", "allow")):
    """What was loaded; the answers are compared."""
    with bench.host(app, "server=uvicorn") as host:
        check.same("%s starts" % app, host.failed, None)
        loaded, first = host.loaded, answers(host, requests, headers)
    with bench.host(app, "server=own") as host:
        compare(check, app, requests, first, answers(host, requests, headers))
    check.true("%s answers" % app, first[0][0] == 200, first[0])
    return loaded, first


def routes_of(loaded):
    return {(route["method"], route["path"]): (route["function"], route["async"]) for route in loaded["routes"]
            if "/tests/verify/apps/" in route["file"]}


def starlette(check, bench):
    requests = [("GET", "/"), ("POST", "/", b"abc"), ("GET", "/sub/items/3"), ("GET", "/sub/things"), ("POST", "/sub/things"),
                ("GET", "/no"), ("DELETE", "/")]
    loaded, first = both_servers(check, bench, "starlette_app", requests)
    check.same("state", first[1][2], {"key": "value", "body": "abc"})
    check.true("framework", loaded["framework"].startswith("starlette "), loaded["framework"])
    check.same("routes", routes_of(loaded), {
        ("GET", "/"): ("home", True), ("POST", "/"): ("home", True), ("GET", "/sub/items/{item_id}"): ("in_thread", False),
        ("GET", "/sub/things"): ("Things.get", True), ("POST", "/sub/things"): ("Things.post", False),
        ("GET", "/late"): ("in_thread_late", False)})
    check.true("websocket", any("/ws is a websocket" in notice for notice in loaded["notices"]), loaded["notices"])


def quart(check, bench):
    requests = [("GET", "/"), ("GET", "/items/3"), ("POST", "/items/3", b'{"a": 1}', JSON), ("GET", "/plain"),
                ("GET", "/broken"), ("GET", "/no")]
    loaded, first = both_servers(check, bench, "quart_app", requests)
    check.same("statuses", [status for status, _, _ in first], [200, 200, 200, 200, 500, 404])
    check.true("framework", loaded["framework"].startswith("quart "), loaded["framework"])
    check.same("routes", routes_of(loaded), {("GET", "/"): ("home", True), ("GET", "/items/{item_id}"): ("item", True),
                                             ("POST", "/items/{item_id}"): ("item", True), ("GET", "/plain"): ("plain", False),
                                             ("GET", "/broken"): ("broken", True)})


def aiohttp(check, bench):
    for app in ("aiohttp_app:make", "aiohttp_app:make_later"):
        with bench.host(app) as host:
            check.same("%s starts" % app, host.failed, None)
            check.same("%s: /" % app, host.ask("GET", "/")[2], b'{"started": true}')
            check.same("%s: /items" % app, host.ask("POST", "/items/4", b"x")[2], b'{"id": "4", "body": "x"}')
            check.same("%s: /sub" % app, host.ask("GET", "/sub/inner")[2], b"inner")
            loaded = host.loaded
        check.true("cleaned up", "cleaned up" in host.end()[0], host.end())
    check.true("versions", loaded["framework"].startswith("aiohttp ") and loaded["server"].startswith("aiohttp "), loaded)
    check.same("loop", loaded["loop"], "asyncio")
    routes = routes_of(loaded)
    check.same("routes", routes, {("GET", "/"): ("home", True), ("POST", "/items/{item_id}"): ("item", True),
                                  ("GET", "/thing"): ("Thing.get", True), ("GET", "/sub/inner"): ("inner", True)})


def django(check, bench):
    requests = [("GET", "/"), ("GET", "/sub/items/5/"), ("GET", "/things/a/"), ("GET", "/no")]
    loaded, first = both_servers(check, bench, "django_site.asgi", requests, ("content-type",))
    check.same("answers", [body for _, _, body in first[:3]], [{"home": True}, {"id": 5}, {"name": "a"}])
    check.true("framework", loaded["framework"].startswith("django "), loaded["framework"])
    check.same("routes", routes_of(loaded), {("GET", "/"): ("home", True), ("GET", "/sub/items/{item_id}/"): ("item", False),
                                             ("GET", "/things/{name}/"): ("Things.get", True)})


# --- what goes wrong ---

def failures(check, bench):
    for name, text, wanted in failing("packages"):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "main.py").write_text(text)
            with bench.host("main", "timeout_ms=20000", tree=folder) as host:
                check.true(name, host.failed and re.search(wanted, host.failed) and "\n" not in host.failed, host.failed)


def chosen_server(check, bench):
    with tempfile.TemporaryDirectory() as folder:
        bare = pathlib.Path(folder, "bare")
        subprocess.run([bench.python, "-m", "venv", "--without-pip", bare], check=True)
        with bench.host("plain", "server=uvicorn", python=str(bare / "bin/python")) as host:
            check.true("no uvicorn", "uvicorn is wanted and not installed" in (host.failed or ""), host.failed)
        with bench.host("plain", python=str(bare / "bin/python")) as host:
            check.same("ours instead", host.loaded.get("server"), "loopsafe's own server")
    with bench.host("plain", "asyncio_debug=yes") as host:
        check.true("uvicorn serves", host.loaded.get("server", "").startswith("uvicorn "), host.loaded)
        check.same("state", host.ask("GET", "/state")[2], b"yes")
    check.true("shutdown", "good bye" in host.end()[0] and host.end()[1] == "ended with exit code 0", host.end())


CASES = [fastapi, starlette, quart, aiohttp, django, failures, chosen_server]


def main():
    runner, python = sys.argv[1:3]
    if not os.path.exists(python):
        print("%s is missing: scripts/setup --developer makes it" % python)
        return SKIP
    check = Checks()
    for case in CASES:
        check.run(case.__name__, case, Bench(runner, os.path.abspath(python)))
    return check.end()


sys.exit(main())
