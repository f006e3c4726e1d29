"""What the probe must do besides finding lines: leave the program as it is, be quiet in children, tell loops of threads apart, say
when it cannot read an interpreter. All of it with the interpreter that runs this, or those of LOOPSAFE_PYTHONS; with every other
one that is there what depends on the interpreter.

    python3 tests/verify/probe.py PROBE_RUN LIBRARY PYTHON_FOLDER
"""
import functools
import os
import subprocess
import sys

import pythons
from probed import Probed, of_kind, user_line

CASES, QUICK = [], []
TRIES = 3


def case(function):
    CASES.append(function)
    return function


def measured(function):
    """What it compares are times, which other work on the machine changes, seldom twice: the first of TRIES that is right."""

    @functools.wraps(function)
    def tried(probed, python):
        for _ in range(TRIES - 1):
            try:
                return function(probed, python)
            except (AssertionError, StopIteration):
                pass
        return function(probed, python)

    return tried


def quick(function):
    """One that depends on the interpreter: with each of them."""
    QUICK.append(function)
    return case(function)


def line_with(source, mark):
    return next(number for number, line in enumerate(source.splitlines(), 1) if mark in line)


def expect(condition, text):
    if not condition:
        raise AssertionError(text)


def lines_of(result, *kinds):
    return {user_line(record, "script.py") for record in of_kind(result, *kinds)}


def finished(result):
    expect(result.code == 0, "exit code %d: %s" % (result.code, result.errors.strip()[-400:]))
    return result


# --- reading frames ---

@quick
def reads_frames(probed, python):
    result = finished(probed.text(python, "import asyncio\nasyncio.run(asyncio.sleep(0))\n"))
    expect(result.header["mode"] == 1, "mode %d: %s" % (result.header["mode"], result.header["notice"]))
    expect(not result.header["notice"] and not result.errors, "unasked words: " + result.header["notice"] + result.errors)
    expect(len(of_kind(result, "loop")) >= 2, "the loop's begin and end are not recorded")


CPU = """
import asyncio, time
def count(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end: pass  # computes
async def main():
    await asyncio.sleep(0.01)
    time.sleep(0.05)  # waits
    await asyncio.sleep(0.01)
    count(0.08)
asyncio.run(main())
"""


@quick
def asks_an_interpreter_that_it_cannot_read(probed, python):
    result = finished(probed.text(python, CPU, env={"LOOPSAFE_PROBE_TEST": "mismatch"}))
    expect(result.header["mode"] == 2, "mode %d" % result.header["mode"])
    expect("it is asked instead" in result.header["notice"], "notice: %r" % result.header["notice"])
    expect(line_with(CPU, "# waits") in lines_of(result, "call"), "calls: %s" % lines_of(result, "call"))
    expect(line_with(CPU, "# computes") in lines_of(result, "sample"), "samples: %s" % lines_of(result, "sample"))


@case
@measured
def splits_a_tick(probed, python):
    result = finished(probed.text(python, CPU))
    ticks = sorted(of_kind(result, "tick"), key=lambda tick: -tick["for_ns"])
    expect(len(ticks) >= 2, "%d long ticks" % len(ticks))
    waiting = next(tick for tick in ticks if tick["blocked_us"] > 40000)
    computing = next(tick for tick in ticks if tick["blocked_us"] < 20000 and tick["for_ns"] > 70e6)
    expect(waiting["cpu_us"] < 20000, "a tick that waits has used %d us" % waiting["cpu_us"])
    both = computing["cpu_us"] + computing["runqueue_us"]
    expect(abs(both - computing["for_ns"] / 1000) < 8000, "%d us on a processor and ready of %d" % (both, computing["for_ns"] // 1000))


UNSEEN = """
import asyncio, ctypes, os, threading, time
READ = {"x86_64": 0, "aarch64": 63}[os.uname().machine]
source, sink = os.pipe()
def tell():
    time.sleep(0.06)
    os.write(sink, b"x")
async def main():
    await asyncio.sleep(0.01)
    threading.Thread(target=tell).start()
    ctypes.CDLL(None).syscall(READ, source, ctypes.create_string_buffer(1), 1)
asyncio.run(main())
"""


@quick
@measured
def a_sleep_that_no_call_tells_of_is_not_the_machine_s(probed, python):
    result = finished(probed.text(python, UNSEEN))
    tick = max(of_kind(result, "tick"), key=lambda tick: tick["for_ns"])
    expect(tick["for_ns"] > 55e6, "%d ns" % tick["for_ns"])
    expect(tick["runqueue_us"] < 20000, "%d us were the machine's" % tick["runqueue_us"])


# --- calls ---

SMALL = """
import asyncio, os, sys
async def main():
    await asyncio.sleep(0)
    with open(sys.argv[0]) as file:  # opens
        file.read()
    os.stat(sys.argv[0])  # looks
asyncio.run(main())
"""


@quick
def sees_every_call_at_threshold_zero(probed, python):
    result = finished(probed.text(python, SMALL, call_us=0))
    calls = {(record["call"], user_line(record, "script.py")) for record in of_kind(result, "call")}
    expect(("open", line_with(SMALL, "# opens")) in calls, "no open: %s" % calls)
    expect(("stat", line_with(SMALL, "# looks")) in calls, "no stat: %s" % calls)


SHORT = """
import asyncio, time
async def main():
    await asyncio.sleep(0.01)
    for _ in range(80): time.sleep(0.0002)  # often
    await asyncio.sleep(0.01)
asyncio.run(main())
"""


@case
def adds_up_short_calls(probed, python):
    result = finished(probed.text(python, SHORT))
    here = [record for record in of_kind(result, "call") if user_line(record, "script.py") == line_with(SHORT, "# often")]
    expect(sum(record["for_ns"] for record in here) > 12e6, "%d records" % len(here))


GIL = """
import asyncio, sys, threading, time
stop = False
def burn():
    while not stop: pass
async def main():
    global stop
    await asyncio.sleep(0.01)
    threading.Thread(target=burn).start()
    for _ in range(3):
        for _ in range(10): time.sleep(0.001)  # yields
        await asyncio.sleep(0.01)
    stop = True
asyncio.run(main())
"""


@quick
@measured
def tells_the_gil_apart(probed, python):
    result = finished(probed.text(python, GIL))
    waits = [record for record in of_kind(result, "gil") if user_line(record, "script.py") == line_with(GIL, "# yields")]
    expect(waits, "no wait for the GIL")
    tick = max(of_kind(result, "tick"), key=lambda record: record["for_ns"])
    expect(tick["gil_us"] > 0.5 * tick["for_ns"] / 1000, "%d of %d us" % (tick["gil_us"], tick["for_ns"] / 1000))


# --- several loops, children ---

THREADS = """
import asyncio, threading, time
async def first():
    await asyncio.sleep(0.01)
    time.sleep(0.03)  # first
async def second():
    await asyncio.sleep(0.01)
    time.sleep(0.04)  # second
other = threading.Thread(target=asyncio.run, args=(second(),))
other.start()
asyncio.run(first())
other.join()
"""


@case
@measured
def keeps_loops_of_threads_apart(probed, python):
    result = finished(probed.text(python, THREADS))
    lanes = {record["lane"]: user_line(record, "script.py") for record in of_kind(result, "call") if record["for_ns"] > 2e7}
    expect(sorted(lanes.values()) == [line_with(THREADS, "# first"), line_with(THREADS, "# second")], "lanes: %s" % lanes)
    expect({record["lane"] for record in of_kind(result, "tick")} >= set(lanes), "ticks of one lane only")


SELECTORS = """
import asyncio, selectors, time
class Own(selectors.SelectSelector):
    def select(self, timeout=None):
        return super().select(0.001)
async def main():
    for _ in range(5):
        await asyncio.sleep(0.01)
        time.sleep(0.02)  # waits
        end = time.perf_counter() + 0.03
        while time.perf_counter() < end: pass  # computes
for kind in (selectors.SelectSelector, selectors.PollSelector, Own):
    loop = asyncio.SelectorEventLoop(kind())
    loop.run_until_complete(main())
    loop.close()
"""


@quick
@measured
def knows_other_selectors(probed, python):
    result = finished(probed.text(python, SELECTORS))
    ticks = of_kind(result, "tick")
    expect(len(ticks) == 15, "%d long ticks of 15" % len(ticks))
    expect(all(tick["for_ns"] > 3e7 for tick in ticks), "ticks: %s" % [tick["for_ns"] for tick in ticks])
    expect(result.header["ticks"] >= 30, "%d ticks" % result.header["ticks"])
    expect(lines_of(result, "call") == {line_with(SELECTORS, "# waits")}, "calls: %s" % lines_of(result, "call"))
    expect(line_with(SELECTORS, "# computes") in lines_of(result, "sample"), "samples: %s" % lines_of(result, "sample"))


CHILDREN = """
import asyncio, concurrent.futures, multiprocessing, os, subprocess, sys, time
def stall(_=None):
    async def child():
        await asyncio.sleep(0)
        time.sleep(0.03)  # child
    asyncio.run(child())
    return os.getpid()
async def main():
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0)
    pid = os.fork()
    if pid == 0:
        time.sleep(0.03)  # child
        os._exit(0)
    await loop.run_in_executor(None, os.waitpid, pid, 0)
    for way in ("fork", "spawn"):
        context = multiprocessing.get_context(way)
        with concurrent.futures.ProcessPoolExecutor(2, context) as pool:
            await asyncio.gather(*[loop.run_in_executor(pool, stall) for _ in range(4)])
    code = "import asyncio, time\\nasync def m(): time.sleep(0.03)\\nasyncio.run(m())"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    assert await process.wait() == 0
    assert "LOOPSAFE_PROBE_FD" not in os.environ
    time.sleep(0.02)  # parent
if __name__ == "__main__":
    asyncio.run(main())
    print("all", "done")
"""


@case
def is_quiet_in_children(probed, python):
    result = finished(probed.text(python, CHILDREN))
    expect("all done" in result.output, result.errors)
    marks = {number for number, line in enumerate(CHILDREN.splitlines(), 1) if "# child" in line}
    expect(not lines_of(result, "call", "sample", "gil") & marks, "a child was recorded")
    expect(line_with(CHILDREN, "# parent") in lines_of(result, "call"), "the parent was not")


# --- the program stays as it is ---

ERRNO = """
import asyncio, errno, os, socket, sys
def fails(call, *arguments):
    try:
        call(*arguments)
    except OSError as error:
        return error.errno
async def main():
    await asyncio.sleep(0)
    here, there = socket.socketpair()
    here.setblocking(False)
    closed = socket.socket()
    closed.close()
    for _ in range(200):
        assert fails(os.read, 999, 1) == errno.EBADF
        assert fails(open, "/nowhere/at/all") == errno.ENOENT
        assert fails(here.recv, 1) == errno.EAGAIN
        assert fails(os.stat, "/nowhere/at/all") == errno.ENOENT
        assert fails(os.mkdir, "/proc/1") == errno.EEXIST
        assert fails(closed.connect, ("127.0.0.1", 1)) == errno.EBADF
        assert fails(os.waitpid, -1, 0) == errno.ECHILD
asyncio.run(main())
"""


@case
def keeps_errno(probed, python):
    result = finished(probed.text(python, ERRNO, call_us=0))
    expect(len(of_kind(result, "call")) > 1000, "%d calls recorded" % len(of_kind(result, "call")))


EINTR = """
import asyncio, ctypes, time
libc = ctypes.CDLL(None, use_errno=True)
class Time(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long)]
async def main():
    await asyncio.sleep(0)
    broken = 0
    for turn in range(400):
        end = time.perf_counter() + 0.0004 * (turn % 5)
        while time.perf_counter() < end: pass
        broken += libc.nanosleep(ctypes.byref(Time(0, 300000)), None) != 0
        broken += libc.poll(None, 0, 1) != 0
        broken += libc.usleep(200) != 0
        if turn % 40 == 0: await asyncio.sleep(0)
    print("broken", broken)
asyncio.run(main())
"""


@case
def interrupts_no_call(probed, python):
    result = finished(probed.text(python, EINTR, stall_us=300, call_us=100, sample_us=300))
    expect("broken 0" in result.output, "calls cut short: " + result.output)
    expect(result.header["samples"] > 50, "%d samples" % result.header["samples"])


ARM = """
import signal, sys
sys.path.insert(0, sys.argv[1])
def other(*_): print("not mine")
%s
import loopsafe_probe
loopsafe_probe.arm()
import asyncio, time
async def main():
    await asyncio.sleep(0.01)
    end = time.perf_counter() + 0.05
    while time.perf_counter() < end: pass  # computes
    await asyncio.sleep(0.01)
asyncio.run(main())
"""


def armed_after(probed, python, prelude):
    source = ARM % prelude
    return source, finished(probed.command([python, "-c", source, os.path.dirname(probed.arm)]))


@case
def takes_a_signal_that_is_free(probed, python):
    _source, result = armed_after(probed, python, "signal.signal(signal.SIGRTMIN + 6, other)")
    expect(result.header["samples"] >= 1 and not result.output, "%d samples, %r" % (result.header["samples"], result.output))


@case
def goes_on_when_signals_are_blocked(probed, python):
    _source, result = armed_after(probed, python, "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))")
    expect(any(tick["for_ns"] > 4e7 for tick in of_kind(result, "tick")), "the tick is not recorded")


UNFINISHED = """
import asyncio, os, time
async def main():
    await asyncio.sleep(0.01)
    time.sleep(0.02)
    os._exit(0)
asyncio.run(main())
"""


@case
def tells_a_tick_that_never_ends(probed, python):
    result = finished(probed.text(python, UNFINISHED))
    expect(result.header["tick_at_ns"][0] > 0, "no tick in progress")


STRESS = """
import asyncio, copy, json, re, sys, time
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
class Odd:
    def __init__(self, value): self.value = value
    def __lt__(self, other): return self.value < other.value
def generate(n):
    for value in range(n): yield value
async def deep(n): return n if n < 1 else await deep(n - 1)
async def main():
    end = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        fib(12)
        sorted([Odd(value * 7 % 50) for value in range(50)])
        sum(generate(300))
        copy.deepcopy([[1, {2: 3}]] * 10)
        try: json.loads("[1,2,{]")
        except ValueError: pass
        await deep(20)
        re.sub("a+", lambda match: match.group().upper(), "baaab" * 20)
        scope = {}
        exec("def f(a, *b, **c):\\n  return a\\nf(1, 2, 3, x=4)", scope)
asyncio.run(main())
"""


@case
def survives_many_samples(probed, python):
    result = finished(probed.text(python, STRESS, 1.5, stall_us=200, sample_us=200))
    header = result.header
    expect(header["samples"] > 300, "%d samples" % header["samples"])
    expect(header["bad_samples"] <= 1 + header["samples"] / 1000, "%d of %d torn" % (header["bad_samples"], header["samples"]))


# --- set-ups in which it cannot work ---

def says(python, folder, env, words):
    code = "import sys; sys.path.insert(0, %r)\nimport loopsafe_probe\ntry: loopsafe_probe.arm()\nexcept loopsafe_probe.ProbeError as error: print(error)" % folder
    told = subprocess.run([python, "-c", code], capture_output=True, text=True, env=dict(os.environ, **env)).stdout
    expect(words in told and told.count("\n") == 1, "said: %r" % told)


@case
def says_why_it_cannot_work(probed, python):
    folder = os.path.dirname(probed.arm)
    says(python, folder, {"LD_PRELOAD": ""}, "ignores LD_PRELOAD")
    says(python, folder, {"LD_PRELOAD": probed.probe}, "LOOPSAFE_PROBE_FD")
    says(python, folder, {"LD_PRELOAD": probed.probe, "LOOPSAFE_PROBE_FD": "0"}, "LOOPSAFE_PROBE_FD")


def main():
    probed, found = Probed(*sys.argv[1:4]), pythons.find()
    passed = failed = 0
    for version, path in found:
        for test in CASES if pythons.is_first(path) else QUICK:
            try:
                test(probed, path)
                passed += 1
            except (AssertionError, subprocess.TimeoutExpired, StopIteration) as error:
                failed += 1
                print("%s: %s: %s" % (".".join(map(str, version)), test.__name__, error))
    print("interpreters: %s" % pythons.names(found))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
