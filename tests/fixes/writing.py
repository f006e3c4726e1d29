#!/usr/bin/env python3
"""However writing goes, a file has its old text or its new one, and nothing lies beside it.

    writing.py LOOPSAFE [FILTER...]     LOOPSAFE_NO_RLIMIT=1 for binaries that reserve much memory (sanitizers)
"""
import importlib.util
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings

HERE = pathlib.Path(__file__).resolve().parent
SPEC = importlib.util.spec_from_file_location("robustness_run", HERE.parent / "robustness" / "run.py")
robustness = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(robustness)
expect, write, Failure = robustness.expect, robustness.write, robustness.Failure

OLD = "import time\n\n\nasync def f():\n    time.sleep(1)\n"
NEW = "import asyncio\nimport time\n\n\nasync def f():\n    await asyncio.sleep(1)\n"
FILES = 12
KILLS = 6 if robustness.SANITIZED else 40
MUTATIONS = 30 if robustness.SANITIZED else 120


def project(directory, count=FILES):
    return [write(directory, f"app/m{number}.py", OLD) for number in range(count)]


def fix(binary, directory, *arguments, **settings):
    command = [binary, "check", "--isolated", "--no-cache", "--fix", *arguments]
    return subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, timeout=robustness.TIME_LIMIT_S, **settings)


def one_line(done, words, exit_code=2):
    expect(done.returncode == exit_code, f"exit code {done.returncode}, expected {exit_code}: {done.stderr!r}")
    lines = [line for line in done.stderr.decode().splitlines() if words in line]
    expect(len(lines) == 1, f"not one line with {words!r}: {done.stderr!r}")


def nothing_beside(directory, count):
    names = [path.name for path in pathlib.Path(directory, "app").iterdir()]
    expect(len(names) == count, f"something lies beside the files: {names}")


def all_hold(paths, text):
    for path in paths:
        expect(path.read_text() == text, f"{path.name} holds {path.read_text()[:60]!r}")


def a_full_disk(binary, directory):
    paths = project(directory)
    big = write(directory, "app/big.py", OLD + "# filler\n" * 5000)
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    one_line(fix(binary, directory, preexec_fn=limit), "cannot be written: File too large")
    all_hold(paths, OLD)
    expect(big.read_text().startswith(OLD), "half a file")
    nothing_beside(directory, FILES + 1)


def a_locked_directory(binary, directory):
    paths = project(directory)
    if os.geteuid() == 0 and not robustness.reachable_by_others(directory):
        os.chmod(directory, 0o755)
    for path in [paths[0].parent, *paths]:
        os.chown(path, robustness.NOBODY, robustness.NOBODY) if os.geteuid() == 0 else None
    os.chmod(paths[0].parent, 0o555)
    try:
        if os.geteuid() == 0 and not robustness.reachable_by_others(binary):
            return
        become = (lambda: (os.setgid(robustness.NOBODY), os.setuid(robustness.NOBODY))) if os.geteuid() == 0 else None
        one_line(fix(binary, directory, preexec_fn=become), "cannot be written: Permission denied")
    finally:
        os.chmod(paths[0].parent, 0o755)
    all_hold(paths, OLD)
    nothing_beside(directory, FILES)


def a_locked_file(binary, directory):
    paths = project(directory)
    os.chmod(paths[3], 0o444)
    done = fix(binary, directory)
    one_line(done, "cannot be fixed: it is read-only")
    all_hold([paths[3]], OLD)
    all_hold(paths[:3] + paths[4:], NEW)
    expect(paths[3].stat().st_mode & 0o777 == 0o444, "its mode changed")
    nothing_beside(directory, FILES)


def modes_and_links(binary, directory):
    inside = write(directory, "tree/app/target.py", OLD)
    outside = write(directory, "outside.py", OLD)
    os.chmod(inside, 0o751)
    os.symlink("app/target.py", inside.parent.parent / "link.py")
    os.symlink("../outside.py", inside.parent.parent / "leaves.py")
    done = fix(binary, inside.parent.parent, "--show-fixes")
    expect(b"the file is a link out of the tree" in done.stdout, f"not said: {done.stdout[-300:]!r}")
    all_hold([inside], NEW)
    all_hold([outside], OLD)
    expect(inside.stat().st_mode & 0o777 == 0o751, "the mode changed")
    expect((inside.parent.parent / "link.py").is_symlink() and (inside.parent.parent / "leaves.py").is_symlink(), "a link became a file")
    inside.write_text(OLD)
    fix(binary, inside.parent.parent, "link.py")
    all_hold([inside], NEW)
    fix(binary, inside.parent.parent, "leaves.py")
    all_hold([outside], OLD)


def a_signal(binary, directory):
    """At any moment: SIGTERM leaves nothing beside, SIGKILL at most a temporary file."""
    generator = random.Random(5)
    for number in range(KILLS):
        shutil.rmtree(pathlib.Path(directory) / "app", ignore_errors=True)
        paths = project(directory, 60)
        process = subprocess.Popen([binary, "check", "--isolated", "--no-cache", "--fix-only"], cwd=directory,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(generator.random() * 0.12)
        process.send_signal(signal.SIGKILL if number % 2 else signal.SIGTERM)
        process.wait(timeout=robustness.TIME_LIMIT_S)
        for path in paths:
            expect(path.read_text() in (OLD, NEW), f"{path.name} is neither old nor new")
        if number % 2 == 0:
            nothing_beside(directory, 60)


def little_memory(binary, directory):
    if robustness.SANITIZED:
        return
    for megabytes in range(6, 40, 3):
        paths = project(directory)
        limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        done = fix(binary, directory, "--threads", "1", preexec_fn=limit)
        texts = {path.read_text() for path in paths}
        expect(texts in ({OLD}, {NEW}), f"{megabytes} MB: a mixture, exit code {done.returncode}")
        nothing_beside(directory, FILES)


def nowhere_to_print(binary, directory):
    """Whatever becomes of the report, the files are whole."""
    paths = project(directory)
    if os.path.exists("/dev/full"):
        with open("/dev/full", "w") as full:
            done = subprocess.run([binary, "check", "--isolated", "--no-cache", "--fix"], cwd=directory, stdout=full,
                                  stderr=subprocess.PIPE, timeout=robustness.TIME_LIMIT_S)
        expect(done.returncode == 2, f"exit code {done.returncode} although nothing could be printed")
        all_hold(paths, NEW)


def lines_end_clean(binary, directory):
    """Arguments that hang below a call, spelled for a Python without asyncio.to_thread."""
    text = "import asyncio\nimport shutil\n\n\nasync def f(a, b):\n    await asyncio.sleep(0)\n    shutil.copytree(\n        a,\n        b,\n    )\n"
    path = write(directory, "app/hanging.py", text)
    write(directory, "pyproject.toml", '[project]\nname = "old"\nrequires-python = ">=3.8"\n')
    subprocess.run([binary, "check", "--no-cache", "--fix"], cwd=directory, capture_output=True, timeout=robustness.TIME_LIMIT_S)
    wanted = "run_in_executor(None,\n        shutil.copytree,\n        a,\n        b,\n    )\n"
    expect(path.read_text().endswith(wanted), f"it became {path.read_text()!r}")


def compiles(content):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(content, "x.py", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def is_harmless(binary, directory, name, content):
    path = write(directory, "one.py", content)
    for level in ([], ["--unsafe-fixes"]):
        done = fix(binary, directory, "--fix-only", *level, "one.py")
        expect(done.returncode == 0, f"{name}: exit code {done.returncode}: {done.stderr[-300:]!r}")
        fixed = path.read_bytes()
        expect(fixed == content or not compiles(content) or compiles(fixed), f"{name}: it no longer compiles")
        again = fix(binary, directory, "--fix-only", *level, "one.py")
        expect(path.read_bytes() == fixed, f"{name}: fixing again changes more: {again.stdout!r}")


def hostile_inputs(binary, directory):
    for name, content, _ in robustness.hostile_inputs():
        if len(content) < 300_000:
            is_harmless(binary, directory, name, content)


def mutations(binary, directory):
    source, generator = robustness.REAL.encode(), random.Random(77)
    for number in range(MUTATIONS):
        data = bytearray(source)
        for _ in range(generator.randint(1, 6)):
            at = generator.randrange(len(data))
            if generator.randrange(2):
                del data[at:at + generator.randint(1, 12)]
            else:
                data[at:at] = generator.choice((b"(", b")", b"\n", b":", b"    ", b"await ", b"async ", b"\\\n", b"'", b"# noqa\n", b"; "))
        is_harmless(binary, directory, f"mutation {number}", bytes(data))


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    binary, filters = os.path.abspath(sys.argv[1]), sys.argv[2:]
    passed = failed = 0
    for check in (a_full_disk, a_locked_directory, a_locked_file, modes_and_links, a_signal, little_memory, nowhere_to_print, lines_end_clean,
                  hostile_inputs, mutations):
        if filters and not any(word in check.__name__ for word in filters):
            continue
        with tempfile.TemporaryDirectory(prefix="loopsafe-writing-") as directory:
            try:
                check(binary, directory)
                passed += 1
                print(f"ok   {check.__name__}")
            except (Failure, OSError, subprocess.SubprocessError) as error:
                failed += 1
                print(f"FAIL {check.__name__}: {error}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
