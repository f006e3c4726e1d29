#!/usr/bin/env python3
"""Properties of the binary that must hold for any input.

    run.py LOOPSAFE [FILTER...]        LOOPSAFE_NO_RLIMIT=1 for binaries that reserve much memory (sanitizers)

Hostile inputs end within the time and memory limits, with exit code 0 or 1 and valid JSON, and lose no finding that
stands beside the damage. Threads and file order change nothing; blank lines move rows only; one comment silences one
finding; truncated and mutated files never crash. Cleaning removes the cache's files and no others.
"""
import json
import os
import pathlib
import random
import resource
import stat
import subprocess
import sys
import tempfile
import time

SANITIZED = bool(os.environ.get("LOOPSAFE_NO_RLIMIT"))
TIME_LIMIT_S = 200 if SANITIZED else 60
MEMORY_LIMIT_BYTES = 2 << 30
TRUNCATION_STEP = 200
MUTATIONS = 200
BATCH = 10 if SANITIZED else 1  # files a process: a sanitized one takes long to start
LARGE_MB = 10 if SANITIZED else 50  # and is slower by ten times
SEED = 20240229
NOBODY = 65534

COROUTINE = "async def handler():\n    time.sleep(1)\n"
REAL = '''"""A service's module, as they are."""
import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path

import requests

DATA = Path("data")
LIMITS = {"small": [1, 2, 3], "large": (4, 5, (6, 7))}


@dataclass
class Order:
    number: int
    note: str = "it's \\"quoted\\""

    async def save(self) -> None:
        """Writes { and ( into the file."""
        with open(DATA / f"{self.number}.json", "w") as out:
            json.dump({"number": self.number, "note": f"{self.note!r:>{20}}"}, out)

    async def announce(self, url: str, *, tries: int = 3) -> bool:
        for attempt in range(tries):
            reply = requests.post(
                url,
                json={"order": self.number},  # a comment with ( and '
                timeout=5,
            )
            if reply.ok:
                return True
            time.sleep(2 ** attempt)
        return False


def load(path):
    return [json.loads(line) for line in open(path)]


async def handler(kind, values):
    match kind:
        case {"wait": seconds} if seconds > 1:
            time.sleep(seconds)
        case [first, *rest]:
            return await asyncio.to_thread(load, first), rest
        case _:
            pass
    try:
        total = sum(value for value in values if (half := value // 2) > 1 and half)
    except (TypeError, ValueError) as error:
        raise RuntimeError(f"{kind}: {error}") from error
    finally:
        (lambda: time.sleep(1))()
    return total, r"""raw \\" text""", b"bytes", LIMITS["large"][2]


class Feed(asyncio.Protocol):
    def data_received(self, data: bytes) -> None:
        time.sleep(0.1)


async def stream(urls):
    async with open_session() as session:
        async for row in session.rows(*urls, **{"limit": 10}):
            if row and not row["hidden"] or row is None:
                continue
            yield requests.get(row["url"]).text, [r async for r in session.rows()]
'''


class Failure(Exception):
    """A property does not hold."""


class Tool:
    def __init__(self, binary):
        self.binary = os.path.abspath(binary)
        self.limits_memory = not SANITIZED

    def limit(self, as_nobody):
        def apply():
            if self.limits_memory:
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
            if as_nobody:
                os.setgid(NOBODY)
                os.setuid(NOBODY)

        return apply

    def run_raw(self, directory, targets, arguments=(), as_nobody=False):
        """Standard output; a crash, a hang or an internal error is a Failure."""
        command = [self.binary, "check", "--isolated", "--scope", "all", "--output-format", "json", *arguments, *targets]
        begin = time.monotonic()
        try:
            done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=TIME_LIMIT_S, preexec_fn=self.limit(as_nobody))
        except subprocess.TimeoutExpired:
            raise Failure(f"still running after {TIME_LIMIT_S} s")
        if done.returncode not in (0, 1):
            tail = done.stderr.decode(errors="replace").strip().splitlines()[-3:]
            raise Failure(f"exit code {done.returncode} after {time.monotonic() - begin:.1f} s: {' | '.join(tail)}")
        return done.stdout

    def run(self, directory, targets=(".",), arguments=(), as_nobody=False):
        text = self.run_raw(directory, targets, arguments, as_nobody)
        try:
            document = json.loads(text)
        except ValueError as error:
            raise Failure(f"not JSON: {error}")
        return document["findings"] if isinstance(document, dict) else document


def expect(condition, text):
    if not condition:
        raise Failure(text)


def codes(findings, prefix="LS1"):
    return [item["code"] for item in findings if item["code"].startswith(prefix)]


def write(directory, name, content):
    path = pathlib.Path(directory) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Hostile inputs: name -> bytes, and how many LS1xx findings there must be (None: any number).


def hostile_inputs():
    plain = "import time\n\n\n" + COROUTINE
    yield "empty file", b"", 0
    yield "one line end", b"\n", 0
    yield "no line end", plain.rstrip("\n").encode(), 1
    yield "NUL bytes only", b"\0" * 4096, 0
    yield "NUL bytes in between", b"import time\n\0\0\n" + COROUTINE.encode(), None
    yield "all bytes", bytes(range(256)) * 64, None
    yield "binary garbage", random.Random(SEED).randbytes(200_000), None
    yield "garbage around a coroutine", plain.encode() + random.Random(SEED).randbytes(5000), None
    yield "UTF-8 byte order mark", b"\xef\xbb\xbf" + plain.encode(), 1
    yield "UTF-16", b"\xff\xfe" + plain.encode("utf-16-le"), None
    yield "latin-1 cookie", b"# -*- coding: latin-1 -*-\n# \xe9\n" + plain.encode(), 1
    yield "koi8-r cookie", b"# coding: koi8-r\nname = '\xc1\xc2'\n" + plain.encode(), 1
    yield "shift_jis cookie", b"# coding: shift_jis\nname = '\x83\x5c'\n" + plain.encode(), 1
    yield "unknown cookie", b"# coding: no-such-encoding\n" + plain.encode(), 1
    yield "invalid UTF-8", b"# \xff\xfe\xc3\x28\n" + plain.encode(), 1
    yield "CRLF", plain.replace("\n", "\r\n").encode(), 1
    yield "lone CR", plain.replace("\n", "\r").encode(), 1
    yield "mixed line ends", plain.replace("\n", "\r\n", 2).replace("\n\n", "\r", 1).encode(), None
    yield "form feeds", plain.replace("\n\n", "\n\f\n").encode(), 1
    yield "unterminated string", (plain + 'text = "abc\n').encode(), 1
    yield "unterminated triple string", (plain + 'text = """abc\n').encode(), 1
    yield "unterminated f-string", (plain + 'text = f"{abc\n').encode(), None
    yield "unclosed bracket", (plain + "values = [1, (2\n").encode(), 1
    yield "unopened brackets", (plain + ")]}" * 100 + "\n").encode(), 1
    yield "10,000 open brackets", ("x = " + "[" * 10_000 + "\n" + plain).encode(), None
    yield "10,000 nested brackets", ("x = " + "[" * 10_000 + "]" * 10_000 + "\n" + plain).encode(), 1
    yield "10,000 nested parentheses in a coroutine", (
        "async def f():\n    return " + "(" * 10_000 + "1" + ")" * 10_000 + "\n\n\n" + plain
    ).encode(), 1
    yield "10,000 nested calls", ("async def f(g):\n    return " + "g(" * 10_000 + ")" * 10_000 + "\n\n\n" + plain).encode(), 1
    yield "10,000 unary operators", ("async def f(x):\n    return " + "not " * 10_000 + "x\n\n\n" + plain).encode(), 1
    yield "nested ifs", nested_blocks(10_000) + plain.encode(), None
    yield "nested lambdas", ("async def f():\n    return " + "lambda: " * 5_000 + "1\n\n\n" + plain).encode(), 1
    yield "nested functions", nested_functions(1_000) + plain.encode(), None
    yield "5,000 elif", elif_chain(5_000) + plain.encode(), 1
    yield "3,000 chained calls", ("async def f(a):\n    return a" + ".b().c()" * 3_000 + "\n\n\n" + plain).encode(), 1
    yield "20,000 operands", ("async def f(a):\n    return " + " + ".join(["a"] * 20_000) + "\n\n\n" + plain).encode(), 1
    yield "20,000 f-string parts", ("async def f(a):\n    return f'" + "{a}" * 20_000 + "'\n\n\n" + plain).encode(), 1
    yield "100,000 arguments", ("async def f(g):\n    g(" + "1, " * 100_000 + ")\n\n\n" + plain).encode(), 1
    yield "one line of 5 MB", (plain + "x = '" + "a" * 5_000_000 + "'\n").encode(), 1
    yield "a name of 1 MB", (plain + "a" * 1_000_000 + " = 1\n").encode(), 1
    yield "100,000 imports", (plain + "".join(f"import m{i}\n" for i in range(100_000))).encode(), 1
    yield "self-assigned names", ("import time\nx = y = x\ny = x\n" + COROUTINE + "    x.sleep(1)\n").encode(), 1
    yield "classes that inherit themselves", b"import time\nclass A(B): pass\nclass B(A): pass\n" + COROUTINE.encode(), 1
    yield "functions that call themselves", (
        "import time\nasync def f():\n    def g():\n        g()\n        h()\n    def h():\n        g()\n    g()\n" + COROUTINE
    ).encode(), 1
    yield "backslash at the end", (plain + "x = 1 \\").encode(), 1
    yield "decorators without a definition", (plain + "@a\n" * 5000).encode(), 1
    yield "tabs and spaces", b"import time\nasync def f(x):\n\tif x:\n        time.sleep(1)\n\treturn x\n", None


def nested_blocks(depth):
    lines = ["async def f():\n"]
    lines.extend(" " * (level + 1) + "if x:\n" for level in range(min(depth, 3_000)))
    lines.append(" " * (min(depth, 3_000) + 1) + "pass\n\n\n")
    return "".join(lines).encode()


def nested_functions(depth):
    return ("".join(" " * level + f"def f{level}():\n" for level in range(depth)) + " " * depth + "pass\n\n\n").encode()


def elif_chain(count):
    return ("def f(x):\n    if x == 0:\n        pass\n" + "".join(
        f"    elif x == {i}:\n        pass\n" for i in range(1, count)) + "\n\n").encode()


def hostile_property(content, wanted):
    def check(tool, directory):
        write(directory, "module.py", content)
        found = codes(tool.run(directory, ["module.py"]))
        expect(wanted is None or len(found) == wanted, f"{len(found)} findings of LS1xx, expected {wanted}")

    return check


def large_file(tool, directory):
    line = "x = [" + ", ".join(["12345678"] * 10) + "]\n"
    with open(os.path.join(directory, "large.py"), "w") as out:
        out.write("import time\n")
        half = (LARGE_MB << 19) // len(line)
        out.write(line * half)
        out.write("\n\n" + COROUTINE + "\n\n")
        out.write(line * half)
    expect(codes(tool.run(directory, ["large.py"])) == ["LS101"], f"time.sleep in the middle of {LARGE_MB} MB is not found")


def many_coroutines(tool, directory):
    body = "async def handler_{0}(a, b):\n" + "    a = b + {0}\n" * 17 + "    time.sleep(a)\n\n"
    write(directory, "many.py", "import time\n\n\n" + "".join(body.format(i) for i in range(5_000)))
    expect(len(codes(tool.run(directory, ["many.py"]))) == 5_000, "not every one of 5,000 coroutines is found")


def link_loops(tool, directory):
    write(directory, "package/module.py", "import time\n\n\n" + COROUTINE)
    os.symlink("..", os.path.join(directory, "package", "up"))
    os.symlink("self", os.path.join(directory, "self"))
    os.symlink(".", os.path.join(directory, "package", "here"))
    found = tool.run(directory)
    expect(len(codes(found)) == 1, f"{len(codes(found))} findings through links that lead back, expected 1")


def dangling_link(tool, directory):
    write(directory, "module.py", "import time\n\n\n" + COROUTINE)
    os.symlink("vanished.py", os.path.join(directory, "gone.py"))
    expect(len(codes(tool.run(directory))) == 1, "a file that vanished takes others with it")


def directory_named_like_a_file(tool, directory):
    write(directory, "package.py/module.py", "import time\n\n\n" + COROUTINE)
    os.mkdir(os.path.join(directory, "empty.py"))
    expect(len(codes(tool.run(directory))) == 1, "a directory named x.py is not walked like any other")


def unreadable(tool, directory):
    write(directory, "module.py", "import time\n\n\n" + COROUTINE)
    os.chmod(write(directory, "secret.py", "import time\n\n\n" + COROUTINE), 0)
    write(directory, "closed/module.py", "import time\n\n\n" + COROUTINE)
    os.chmod(os.path.join(directory, "closed"), 0)
    as_nobody = os.geteuid() == 0
    if as_nobody:
        os.chmod(directory, 0o755)
        if not reachable_by_others(directory) or not reachable_by_others(tool.binary):
            as_nobody = False
    try:
        found = codes(tool.run(directory, as_nobody=as_nobody))
    finally:
        os.chmod(os.path.join(directory, "closed"), 0o755)
    wanted = 1 if as_nobody or os.geteuid() != 0 else 3
    expect(len(found) == wanted, f"{len(found)} findings beside unreadable files, expected {wanted}")


def reachable_by_others(path):
    parts = [pathlib.Path(path).resolve(), *pathlib.Path(path).resolve().parents]
    return all(part.stat().st_mode & stat.S_IXOTH for part in parts)


def special_files(tool, directory):
    write(directory, "module.py", "import time\n\n\n" + COROUTINE)
    os.mkfifo(os.path.join(directory, "pipe.py"))
    os.symlink("/dev/zero", os.path.join(directory, "zero.py"))
    expect(len(codes(tool.run(directory))) == 1, "a pipe or a device is not left out")


def odd_names(tool, directory):
    for name in ("with space.py", "new\nline.py", "\u00e9t\u00e9.py", "-dash.py", "a" * 200 + ".py"):
        write(directory, name, "import time\n\n\n" + COROUTINE)
    with open(os.fsencode(directory) + b"/\xff\xfe.py", "wb") as out:
        out.write(b"import time\n\n\n" + COROUTINE.encode())
    expect(len(codes(tool.run(directory))) == 6, "a file with an odd name is lost")


def deep_directories(tool, directory):
    here = os.getcwd()
    try:
        os.chdir(directory)
        for _ in range(200):
            os.mkdir("d")
            os.chdir("d")
        pathlib.Path("module.py").write_text("import time\n\n\n" + COROUTINE)
    finally:
        os.chdir(here)
    tool.run(directory)


def project(directory):
    """A few hundred files; their names in a fixed order."""
    names = []
    for number in range(150):
        name = f"p{number % 7}/m{number}.py"
        text = "import time\n" * (number % 3) + REAL
        write(directory, name, text + (f"\n\nasync def extra_{number}():\n    time.sleep({number})\n" if number % 2 else ""))
        names.append(name)
    return names


def threads_and_order(tool, directory):
    names = project(directory)
    wanted = tool.run_raw(directory, names, ["--threads", "1"])
    expect(codes(json_findings(wanted)), "nothing found: the property says nothing")
    for seed in range(3):
        shuffled = names[:]
        random.Random(seed).shuffle(shuffled)
        for count in ("1", "2", "8"):
            expect(tool.run_raw(directory, shuffled, ["--threads", count]) == wanted,
                   f"other bytes with {count} threads and another order")
    whole = tool.run_raw(directory, ["."], ["--threads", "8"])
    expect(whole == tool.run_raw(directory, ["."], ["--threads", "1"]), "a directory gives other bytes with 8 threads")


def json_findings(text):
    document = json.loads(text)
    return document["findings"] if isinstance(document, dict) else document


def blank_line(tool, directory):
    write(directory, "module.py", REAL)
    before = tool.run(directory, ["module.py"])
    expect(len(before) > 5, f"only {len(before)} findings: the property says little")
    write(directory, "module.py", "\n" + REAL)
    after = tool.run(directory, ["module.py"])
    expect(len(before) == len(after), f"{len(before)} findings became {len(after)}")
    for old, new in zip(before, after):
        expect(old["fingerprint"] == new["fingerprint"], f"fingerprint of line {old['location']['row']} changed")
        expect(old["location"]["row"] + 1 == new["location"]["row"], "a row did not move by one")
        expect(old["location"]["column"] == new["location"]["column"], "a column moved")
    fingerprints = [item["fingerprint"] for item in before]
    expect(len(set(fingerprints)) == len(fingerprints), "two findings share a fingerprint")


def one_suppression(tool, directory):
    write(directory, "module.py", REAL)
    before = tool.run(directory, ["module.py"])
    lines = REAL.split("\n")
    for removed in before:
        row = removed["location"]["row"]
        for comment in (f"  # loopsafe: ignore[{removed['code']}] why", f"  # noqa: {removed['code']}"):
            changed = lines[:]
            changed[row - 1] += comment
            write(directory, "module.py", "\n".join(changed))
            after = tool.run(directory, ["module.py"])
            rest = [item["fingerprint"] for item in before if item is not removed]
            expect([item["fingerprint"] for item in after] == rest, f"line {row}, {comment.strip()!r}: not exactly one gone")


def truncations(tool, directory):
    text = (REAL * 3).encode()
    names = []
    for length in range(0, len(text), TRUNCATION_STEP):
        names.append(f"t{length}.py")
        write(directory, names[-1], text[:length])
    tool.run(directory, names)
    for name in names[:: max(1, len(names) // 10)]:
        tool.run(directory, [name])


def mutations(tool, directory):
    source, generator = REAL.encode(), random.Random(SEED)
    names = []
    for number in range(MUTATIONS):
        data = bytearray(source)
        for _ in range(generator.randint(1, 12)):
            position = generator.randrange(len(data))
            action = generator.randrange(4)
            if action == 0:
                data[position] = generator.randrange(256)
            elif action == 1:
                del data[position:position + generator.randint(1, 20)]
            elif action == 2:
                data[position:position] = generator.choice((b"(", b")", b"[", b"'", b'"""', b"\n", b":", b"\t", b"async def ", b"\\", b"{"))
            else:
                end = position + generator.randint(1, 60)
                data[position:position] = data[position:end]
        names.append(f"m{number}.py")
        write(directory, names[-1], bytes(data))
    for first in range(0, len(names), BATCH):
        tool.run(directory, names[first:first + BATCH])
    tool.run(directory, names)


def standard_input(tool, directory):
    for content, wanted in ((b"", 0), (b"import time\n" + COROUTINE.encode(), 1), (b"\0\xff", 0)):
        command = [tool.binary, "check", "--isolated", "--output-format", "json", "--stdin-filename", "service.py", "-"]
        done = subprocess.run(command, cwd=directory, input=content, capture_output=True, timeout=TIME_LIMIT_S)
        expect(done.returncode in (0, 1), f"exit code {done.returncode} on standard input")
        expect(len(codes(json_findings(done.stdout))) == wanted, "findings of standard input differ")


def closed_output(tool, directory):
    """Somebody reads one line and goes: no crash."""
    names = project(directory)
    process = subprocess.Popen([tool.binary, "check", "--isolated", "--scope", "all", *names], cwd=directory,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    process.stdout.readline()
    process.stdout.close()
    code = process.wait(timeout=TIME_LIMIT_S)
    expect(code in (0, 1, 2, -13), f"exit code {code} when nobody reads")


def full_disk(tool, directory):
    """What cannot be written is an error, not silence."""
    if not os.path.exists("/dev/full"):
        return
    write(directory, "module.py", REAL)
    with open("/dev/full", "w") as full:
        done = subprocess.run([tool.binary, "check", "--isolated", "module.py"], cwd=directory, stdout=full,
                              stderr=subprocess.PIPE, timeout=TIME_LIMIT_S)
    expect(done.returncode in (2, 3), f"exit code {done.returncode} although nothing could be written")


def ask(tool, directory, *arguments):
    """`why` and `graph`: what they print, and whether they end with 0 or, for what is not there, with 2 and a line."""
    done = subprocess.run([tool.binary, *arguments, "--isolated"], cwd=directory, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=TIME_LIMIT_S, preexec_fn=tool.limit(False))
    words = " ".join(arguments)[:80]
    expect(done.returncode in (0, 2), f"{words}: exit code {done.returncode}: {done.stderr[-300:]!r}")
    if done.returncode == 2:
        lines = [line for line in done.stderr.decode(errors="replace").splitlines() if line.startswith("error: ")]
        expect(len(lines) == 1 and not done.stdout, f"{words}: not one clear line: {done.stderr[-300:]!r}")
    return done.returncode, done.stdout


def every_line_is_explained(tool, directory):
    write(directory, "module.py", REAL)
    write(directory, "broken.py", REAL[: len(REAL) * 2 // 3] + "\n  )]}\n")
    step = 7 if SANITIZED else 2
    for name in ("module.py", "broken.py"):
        count = (pathlib.Path(directory) / name).read_text().count("\n")
        for row in range(1, count + 1, step):
            code, text = ask(tool, directory, "why", f"{name}:{row}", "--output-format", "json")
            expect(code == 0 and json.loads(text)["location"]["row"] == row, f"{name}:{row} is not explained")


def targets_that_are_none(tool, directory):
    write(directory, "pkg/module.py", REAL)
    write(directory, "other/module.py", "")
    for target in (
        "", ":", "::", ".", "..", "a..b", "module.", ".module", "pkg.module", "module.py", "module.py:", "module.py:0",
        "module.py:1", "pkg/module.py:-1", "pkg/module.py:1:2", "pkg/module.py:99999999999999999999", "other/module.py:7",
        "nosuch.py:1", "/:1", "pkg/:3", "x" * 5000, "x." * 3000, "\x1b[31m", "日本.語", "<lambda>", "Order.<locals>.save",
    ):
        code, _ = ask(tool, directory, "why", "--", target) if target.startswith("-") else ask(tool, directory, "why", target)
        expect(code == 2, f"{target[:40]!r} is explained")
    for target in ("handler", "pkg.module.Order.save", "module.load", "pkg/module.py:1", "other/module.py:1"):
        expect(ask(tool, directory, "why", target)[0] == 0, f"{target} is not explained")


def graphs(tool, directory):
    """Of anything, in each format; the same for one thread and many, and for any order of files."""
    for name, content, _ in hostile_inputs():
        write(directory, "one.py", content)
        code, text = ask(tool, directory, "graph", "--all", "one.py", "--output-format", "json")
        expect(code == 0 and set(json.loads(text)) == {"nodes", "edges"}, f"graph of {name}")
        ask(tool, directory, "why", "one.py:5", "one.py", "--output-format", "json")
    os.remove(os.path.join(directory, "one.py"))
    names = project(directory)
    for form in ("text", "dot", "json"):
        texts = {ask(tool, directory, "graph", "--all", "--scope", "all", "--output-format", form, "--threads", threads, *order)[1]
                 for threads in ("1", "8") for order in (names, names[::-1])}
        expect(len(texts) == 1, f"{form} depends on threads or on the order of files")
    nodes = json.loads(ask(tool, directory, "graph", "--all", "--scope", "all", "--output-format", "json")[1])
    known = {node["id"] for node in nodes["nodes"]}
    expect(known and all(edge["from"] in known and edge["to"] in known for edge in nodes["edges"]), "an edge to nowhere")


CACHE_TAG = """Signature: 8a477f597d28d172789f06886806bc55
# This directory is a cache made by loopsafe; 'loopsafe clean' removes it.
# For information about cache directory tags see https://bford.info/cachedir/
"""


def clean(tool, directory, wanted, as_nobody=False):
    done = subprocess.run([tool.binary, "clean"], cwd=directory, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=TIME_LIMIT_S, preexec_fn=tool.limit(as_nobody))
    said = (done.stdout + done.stderr).decode()
    expect(done.returncode == wanted, f"exit code {done.returncode}, expected {wanted}: {said!r}")
    expect(said.count("\n") == 1, f"not one line: {said!r}")
    return said


def clean_removes_only_its_own(tool, directory):
    """Whatever lies in the cache directory: files of other names, links and directories stay, and what links lead to."""
    outside = write(directory, "outside/" + "0" * 32, "kept")
    cache = pathlib.Path(directory) / ".loopsafe_cache"
    write(cache, "CACHEDIR.TAG", CACHE_TAG)
    kept = [write(cache, name, "kept") for name in ("notes.txt", "src/app.py", "0.1.0/README", "0.1.0/sub/" + "a" * 32,
                                                    "0.1.0/" + "A" * 32, "tmp-x", "-rf", "new\nline")]
    removed = [write(cache, name, "gone") for name in ("0.1.0/" + "a" * 32, "0.0.9/" + "b" * 32, "0.1.0/tmp-1-2", "tmp-3-4")]
    os.symlink("../outside", cache / "0.2.0")
    os.symlink(outside, cache / "0.1.0" / ("c" * 32))
    os.mkfifo(cache / "0.1.0" / ("d" * 32))
    for _ in range(2):
        clean(tool, directory, 0)
        expect(outside.read_text() == "kept", "a link was followed")
        expect(all(path.read_text() == "kept" for path in kept), "a foreign file was removed")
        expect(not any(path.exists() for path in removed), "a file of its own stayed")


def clean_refuses_what_is_no_cache(tool, directory):
    cache = pathlib.Path(directory) / ".loopsafe_cache"
    entry = write(directory, "target/0.1.0/" + "a" * 32, "kept")
    write(directory, "target/CACHEDIR.TAG", CACHE_TAG)
    os.symlink("target", cache)
    clean(tool, directory, 2)
    cache.unlink()
    os.symlink("nowhere", cache)
    clean(tool, directory, 2)
    cache.unlink()
    os.mkfifo(cache)
    clean(tool, directory, 2)
    cache.unlink()
    cache.mkdir()
    for tag in ("", CACHE_TAG[:40], CACHE_TAG + " ", "\0" * 1000, CACHE_TAG.replace("loopsafe", "ruff")):
        write(cache, "CACHEDIR.TAG", tag)
        clean(tool, directory, 2)
    expect(entry.read_text() == "kept", "a link in place of the cache was followed")


def clean_without_permission(tool, directory):
    cache = pathlib.Path(directory) / ".loopsafe_cache"
    entry = write(cache, "0.1.0/" + "a" * 32, "kept")
    write(cache, "CACHEDIR.TAG", CACHE_TAG)
    as_nobody = os.geteuid() == 0
    os.chmod(directory, 0o755)
    if as_nobody and not (reachable_by_others(directory) and reachable_by_others(tool.binary)):
        return
    for path in (entry.parent, cache):
        os.chmod(path, 0o555)
    try:
        clean(tool, directory, 2, as_nobody)
        expect(entry.exists(), "removed without the right to")
    finally:
        for path in (cache, entry.parent):
            os.chmod(path, 0o755)
    clean(tool, directory, 0)
    expect(not cache.exists(), "the cache is still there")


def nesting_does_not_multiply(tool, directory):
    """Loops in loops and calls in calls cost what they are long, not two to the power of their depth."""
    loops = "".join("    " * (depth + 1) + f"for a{depth} in x:\n" for depth in range(60))
    write(directory, "loops.py", "import time\nasync def f(x):\n" + loops + "    " * 61 + "time.sleep(1)\n")
    changing = "".join("    " * (depth + 1) + "while x:\n" + "    " * (depth + 2) + f"a{depth} = open\n" for depth in range(40))
    before = "".join(f"    a{depth} = print\n" for depth in range(40))
    write(directory, "changing.py", "import time\nasync def f(x):\n" + before + changing + "    " * 41 + "time.sleep(1)\n")
    for name, opening in (("lists", "list("), ("keywords", "dict(a="), ("threads", "asyncio.to_thread("), ("sorts", "sorted("),
                          ("files", "open("), ("lambdas", "(lambda q: q)(")):
        text = opening * 70 + "x" + ")" * 70
        write(directory, f"{name}.py", f"import asyncio, time\nasync def f(x):\n    y = {text}\n    time.sleep(1)\n")
    found = codes(tool.run(directory, ["."]))
    expect(found.count("LS101") == 8, f"time.sleep is to be found in each of 8 files, not {found}")


def little_memory(tool, directory):
    """However little memory there is, the run ends by itself: with its result, or with exit code 3 and no result."""
    if SANITIZED:
        return
    write(directory, "module.py", REAL * 8)
    command = [tool.binary, "check", "--isolated", "--no-cache", "--threads", "1", "--output-format", "json", "module.py"]
    whole = subprocess.run(command, cwd=directory, capture_output=True, timeout=TIME_LIMIT_S).stdout
    ended = set()
    for megabytes in range(6, 60, 3):
        limit = megabytes << 20
        done = subprocess.run(command, cwd=directory, capture_output=True, timeout=TIME_LIMIT_S,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
        not_loaded = b"loading shared libraries" in done.stderr
        if done.returncode in (-11, -6, 127) and not done.stdout and (not_loaded or b"loopsafe:" not in done.stderr):
            # The system could not even load the program or its libraries.
            expect(not_loaded or megabytes < 9,
                   f"ended by signal with {megabytes} MB: {done.stderr[-200:]!r}")
            continue
        expect(done.returncode in (0, 1, 3), f"exit code {done.returncode} with {megabytes} MB: {done.stderr[-200:]!r}")
        expect(done.stdout == (b"" if done.returncode == 3 else whole), f"half a result with {megabytes} MB")
        ended.add(done.returncode)
    expect(ended == {1, 3}, f"both ends must be met, not {ended}")


def properties():
    for name, content, wanted in hostile_inputs():
        yield f"hostile: {name}", hostile_property(content, wanted)
    for check in (
        large_file, many_coroutines, link_loops, dangling_link, directory_named_like_a_file, unreadable, special_files,
        odd_names, deep_directories, threads_and_order, blank_line, one_suppression, truncations, mutations,
        standard_input, closed_output, full_disk, every_line_is_explained, targets_that_are_none, graphs, clean_removes_only_its_own, clean_refuses_what_is_no_cache,
        clean_without_permission, nesting_does_not_multiply, little_memory,
    ):
        yield check.__name__.replace("_", " "), check


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    tool, filters = Tool(sys.argv[1]), sys.argv[2:]
    passed = failed = 0
    for name, check in properties():
        if filters and not any(word in name for word in filters):
            continue
        with tempfile.TemporaryDirectory(prefix="loopsafe-robust-") as directory:
            begin = time.monotonic()
            try:
                check(tool, directory)
            except (Failure, KeyError, ValueError, TypeError, subprocess.TimeoutExpired) as error:
                failed += 1
                print(f"FAIL {name}: {error}")
                continue
        passed += 1
        print(f"ok   {name} ({time.monotonic() - begin:.1f} s)")
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
