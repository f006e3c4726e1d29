"""loopsafe and its peers, asked about one tree; each answer is a list of places.

Used by bench/incidents. A peer is taken from PATH; evloop-lint may also be the source folder named by --evloop. What a
peer said is kept in the work folder under its version, so that it is asked about a tree once.
"""
import collections
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time

from lib_checkouts import without_tests

Place = collections.namedtuple("Place", "path row end code message sink")


class ToolError(Exception):
    pass


def run(command, folder, limit, allowed=(0,), env=None):
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=limit, env=env)
    except subprocess.TimeoutExpired:
        raise ToolError(f"took more than {limit} s") from None
    except OSError as error:
        raise ToolError(f"cannot be run: {error.strerror}") from None
    if done.returncode not in allowed:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ToolError(f"exit code {done.returncode}: {last[:200]}")
    return done.stdout


def decoded(text):
    try:
        return json.loads(text or "[]")
    except json.JSONDecodeError as error:
        raise ToolError(f"output is no JSON: {error}") from None


def inside(name, folder):
    return os.path.relpath(os.path.realpath(os.path.join(folder, name)), os.path.realpath(folder))


class Loopsafe:
    def __init__(self, binary, strict):
        self.binary = binary
        self.strict = strict
        self.name = "loopsafe --strict" if strict else "loopsafe"
        self.takes_python = "--python" in run([binary, "check", "--help"], ".", 10)

    def ask(self, tree, environment=None):
        command = [self.binary, "check", "--isolated", "--exit-zero", "--output-format", "json", "."]
        command += ["--strict"] if self.strict else []
        command += ["--python", str(environment)] if environment else []
        return [self.place(item, tree) for item in decoded(run(command, tree, 120))]

    @staticmethod
    def place(item, tree):
        sink = item.get("sink") or {}
        at = (inside(sink["filename"], tree), sink["location"]["row"]) if sink.get("filename") else None
        start = item["location"]["row"]
        end = max(start, (item.get("end_location") or item["location"])["row"])
        if item["code"] == "LS201":  # its chain lists the awaits that it is about
            end = max([end, *(hop["location"]["row"] for hop in item["chain"])])
        return Place(inside(item["filename"], tree), start, end, item["code"], item["message"], at)


def ask_ruff(tree, _files, limit, _options):
    command = ["ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--preview", "--select", "ASYNC2",
               "--ignore-noqa", "--output-format", "json", "."]
    return [Place(inside(i["filename"], tree), i["location"]["row"], i["end_location"]["row"], i["code"], i["message"], None)
            for i in decoded(run(command, tree, limit)) if (i["code"] or "").startswith("ASYNC2")]


def ask_flake8(tree, files, limit, _options):
    here = [name for name in files if (tree / name).exists()]
    out = run(["flake8-async", "--enable=ASYNC2", *here], tree, limit, (0, 1)) if here else ""
    rows = [re.match(r"(.*?):(\d+):\d+: (ASYNC2\d\d) (.*)", line) for line in out.splitlines()]
    return [Place(inside(r[1], tree), int(r[2]), int(r[2]), r[3], r[4], None) for r in rows if r]


def evloop_command(options):
    return [sys.executable, "-m", "evloop_lint.cli"] if options.evloop else ["evloop-lint"]


def evloop_environment(options):
    return {**os.environ, "PYTHONPATH": os.path.abspath(options.evloop)} if options.evloop else None


def ask_evloop(tree, _files, limit, options):
    """It reports at the blocking line; the first call out of the coroutine is taken as its place too."""
    command = evloop_command(options) + [".", "--isolated", "--format", "json", "--exit-zero"]
    places = []
    for item in decoded(run(command, tree, limit, env=evloop_environment(options))):
        if item["code"] not in ("EVL001", "EVL002", "EVL011"):
            continue
        sink = inside(item["path"], tree), item["line"]
        chain = item.get("chain") or []
        first = (inside(chain[1]["path"], tree), chain[1]["line"]) if len(chain) > 1 else sink
        places += [Place(*at, at[1], item["code"], item["message"], sink) for at in {first, sink}]
    return places


def ask_blockpath(tree, _files, limit, _options):
    places = []
    for item in decoded(run(["blockpath", "check", ".", "--json", "--no-config"], tree, limit, (0, 1)))["findings"]:
        if item["witness"]:
            first, last = item["witness"][0], item["witness"][-1]
            places.append(Place(first["path"], first["line"], first["line"], item["code"], item["callee"],
                                (last["path"], last["line"])))
    return places


PEERS = {"ruff": ask_ruff, "flake8-async": ask_flake8, "evloop-lint": ask_evloop, "blockpath": ask_blockpath}
SLOW = ("evloop-lint", "blockpath")


def version_of(command, env):
    try:
        return run([*command, "--version"], ".", 60, env=env).split()[-1]
    except ToolError:
        return "unversioned"


class Peer:
    """One peer with its memory. Slow ones see no test files, and none is started after --peer-seconds."""

    def __init__(self, name, options):
        self.name = name
        self.options = options
        self.slow = name in SLOW
        self.started = time.monotonic()
        command = evloop_command(options) if name == "evloop-lint" else [name]
        self.present = shutil.which(command[0]) is not None
        if self.present:
            env = evloop_environment(options) if name == "evloop-lint" else None
            self.memory = options.work / "answers" / f"{name}-{version_of(command, env)}"

    def ask(self, tree, files):
        """Places, or None where it was not measured."""
        names = hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()[:8] if self.name == "flake8-async" else ""
        memory = self.memory / f"{tree.name}{names}.json"
        if memory.exists():
            known = json.loads(memory.read_text())
            if "places" in known:
                return [Place(*fields) for fields in known["places"]]
            if known["limit"] >= self.options.peer_limit:
                return None
        if self.slow and time.monotonic() - self.started > self.options.peer_seconds:
            return None
        return self.ask_anew(tree, files, memory)

    def ask_anew(self, tree, files, memory):
        limit = self.options.peer_limit
        try:
            places = PEERS[self.name](without_tests(tree) if self.slow else tree, sorted(files), limit, self.options)
            known = {"places": places}
        except ToolError as error:
            print(f"({self.name} on {tree.name}: {error})", flush=True)
            places, known = None, {"limit": limit, "error": str(error)}
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(json.dumps(known))
        return places
