"""What a tool said of stalls whose lines are known, as numbers.

Truths are what tests/verify/stalls/stalls.py tells: kind, ms, line, at_ns, end_ns. Events are what a tool saw: from_ns, to_ns and
its stack as (file, line), innermost first. Ticks, of tools that know them, say how long the loop was away.
"""
import collections

Event = collections.namedtuple("Event", "from_ns to_ns stack")
Tick = collections.namedtuple("Tick", "from_ns to_ns events")
Score = collections.namedtuple("Score", "kind ms stalled_ns right_ns wrong_ns")


def line_of(event, file):
    """The innermost line of the file whose stalls are known; None: the tool names none."""
    return next((line for name, line in event.stack if name.endswith(file)), None)


def filled(tick):
    """Time of a tick that no event covers goes to the next event of that tick, the tail to the last one."""
    events, at_ns = [], tick.from_ns
    for event in sorted(tick.events, key=lambda event: event.to_ns):
        events.append(Event(min(at_ns, event.from_ns), event.to_ns, event.stack))
        at_ns = max(at_ns, event.to_ns)
    if events and at_ns < tick.to_ns:
        events.append(Event(at_ns, tick.to_ns, events[-1].stack))
    return events


def uncovered(from_ns, to_ns, covered):
    """What is left of a span: covered spans count once, for the event that came first."""
    spans = [(from_ns, to_ns)]
    for start, end in covered:
        spans = [part for a, b in spans for part in ((a, min(b, start)), (max(a, end), b)) if part[0] < part[1]]
    return spans


def score(truth, events, file):
    """Events in the order in which they are believed."""
    at_ns, end_ns, covered, sums = truth["at_ns"], truth["end_ns"], [], collections.Counter()
    for event in events:
        if event.to_ns <= at_ns or event.from_ns >= end_ns:
            continue
        spans = uncovered(max(at_ns, event.from_ns), min(end_ns, event.to_ns), covered)
        sums[line_of(event, file) == truth["line"]] += sum(b - a for a, b in spans)
        covered += spans
    return Score(truth["kind"], truth["ms"], end_ns - at_ns, sums[True], sums[False])


def is_detected(result):
    return result.right_ns + result.wrong_ns > 0


def is_right(result):
    return result.right_ns > result.wrong_ns


def false_stalls(truths, stalls):
    """Stalls, as (from_ns, to_ns), that began in the control, where nothing blocks."""
    controls = [(truth["at_ns"], truth["end_ns"]) for truth in truths if truth["kind"] == "control"]
    return sum(1 for from_ns, _ in stalls for at_ns, end_ns in controls if at_ns <= from_ns < end_ns)


def shares(results):
    """(right, wrong) of all stalled time."""
    stalled = sum(result.stalled_ns for result in results) or 1
    return sum(result.right_ns for result in results) / stalled, sum(result.wrong_ns for result in results) / stalled


def misses(results):
    """Kinds whose right line was not named, by the lengths at which it was not: "10, 30 ms: regex, sort"."""
    lengths, kinds = collections.defaultdict(set), collections.defaultdict(list)
    for result in results:
        if not is_right(result):
            lengths[result.kind].add(result.ms)
    if set(lengths) == {result.kind for result in results} and all(ms == {result.ms for result in results} for ms in lengths.values()):
        return ["all"]
    for kind, missed in lengths.items():
        kinds[", ".join(str(ms) for ms in sorted(missed))].append(kind)
    return [f"{missed} ms: {', '.join(found)}" for missed, found in kinds.items()]
