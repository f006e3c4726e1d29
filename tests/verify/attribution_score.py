"""The scorer of bench/attribution on stalls and events made by hand.

    python3 tests/verify/attribution_score.py
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
import lib_attribution as lib

RIGHT, WRONG, OUTSIDE = [("lib.py", 3), ("stalls.py", 10)], [("stalls.py", 11)], [("lib.py", 3)]
TRUTH = {"kind": "sleep", "ms": 10, "line": 10, "at_ns": 100, "end_ns": 200}
CONTROL = {"kind": "control", "ms": 0, "line": 0, "at_ns": 500, "end_ns": 600}

# name, events, nanoseconds on the right line, on a wrong one
CASES = [
    ("nothing was seen", [], 0, 0),
    ("all of it", [lib.Event(100, 200, RIGHT)], 100, 0),
    ("longer than it was", [lib.Event(0, 900, RIGHT)], 100, 0),
    ("before and after it", [lib.Event(0, 100, RIGHT), lib.Event(200, 300, RIGHT)], 0, 0),
    ("the innermost line of the file counts", [lib.Event(100, 200, [("stalls.py", 11), ("stalls.py", 10)])], 0, 100),
    ("no line of the file", [lib.Event(100, 150, OUTSIDE)], 0, 50),
    ("two that overlap count once, the first is believed", [lib.Event(100, 160, RIGHT), lib.Event(140, 200, WRONG)], 60, 40),
    ("the first is believed, whichever it is", [lib.Event(140, 200, WRONG), lib.Event(100, 160, RIGHT)], 40, 60),
    ("one inside another", [lib.Event(120, 130, WRONG), lib.Event(100, 200, RIGHT)], 90, 10),
]


def main():
    passed, failed = 0, []

    def check(name, holds):
        nonlocal passed
        passed += bool(holds)
        if not holds:
            failed.append(name)

    for name, events, right, wrong in CASES:
        result = lib.score(TRUTH, events, "stalls.py")
        check(f"{name}: {result}", (result.right_ns, result.wrong_ns, result.stalled_ns) == (right, wrong, 100))
    half = lib.score(TRUTH, [lib.Event(100, 150, RIGHT), lib.Event(150, 200, WRONG)], "stalls.py")
    check("half right is not right", lib.is_detected(half) and not lib.is_right(half))
    check("shares", lib.shares([half, lib.score(TRUTH, [], "stalls.py")]) == (0.25, 0.25))
    fill = lib.filled(lib.Tick(0, 100, [lib.Event(40, 60, WRONG), lib.Event(10, 20, RIGHT)]))
    check(f"gaps go to the next event, the tail to the last: {fill}",
          [(event.from_ns, event.to_ns, event.stack) for event in fill] == [(0, 20, RIGHT), (20, 60, WRONG), (60, 100, WRONG)])
    check("a tick without events stays open", lib.filled(lib.Tick(0, 100, [])) == [])
    check("stalls in the control are false", lib.false_stalls([TRUTH, CONTROL], [(100, 200), (499, 700), (500, 510), (599, 700), (600, 700)]) == 2)
    rows = [lib.Score("a", 10, 1, 1, 0), lib.Score("a", 30, 1, 0, 0), lib.Score("b", 10, 1, 1, 0), lib.Score("b", 30, 1, 0, 1)]
    check(f"misses are named: {lib.misses(rows)}", lib.misses(rows) == ["30 ms: a, b"])
    check("all missed", lib.misses([lib.Score("a", 10, 1, 0, 1), lib.Score("b", 10, 1, 0, 0)]) == ["all"])
    print("\n".join(failed))
    print(f"{passed} passed, {len(failed)} failed")
    return 1 if failed else 0


sys.exit(main())
