"""Everything that can go wrong with `loopsafe verify` gives its exit code and one clear line, and leaves nothing behind.

    python3 tests/verify/failures.py LOOPSAFE [CASE...]

Each case writes a small application and runs the command line. What is tested elsewhere, on every interpreter:
    why an application does not load or start, 45 lines of it   tests/verify/host.py (failures), tests/verify/failing
    the same with real frameworks                               tests/verify/host_frameworks.py
    stacks that cannot be read, loops of threads, children      tests/verify/probe.py
    free-threaded builds, unknown versions                      tests/unit/test_layout.c
    what is noise and what is not                               tests/unit/test_judge.c
"""
import concurrent.futures
import ctypes
import json
import os
import pathlib
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

from hosted import Checks

ANSWER = """
async def answer(send, body=b"ok"):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""
PLAIN = ANSWER + """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await answer(send)
"""
TIMEOUT = 100
# A sanitized binary does not start behind a library that is preloaded, unless it is told to.
SANITIZED = {"ASAN_OPTIONS": ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))}
QUICK = ["--quick", "--secs", "100ms", "--users", "2", "--no-model"]


class Ran:
    """One run of verify: exit code, what it said, its record ({}: there is none)."""

    def __init__(self, code, errors, run, left):
        self.code, self.errors, self.run, self.left = code, errors, run, left

    def notices(self):
        return self.run.get("notices", [])


class Bench:
    def __init__(self, loopsafe, folder):
        self.loopsafe, self.folder = os.path.abspath(loopsafe), folder

    def place(self, name, files):
        """A folder of its own for a case, with a project in it."""
        place = pathlib.Path(self.folder, name)
        for path, text in {"requests.txt": "GET /\n", **files}.items():
            target = place / "project" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        (place / "tmp").mkdir(exist_ok=True)
        return place

    def verify(self, place, *options, app="project/main.py:app", python=sys.executable, before=(), prepare=None, **env):
        """prepare: called in the new process. before: words in front of the command line."""
        record = place / "run.json"
        command = [*before, self.loopsafe, "verify", app, "--isolated", "--python", python, "--json", str(record), *options]
        if "--requests" not in options:
            command += ["--requests", "project/requests.txt"]
        ran = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=TIMEOUT, preexec_fn=prepare,
                             env={**os.environ, **SANITIZED, "TMPDIR": str(place / "tmp"), **env})
        run = json.loads(record.read_text()) if record.exists() else {}
        return Ran(ran.returncode, ran.stderr, run, left_behind(place))

    def says(self, check, name, code, pattern, files, *options, **settings):
        """A run that comes to no report: its exit code and its one line."""
        ran = self.verify(self.place(name, files), *options, **settings)
        lines = [line for line in ran.errors.splitlines() if line and "For more information" not in line]
        check.same("%s: exit code" % name, ran.code, code)
        check.true("%s: one line" % name, len(lines) == 1 and re.search(pattern, lines[0]), ran.errors)
        check.same("%s: left behind" % name, ran.left, [])


def left_behind(place):
    """Files in the folder for temporary ones, and processes that live below the case's folder."""
    left = [str(path) for path in (place / "tmp").iterdir()]
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "environ").read_bytes() + os.readlink(process / "cwd").encode()
        except OSError:
            continue
        if str(place / "tmp").encode() in words:
            left.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return left


def has(check, name, ran, *patterns):
    for pattern in patterns:
        found = [notice for notice in ran.notices() if re.search(pattern, notice)]
        check.true("%s: %s" % (name, pattern), len(found) == 1, "%s %s" % (ran.notices(), ran.errors))
    check.same("%s: left behind" % name, ran.left, [])


# --- 4: the application does not start ---

LIFESPAN = ANSWER + """import asyncio
async def connect():
    await asyncio.open_connection("127.0.0.1", 4444)
async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        try:
            await connect()
        except OSError as error:
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
"""

NO_START = {
    "import fails": ("def f():\n    raise ValueError('no')\nf()\n", r"main\.py:2: the application cannot be loaded: ValueError: no$"),
    "needs a variable": ("import os\nKEY = os.environ['API_KEY']\n",
                         r"main\.py:2: .* needs the environment variable 'API_KEY' \(--env API_KEY=value\)$"),
    "lifespan refused": (LIFESPAN, r"main\.py:\d+: the application does not start: needs 127\.0\.0\.1:4444, which refuses the "
                                   r"connection \(--stand-in 127\.0\.0\.1:4444=100 answers HTTP in its place\)$"),
    "missing module": ("import psycopg9\n", r"main\.py:1: .* needs the module 'psycopg9', .* \(--stub psycopg9\)$"),
    "a breakpoint": ("import time\nbreakpoint()\ntime.time()\n", r"main\.py:\d: .* stops in a debugger, .* breakpoint$"),
    "exits": ("import sys\nsys.exit(3)\n", r"main\.py:2: .* ends the process itself \(sys\.exit\(3\)\)$"),
    "killed": ("import os\nos.kill(os.getpid(), 9)\n", r"the application was ended by signal 9"),
}


def no_start(check, bench):
    for name, (text, pattern) in NO_START.items():
        bench.says(check, name, 4, pattern, {"main.py": text}, *QUICK)


def second_version(check, bench):
    files = {"main.py": PLAIN, "../other/main.py": "import os\n" * 4 + "raise OSError('in the second')\n"}
    bench.says(check, "second version", 4, r"the second version: .*main\.py:5: .*in the second", files, *QUICK, "--after", "other")


def rights(check, bench):
    """An interpreter that runs with other rights: the loader drops LD_PRELOAD. As it is: started by a script that drops it."""
    setcap = shutil.which("setcap", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
    place = bench.place("rights", {"main.py": PLAIN})
    words = r"the application does not start: the probe cannot watch this interpreter: this Python ignores LD_PRELOAD"
    for name, change in (("capabilities", "setcap"), ("dropped by a script", "script")):
        environment = place / change
        subprocess.run([sys.executable, "-m", "venv", "--copies", "--without-pip", environment], check=True)
        python = environment / "bin/python"
        if change == "script":
            python.rename(environment / "bin/real")
            python.write_text('#!/bin/sh\nunset LD_PRELOAD\nexec "%s/bin/real" "$@"\n' % environment)
            python.chmod(0o755)
        elif not setcap or subprocess.run([setcap, "cap_net_raw+ep", python], capture_output=True).returncode:
            print("not run: %s: no setcap, or not allowed" % name)
            continue
        bench.says(check, "rights", 4, words, {"main.py": PLAIN}, *QUICK, python=str(environment))


# --- 3: it cannot run safely ---

SAFELY = r"cannot run other people's code safely: the kernel refuses a network of its own \(%s\); .*--allow-guard-only$"
UNSHARE_X86, UNSHARE_ARM, IOCTL_X86, IOCTL_ARM = 272, 97, 16, 29
RAISE = 0x8914  # SIOCSIFFLAGS


def refuse(call, argument=None):
    """In a new process: the kernel answers EPERM to this call, as the filters of containers do."""
    code = [(0x20, 0, 0, 0), (0x15, 0, 3 if argument else 1, call)]  # the call's number; another one: let it be
    if argument:
        code += [(0x20, 0, 0, 24), (0x15, 0, 1, argument)]  # its second argument
    code += [(0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
    text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in code))
    program = struct.pack("HxxxxxxP", len(code), ctypes.addressof(text))
    libc = ctypes.CDLL(None, use_errno=True)

    def apply():
        if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
            raise OSError(ctypes.get_errno(), "seccomp")

    apply.kept = text
    return apply


def namespaces(*commands):
    """In front of a command line: in namespaces of its own these commands first."""
    return ["unshare", "-Urmn", "sh", "-c", "ip link set lo up; %s; exec \"$@\"" % "; ".join(commands), "sh"]


NO_NETWORKS = "echo 0 > /proc/sys/user/max_net_namespaces"
READ_ONLY = "mount --rbind /proc /proc && mount -o remount,bind,ro /proc"


def unsafe(check, bench):
    arm = os.uname().machine == "aarch64"
    files = {"main.py": PLAIN}
    bench.says(check, "refused by a filter", 3, SAFELY % "unshare: Operation not permitted", files, *QUICK,
               prepare=refuse(UNSHARE_ARM if arm else UNSHARE_X86))
    bench.says(check, "no more networks", 3, SAFELY % "unshare: No space left on device", files, *QUICK, before=namespaces(NO_NETWORKS))
    bench.says(check, "half-way, user map", 3, SAFELY % "uid_map: Read-only file system", files, *QUICK, before=namespaces(READ_ONLY))
    bench.says(check, "half-way, loopback", 3, SAFELY % "loopback: Operation not permitted", files, *QUICK,
               prepare=refuse(IOCTL_ARM if arm else IOCTL_X86, RAISE))


def guard_only(check, bench):
    """Less is accepted when it is asked for; in a namespace, so that nothing leaves this machine. Two at once: each its own port."""
    text = PLAIN.replace("await answer(send)", "import socket\n        await answer(send, repr(socket.socket(type=socket.SOCK_DGRAM)"
                         ".connect_ex(('192.0.2.1', 80))).encode())")

    def run(name):
        return bench.verify(bench.place(name, {"main.py": text}), *QUICK, "--allow-guard-only", before=namespaces(NO_NETWORKS))

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(run, ("guard one", "guard two")))
    for ran in runs:
        check.true("guard: serves", ran.code in (0, 1) and ran.run.get("endpoints"), ran.errors)
        guard = ran.run.get("environment", {}).get("guard")
        check.true("guard: said", guard and "guard only, by --allow-guard-only: cannot run" in guard, guard)
        has(check, "guard", ran, r"refused: a connection to 192\.0\.2\.1:80")


# --- it runs, and there is something to know ---

COMPANY = ANSWER + """import asyncio, os, selectors, signal, sys, threading, time
def burn(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end: pass
signal.signal(signal.SIGRTMIN + 6, lambda *_: print("not mine"))
def loop_on(selector, mark):
    async def main():
        while True:
            await asyncio.sleep(0.02)
            MARKS[mark]()
    def run():
        loop = asyncio.SelectorEventLoop(selector)
        asyncio.set_event_loop(loop)
        loop.run_until_complete(main())
    threading.Thread(target=run, daemon=True).start()
def on_select(): time.sleep(0.03)  # select
def on_poll(): time.sleep(0.03)  # poll
MARKS = {"select": on_select, "poll": on_poll}
loop_on(selectors.SelectSelector(), "select")
loop_on(selectors.PollSelector(), "poll")
class Odd:
    def __init__(self): self.event, self.map = threading.Event(), {}
    def select(self, timeout=None): self.event.wait(0.01); return []
    def register(self, *_): pass
    unregister = modify = register
    def get_map(self): return self.map
    def get_key(self, key): raise KeyError(key)
    def close(self): pass
def odd():
    loop = asyncio.SelectorEventLoop(Odd())
    loop.run_forever()
threading.Thread(target=odd, daemon=True).start()
def trace(*_): return None
sys.settrace(trace)
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if scope["path"] == "/":
        burn(0.05)
        pid = os.fork()
        if not pid:
            os._exit(0)
        os.waitpid(pid, 0)
    if scope["path"] == "/later":
        await asyncio.sleep(0.3)
    await answer(send)
"""


def _recorded(url, version="HTTP/1.1", status=200):
    return {"request": {"method": "GET", "url": url, "httpVersion": version, "headers": []}, "response": {"status": status}}


RECORDING = {"log": {"entries": [
    _recorded("https://shop.example/", "h2"), _recorded("https://shop.example/later", "HTTP/2.0"),
    _recorded("https://shop.example/live", status=101), _recorded("https://shop.example/")]}}
MEMORY = "/lib/x86_64-linux-gnu/libmemusage.so"


def company(check, bench):
    files = {"main.py": COMPANY, "requests.har": json.dumps(RECORDING)}
    preload = MEMORY if os.path.exists(MEMORY) else "libm.so.6"
    ran = bench.verify(bench.place("company", files), *QUICK, "--requests", "project/requests.har", "--env", "LD_PRELOAD=%s" % preload)
    check.true("company: exit code", ran.code == 1, "%s %s" % (ran.code, ran.errors))
    has(check, "company", ran, r"^4 threads run event loops: each is watched by itself",
        r"^1 of 4 event loops never came back to wait, or waits in a way that the probe does not see",
        r"^probe: the application uses the signal SIGRTMIN\+6 itself: the probe samples by another one",
        r"^the application forks processes: only the one that serves is watched",
        r"^a debugger, profiler or coverage tool is active in the application \(main\.trace\)",
        r"^%s is preloaded behind the probe" % re.escape(preload),
        r"^2 requests were recorded over HTTP/2, which is not driven: asked over HTTP/1\.1",
        r"^not asked: GET https://shop\.example/live: a websocket, which is not driven")
    places = {(stall["call"], _source(COMPANY, stall)) for stall in ran.run.get("stalls", [])}
    for mark in ("select", "poll"):
        check.true("company: a stall of the loop on %s" % mark, any("# %s" % mark in line for _, line in places), places)


def _source(text, stall):
    at = stall.get("at") or {}
    return text.splitlines()[at["row"] - 1] if at.get("file") == "project/main.py" else ""


CROWD = ANSWER + """import asyncio, signal, threading, time
for number in range(signal.SIGRTMIN, signal.SIGRTMAX + 1):
    signal.signal(number, lambda *_: print("not mine"))
for _ in range(20):
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
async def app(scope, receive, send):
    if scope["type"] == "http":
        end = time.perf_counter() + 0.05
        while time.perf_counter() < end: pass
        time.sleep(0.002)
        await answer(send)
"""
DEAF = ANSWER + """import signal, time
signal.pthread_sigmask(signal.SIG_BLOCK, set(range(signal.SIGRTMIN, signal.SIGRTMAX + 1)))
async def app(scope, receive, send):
    if scope["type"] == "http":
        for _ in range(4):
            end = time.perf_counter() + 0.03
            while time.perf_counter() < end: pass
            time.sleep(0.001)
        await answer(send)
"""


def signals(check, bench):
    ran = bench.verify(bench.place("crowd", {"main.py": CROWD}), *QUICK)
    has(check, "crowd", ran, r"^probe: the application uses all real-time signals: what its loop computes is placed at its next call only",
        r"^probe: more loops at once than the probe has room for: some are not watched")
    check.true("crowd: its stalls are still found", ran.run.get("stalls"), ran.errors)
    ran = bench.verify(bench.place("deaf", {"main.py": DEAF}), *QUICK)
    has(check, "deaf", ran, r"^probe: the loop's thread blocks signals: what it computes is placed at its next call only")


def preloads(check, bench):
    ran = bench.verify(bench.place("preload", {"main.py": PLAIN}), *QUICK, LD_PRELOAD="libm.so.6")
    has(check, "preload", ran, r"^LD_PRELOAD of this environment is not handed on \(libm\.so\.6\): --env LD_PRELOAD loads it")
    jemalloc = next(iter(pathlib.Path("/usr/lib").glob("*/libjemalloc.so.2")), None)
    for library in filter(None, [jemalloc, "/nowhere/libnothing.so"]):
        ran = bench.verify(bench.place("preload", {"main.py": PLAIN}), *QUICK, "--env", "LD_PRELOAD=%s" % library)
        words = "is preloaded behind the probe" if library == jemalloc else "of LD_PRELOAD is not loaded"
        has(check, "preload", ran, "^%s %s" % (re.escape(str(library)), words))


WEBSOCKETS = """from fastapi import FastAPI
app = FastAPI(openapi_url=None)
@app.websocket("/live")
async def live(websocket):
    await websocket.accept()
"""


def websockets(check, bench):
    """An application that has nothing else: what is asked is nothing, and why."""
    place = bench.place("websockets", {"main.py": WEBSOCKETS})
    ran = subprocess.run([bench.loopsafe, "verify", "project/main.py:app", "--isolated", "--python", sys.executable, "--reference-runtime",
                          *QUICK], cwd=place, capture_output=True, text=True, timeout=TIMEOUT, env={**os.environ, "TMPDIR": str(place / "tmp")})
    check.same("websockets: exit code", ran.returncode, 2)
    check.true("websockets: said", re.search(r"nothing to ask: .*; /live is a websocket, which is not driven", ran.stderr), ran.stderr)
    check.same("websockets: left behind", left_behind(place), [])


# --- 2: usage ---

MISUSED = {
    "no folder": (["--after", "nowhere"], r"nowhere: No such file or directory"),
    "two comparisons": (["--after", "project", "--fix"], r"'--fix', '--before' and '--after' exclude each other"),
    "no interpreter": (["--python", "/nowhere/python"], r"/nowhere/python: no Python interpreter"),
    "requests not there": (["--requests", "nowhere.txt"], r"nowhere\.txt: no such file"),
    "a bad request": (["--requests", "project/bad.txt"], r"bad\.txt:2: "),
    "no recording": (["--requests", "project/bad.har"], r"bad\.har: is JSON, but no recording"),
    "bad answers": (["--answers", "project/bad.har"], r"bad\.har"),
    "no service": (["--service", "mysql"], r"invalid value 'mysql' for '--service' \(possible: postgres, redis\)"),
    "no variable": (["--env", "NOT_SET_ANYWHERE"], r"--env NOT_SET_ANYWHERE: it is not set here"),
    "our variable": (["--env", "LOOPSAFE_X=1"], r"--env LOOPSAFE_X: verify needs this one itself"),
    "no table of stubs": (["--stub", "nowhere.json"], r"nowhere\.json: no such file"),
    "a bad table of stubs": (["--stub", "project/table.json"], r"table\.json:1: is not valid JSON"),
    "a bad time": (["--secs", "soon"], r"'soon'.*secs|secs.*'soon'"),
    "no user": (["--users", "0"], r"invalid number '0' for '--users'"),
    "no endpoint": (["--endpoint", "GET /nowhere"], r"no request asks 'GET /nowhere'"),
    "an opening without port": (["--allow-network", "example.com"], r"invalid value 'example\.com' for '--allow-network'"),
    "preparation fails": (["--prepare", "echo first; echo why >&2; exit 3"], r"--prepare ended with exit code 3: why"),
}


def misused(check, bench):
    files = {"main.py": PLAIN, "table.json": "{\n", "bad.txt": "GET /\nnonsense\n", "bad.har": '{"log": {}}'}
    for name, (options, pattern) in MISUSED.items():
        bench.says(check, name, 2, pattern, files, *QUICK, *options)
    bench.says(check, "no application", 2, r"elsewhere\.py: No such file", files, *QUICK, app="project/elsewhere.py:app")


# --- 5: the machine is too noisy ---

NOISY = ANSWER + """import asyncio, time
def compute(steps):
    total = 0
    for number in range(steps): total += number
async def app(scope, receive, send):
    if scope["type"] == "http":
        time.sleep(0.006)
        compute(%d)
        await answer(send)
"""
BUSY = "import os, time\nparent, end = os.getppid(), time.monotonic() + 60\nwhile time.monotonic() < end and os.getppid() == parent: pass"


def noise(check, bench):
    """A change that costs some time, on a machine that others use up: nobody can tell whose time it is."""
    after = NOISY.replace("time.sleep(0.006)", "await asyncio.sleep(0.006)") % 260000
    place = bench.place("noise", {"main.py": NOISY % 200000, "../other/main.py": after})
    others = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(4 * os.cpu_count())]
    try:
        ran = bench.verify(place, "--quick", "--secs", "1s", "--users", "2", "--no-model", "--after", "other")
    finally:
        for other in others:
            other.kill()
            other.wait()
    words = [finding["verdict"] + ": " + finding["verdict_reason"] for finding in ran.run.get("findings", [])]
    check.same("noise: exit code", (ran.code, words), (5, words))
    told = r"^NOISY: (GET /: p50 .*; the rounds differ by|.*of the time the machine ran something else$)"
    check.true("noise: said", any(re.search(told, line) for line in words), words)
    check.same("noise: left behind", ran.left, [])


CASES = [no_start, second_version, rights, unsafe, guard_only, company, signals, preloads, websockets, misused]


def main():
    check, wanted = Checks(), sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(sys.argv[1], folder)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(timed, check, case, bench) for case in CASES if not wanted or case.__name__ in wanted]
            for run in runs:
                run.result()
        if not wanted or "noise" in wanted:
            timed(check, noise, bench)
    return check.end()


def timed(check, case, bench):
    started = time.monotonic()
    check.run(case.__name__, case, bench)
    print("%s: %.1f s" % (case.__name__, time.monotonic() - started), flush=True)


if __name__ == "__main__":
    sys.exit(main())
