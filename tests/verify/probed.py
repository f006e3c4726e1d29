"""Runs programs under the probe and reads what it wrote (tests/unit/probe_run.c)."""
import collections
import json
import os
import pathlib
import subprocess
import tempfile

Result = collections.namedtuple("Result", "code header records output errors")


class Probed:
    def __init__(self, runner, probe, python_folder):
        self.runner, self.probe = os.path.abspath(runner), os.path.abspath(probe)
        self.arm = os.path.join(os.path.abspath(python_folder), "loopsafe_probe.py")

    def run(self, python, script, *arguments, stall_us=5000, call_us=1000, sample_us=5000, timeout=60, env=None):
        """A script under the probe; times in microseconds."""
        return self.command([python, self.arm, str(script), *map(str, arguments)], stall_us, call_us, sample_us, timeout, env)

    def command(self, command, stall_us=5000, call_us=1000, sample_us=5000, timeout=60, env=None):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "records.jsonl")
            ran = subprocess.run([self.runner, self.probe, str(stall_us), str(call_us), str(sample_us), out, *command],
                                 capture_output=True, text=True, timeout=timeout, env=dict(os.environ, **(env or {})))
            lines = [json.loads(line) for line in open(out)] if os.path.exists(out) else [{}]
        return Result(ran.returncode, lines[0], lines[1:], ran.stdout, ran.stderr)

    def text(self, python, source, *arguments, **settings):
        """A script that is given as text."""
        with tempfile.TemporaryDirectory() as folder:
            script = pathlib.Path(folder, "script.py")
            script.write_text(source)
            return self.run(python, script, *arguments, **settings)


def of_kind(result, *kinds):
    return [record for record in result.records if record["kind"] in kinds]


def user_line(record, name):
    """The innermost line of that file on a record's stack; None: it is not there."""
    for file, _function, line in record.get("stack", ()):
        if os.path.basename(file) == name:
            return line
    return None
