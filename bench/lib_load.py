"""Shared by the benchmarks that put a load on a real server: the server's process, what it costs, the driver's numbers.

All of it runs on loopback. `Tools` finds the small programs of a build: load_run, late_server, model_fit, loopsafe.
"""
import contextlib
import json
import mmap
import os
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
START_SECONDS = 30


class Tools:
    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()

    def path(self, name):
        path = self.build / name
        if not path.exists():
            raise SystemExit(f"{path} is missing: build with -DLOOPSAFE_TESTS=ON (preset dev)")
        return str(path)

    def load(self, port, target, method="GET", **settings):
        """One run of the driver: users, rate, think, warm, time, grace (milliseconds), limit."""
        words = [f"{name}={value}" for name, value in settings.items()]
        done = subprocess.run([self.path("load_run"), str(port), *words, method, target],
                              capture_output=True, text=True, check=True)
        return json.loads(done.stdout)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextlib.contextmanager
def upstream(tools):
    """Address of a server that answers late."""
    process = subprocess.Popen([tools.path("late_server")], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


class Application:
    """A uvicorn that serves one of bench's applications, in a process group of its own."""

    def __init__(self, python, app, environment, beats):
        self.port, self.beats = free_port(), beats
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [python, "-m", "uvicorn", app, "--app-dir", str(HERE), "--host", "127.0.0.1", "--port", str(self.port),
             "--log-level", "warning", "--no-access-log", "--loop", "asyncio", "--timeout-keep-alive", "60"],
            env={**os.environ, **environment, "BEATS": beats}, stdout=self.log, stderr=self.log, start_new_session=True)
        self.wait()

    def wait(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        self.log.seek(0)
        raise SystemExit(f"the application does not start:\n{self.log.read().decode(errors='replace')[-2000:]}")

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()

    def threads_ns(self, pid):
        """Processor time of the main thread and of all threads."""
        times = {}
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError):
                times[task.name] = int((task / "schedstat").read_text().split()[0])
        return times.get(str(pid), 0), sum(times.values())

    def children(self):
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError, IndexError):
                if entry.name.isdigit() and int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) == self.process.pid:
                    yield int(entry.name)

    def cpu_ns(self):
        """Main thread, other threads, child processes."""
        main, every = self.threads_ns(self.process.pid)
        return main, every - main, sum(self.threads_ns(pid)[1] for pid in self.children())

    def longest_pause_ms(self):
        """Of the loop since the start, one that still lasts included."""
        with open(self.beats, "rb") as file, mmap.mmap(file.fileno(), 16, prot=mmap.PROT_READ) as area:
            last, longest = struct.unpack_from("dd", area, 0)
        return max(longest, time.monotonic() - last - 0.01, 0) * 1000


@contextlib.contextmanager
def application(python, app="headline_app:app", **environment):
    with tempfile.NamedTemporaryFile() as beats:
        beats.write(bytes(16))
        beats.flush()
        served = Application(python, app, environment, beats.name)
        try:
            yield served
        finally:
            served.stop()


def measure(tools, served, target, **settings):
    """The driver's numbers with what a request cost on the loop's thread, in other threads and in other processes."""
    before = served.cpu_ns()
    result = tools.load(served.port, target, **settings)
    after = served.cpu_ns()
    handled = max(1, result["handled"])
    for name, first, last in zip(("loop_cpu_ms", "thread_cpu_ms", "process_cpu_ms"), before, after):
        result[name] = max(0, last - first) / 1e6 / handled
    result["longest_pause_ms"] = served.longest_pause_ms()
    return result


def milliseconds(latency, percent):
    """As a table shows it: with a sign when the truth may be larger."""
    value = latency[f"p{percent:g}_ms"]
    text = f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
    return ("≥ " if latency[f"p{percent:g}_open"] else "") + text


def machine_words():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} processors ({model}), load {os.getloadavg()[0]:.2f} before the run"
