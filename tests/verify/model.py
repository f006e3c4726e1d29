#!/usr/bin/env python3
"""Properties of `loopsafe model` that hold for any file.

    model.py LOOPSAFE

A file that is cut, mutated or hostile ends in bounded time with a prediction or with one line that says why not; the same file
gives the same bytes; more workers never serve less of what computes, and a fixed endpoint never less than a blocking one.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

LOOPSAFE = sys.argv[1]
SEED, MUTATIONS, TIME_LIMIT_S = 20240229, 150, 200
MODEL = {"program": "cpu 0.4; gather { await 20 | thread[t] { cpu 1; block 30 } }; process[p] 2; cpu 0.4",
         "pools": [{"name": "t", "size": 4, "last_first": True}, {"name": "p", "size": 2}], "processors": 2, "workers": 2,
         "switch_ms": 5, "spread": 0.2, "measured": [{"users": 3, "per_second": 50, "p50_ms": 55, "p99_ms": 70, "seconds": 2}]}


class Failure(Exception):
    """A property does not hold."""


def expect(condition, text):
    if not condition:
        raise Failure(text)


def run(content, *arguments):
    """Exit code, standard output and standard error."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "model.json"
        file.write_bytes(content)
        try:
            done = subprocess.run([LOOPSAFE, "model", str(file), "--simulate", "200ms", "--users", "2,50", *arguments],
                                  capture_output=True, timeout=TIME_LIMIT_S)
        except subprocess.TimeoutExpired:
            raise Failure(f"still running after {TIME_LIMIT_S} s")
    return done.returncode, done.stdout, done.stderr.decode()


def ends_well(content, *arguments):
    code, out, err = run(content, *arguments)
    expect(code in (0, 1, 2), f"exit code {code}: {err[-300:]}")
    if code == 2:
        expect(not out and err.startswith("error: ") and err.count("\n") == 1, f"not one line: {err[-300:]}")
    else:
        expect(out and not err, err[-300:])
    return code


def text_of(**changes):
    return json.dumps({**MODEL, **changes}).encode()


def predicted(**changes):
    code, out, err = run(text_of(measured=[], **changes), "--json")
    expect(code == 0, err)
    return json.loads(out)["endpoints"][0]["predicted"]


def test_cut_anywhere():
    whole = text_of()
    codes = {ends_well(whole[:length]) for length in range(0, len(whole), 7)}
    expect(codes == {2}, f"exit codes {codes}")
    expect(ends_well(whole) in (0, 1), "the whole file is not read")


def test_mutated():
    chance = random.Random(SEED)
    codes = set()
    for _ in range(MUTATIONS):
        content = bytearray(text_of())
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.choice(b'0123456789{}[]|;."e-+ cpuawit\x00\xff')
        codes.add(ends_well(bytes(content)))
    expect(codes >= {0, 2} or codes >= {1, 2}, f"exit codes {codes}")


def test_hostile():
    for content in (b"", b"\0" * 1000, b"[" * 100_000, b'{"program": ' * 500, bytes(range(256)) * 100, b'{"program": "' + b"cpu 1 " * 5000 + b'"}',
                    b'{"program": "' + b"gather { " * 5000 + b'"}', b'{"program": "cpu 1", "program": "cpu 2"}',
                    b'{"endpoints": [' + b"{}," * 9000 + b"{}]}", b'{"endpoints": 3}', b'{"program": "cpu 1\\u0000; cpu 2"}'):
        ends_well(content)
    for changes in ({"workers": -1}, {"workers": 1e300}, {"switch_ms": 0}, {"spread": 2}, {"pools": [MODEL["pools"][0]] * 65},
                    {"measured": [{"users": 1e12, "per_second": 1}]}, {"processors": None}):
        expect(ends_well(text_of(**changes)) == 2, f"{changes} is read")


def test_limits_end_a_simulation():
    """A program that takes no time would be repeated for ever."""
    expect(ends_well(text_of(program="cpu 0", measured=[])) == 2, "no limit is reached")


def test_runs_repeat():
    for form in ((), ("--json",)):
        first, again = run(text_of(), *form), run(text_of(), *form)
        expect(first == again, "two runs differ")


def test_workers_help_computing():
    rates = [predicted(program="cpu 2", workers=count, processors=4)[1]["per_second"] for count in (1, 2, 4)]
    expect(rates[0] * 1.8 < rates[1] and rates[1] * 1.8 < rates[2], f"{rates}")


def test_awaiting_beats_blocking():
    blocking, awaiting = (predicted(program=f"cpu 1; {word} 20; cpu 1")[1] for word in ("block", "await"))
    expect(blocking["per_second"] * 5 < awaiting["per_second"], "awaiting is no better")
    expect(blocking["longest_stall_ms"] >= 20 > awaiting["longest_stall_ms"], "the stall is not seen")


def main():
    tests = [(name, test) for name, test in sorted(globals().items()) if name.startswith("test_")]
    failures = 0
    for name, test in tests:
        try:
            test()
        except Failure as failure:
            failures += 1
            print(f"FAIL {name}: {failure}")
    print(f"{len(tests) - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
