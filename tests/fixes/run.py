#!/usr/bin/env python3
"""What `--fix` writes, and what holds of every fix, whatever it is.

    run.py LOOPSAFE FIXTURES [FILTER...]             run the cases whose name is, or starts with, a filter
    run.py --bless LOOPSAFE FIXTURES FILTER...       write what comes out as what is expected: read the difference

In FIXTURES/fixes, `X.fixed.py` is `X.py` after `check --fix`, `X.unsafe.py` after `check --fix --unsafe-fixes`; where one
is missing nothing may change at that level (unsafe: nothing more). On a line of X.py, `# unfixed: "words"` says that a shape
of a fix for a finding there was refused, for a reason that holds the words.

Of every fixture, at both levels:

    the diff of `--diff` is one that git applies, and gives the bytes of `--fix`
    fixing twice is fixing once
    what CPython compiled it still compiles
    findings are gone, and no function has more of a kind than before
    only lines that an edit touches have changed, or with a finding
    what is written is what standard input gives, and modes stay
"""
import ast
import concurrent.futures
import difflib
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).resolve().parent
SPEC = importlib.util.spec_from_file_location("fixtures_run", HERE.parent / "fixtures" / "run.py")
fixtures = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(fixtures)

TIME_LIMIT_S = 120
UNFIXED = re.compile(r'# unfixed: "([^"]*)"')
LEVELS = {"safe": [], "unsafe": ["--unsafe-fixes"]}
GIT = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


class Broken(Exception):
    """Something does not hold."""


class Tree:
    """A copy of a case, to be fixed."""

    def __init__(self, binary, case, arguments, root):
        self.binary, self.arguments, self.root = binary, arguments, pathlib.Path(root)
        self.root.mkdir()
        if case.is_dir():
            subprocess.run(["cp", "-r", f"{case}/.", str(self.root)], check=True)
        elif is_split(case):
            fixtures.split_files(case, self.root)
        else:
            (self.root / case.name).write_bytes(case.read_bytes())

    def texts(self):
        return {path.relative_to(self.root).as_posix(): path.read_bytes()
                for path in sorted(self.root.rglob("*")) if path.is_file() and not path.is_symlink()}

    def check(self, *words):
        command = [self.binary, "check", "--isolated", "--no-cache", "--scope", "all", *words, *self.arguments, "."]
        done = subprocess.run(command, cwd=self.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=TIME_LIMIT_S)
        if done.returncode not in (0, 1):
            raise Broken(f"{' '.join(words)}: exit code {done.returncode}: {done.stderr.decode(errors='replace')[-600:]}")
        return done

    def findings(self):
        return json.loads(self.check("--output-format", "json").stdout)


def is_split(case):
    return any(fixtures.SEPARATOR.match(line.rstrip("\r")) for line in fixtures.read_lines(case))


def parts_of(path):
    """The texts of a fixture by their names."""
    if not is_split(path):
        return {path.name: path.read_bytes()}
    with tempfile.TemporaryDirectory() as scratch:
        fixtures.split_files(path, pathlib.Path(scratch))
        return {file.relative_to(scratch).as_posix(): file.read_bytes() for file in pathlib.Path(scratch).rglob("*") if file.is_file()}


def expected(case, level):
    """The texts that a level must give."""
    for suffix in ((".unsafe.py", ".fixed.py") if level == "unsafe" else (".fixed.py",)):
        path = case.with_name(case.stem + suffix)
        if path.exists():
            return {case.name if name == path.name else name: text for name, text in parts_of(path).items()}
    return parts_of(case)


def difference(name, wanted, got):
    lines = difflib.unified_diff(wanted.decode(errors="replace").splitlines(), got.decode(errors="replace").splitlines(),
                                 f"{name} as expected", f"{name} as fixed", lineterm="")
    return "\n     ".join(lines)


def compiles(text, name):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, name, "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def counted(findings):
    """How often each kind of finding stands in each function."""
    counts = {}
    for item in findings:
        key = (item["filename"], item["function"], item["code"], json.dumps(item["sink"] and item["sink"]["name"]))
        counts[key] = counts.get(key, 0) + 1
    return counts


def rows_of_edits(findings, root):
    """Rows that some fix touches, by file, or that something is found in: a later round may mend what hides behind it."""
    rows = {}
    for item in findings:
        name = os.path.relpath(item["filename"], os.path.realpath(root))
        rows.setdefault(name, set()).update(range(item["location"]["row"], item["end_location"]["row"] + 1))
        for fix in item["fixes"]:
            for edit in fix["edits"]:
                name = os.path.relpath(edit["filename"], os.path.realpath(root))
                first, last = edit["location"]["row"], edit["end_location"]["row"]
                rows.setdefault(name, set()).update(range(first, last + 1))
    return rows


def rows_of_later_rounds(before, after, rows):
    """Rows of functions in which only a fix of another round shows something: a plain function that becomes a coroutine may
    have findings of its own, and awaits that no longer block may be awaited together."""
    try:
        old, new = ast.parse(before), ast.parse(after)
    except (SyntaxError, ValueError):
        return set()
    gathers = lambda tree: {node.name for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)
                            and re.search(r"gather\(|TaskGroup\(", ast.unparse(node))}
    gathering = gathers(new) - gathers(old)
    return {row for node in ast.walk(old) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and (node.name in gathering if isinstance(node, ast.AsyncFunctionDef) else node.lineno in rows)
            for row in range(node.lineno, node.end_lineno + 1)}


def changed_rows(before, after):
    """Rows of the old text that are not in the new one."""
    matcher = difflib.SequenceMatcher(None, before.split(b"\n"), after.split(b"\n"), autojunk=False)
    return {row + 1 for tag, first, last, _, _ in matcher.get_opcodes() if tag in ("replace", "delete") for row in range(first, last)}


def expect(holds, what):
    if not holds:
        raise Broken(what)


def same_texts(left, right, what):
    expect(left.keys() == right.keys(), f"{what}: other files: {sorted(left.keys() ^ right.keys())}")
    for name in left:
        expect(left[name] == right[name], f"{what}: {difference(name, left[name], right[name])}")


def git_applies(tree, diff, wanted):
    if not diff:
        return
    done = subprocess.run(["git", "apply", "--whitespace=nowarn", "-"], cwd=tree.root, input=diff, env=GIT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=TIME_LIMIT_S)
    expect(done.returncode == 0, f"git does not take the diff: {done.stderr.decode(errors='replace')}\n{diff.decode(errors='replace')}")
    same_texts(wanted, tree.texts(), "the diff gives other bytes than --fix")


def fixed_count(done):
    match = re.search(rb"^(?:Fixed|Would fix) (\d+) finding", done.stdout + done.stderr, re.M)
    expect(match, f"it does not say how many were fixed: {done.stdout[-300:]!r} {done.stderr[-300:]!r}")
    return int(match[1])


def properties(make, level, scratch):
    """Whatever the case is; gives its texts before and after."""
    words = LEVELS[level]
    tree, other = make(scratch / f"{level}-a"), make(scratch / f"{level}-b")
    before, texts = tree.findings(), tree.texts()
    diff = other.check("--diff", *words)
    same_texts(texts, other.texts(), "--diff writes")
    modes = {name: (tree.root / name).stat().st_mode for name in texts}
    done = tree.check("--fix-only", *words)
    fixed = tree.texts()
    expect(modes == {name: (tree.root / name).stat().st_mode for name in fixed}, "a mode changed")
    expect((diff.returncode == 1) == (fixed != texts), f"--diff ends with {diff.returncode}")
    expect(fixed_count(diff) == fixed_count(done), "--diff and --fix count differently")
    git_applies(other, diff.stdout, fixed)
    for name, text in fixed.items():
        if name.endswith(".py") and text != texts[name] and compiles(texts[name], name):
            expect(compiles(text, name), f"{name} no longer compiles: {difference(name, texts[name], text)}")
    after = tree.findings()
    left, was = counted(after), counted(before)
    gone = sum(max(0, was[key] - left.get(key, 0)) for key in was)
    expect((fixed != texts) == (fixed_count(done) > 0), f"{fixed_count(done)} fixed")
    expect(gone > 0 or not fixed_count(done), "fixed, but all findings are left")
    more = [key for key in was if left.get(key, 0) > was[key]]
    expect(not more, f"more findings than before: {more}")
    again = tree.check("--fix-only", *words)
    same_texts(fixed, tree.texts(), "fixing again changes more")
    expect(fixed_count(again) == 0, "fixing again fixes something")
    rows = rows_of_edits(before, tree.root)
    for name, text in fixed.items():
        allowed = rows.get(name, set())
        more = changed_rows(texts[name], text) - allowed - rows_of_later_rounds(texts[name], text, allowed)
        expect(not more, f"{name}: rows {sorted(more)} changed that no edit touches")
    return before, texts, fixed


def standard_input(tree, case, level, texts, fixed):
    if len(texts) != 1:
        return
    name = next(iter(texts))
    command = [tree.binary, "check", "--isolated", "--no-cache", "--fix", *LEVELS[level], *tree.arguments, "--stdin-filename", name]
    done = subprocess.run(command, cwd=tree.root, input=texts[name], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIME_LIMIT_S)
    expect(done.returncode in (0, 1) and done.stdout == fixed[name], "standard input gives another text than the file")


def unfixed_marks(case, before, texts):
    for name, text in texts.items():
        for row, line in enumerate(text.decode("latin-1").split("\n"), 1):
            mark = UNFIXED.search(line)
            here = [" ".join(item["refused"]) for item in before
                    if item["location"]["row"] == row and item["filename"].endswith("/" + name)]
            expect(not mark or any(mark[1] in reason for reason in here), f"{name}:{row}: unfixed: {here}, expected {mark and mark[1]!r}")


def joined(case, texts):
    """One text of the files of a case, in the case's order."""
    if not is_split(case):
        return texts[case.name]
    names = [match[1] for line in fixtures.read_lines(case) if (match := fixtures.SEPARATOR.match(line.rstrip("\r")))]
    whole = texts.get("main.py", b"") if "main.py" not in names else b""
    for name in names:
        whole += f"#-- file: {name}\n".encode() + texts[name]
    return whole.removesuffix(b"\n")  # split_files ends the last one's last line twice


def bless(case, level, texts, fixed):
    """What is not said is as the weaker level leaves it."""
    safe, unsafe = case.with_name(case.stem + ".fixed.py"), case.with_name(case.stem + ".unsafe.py")
    weaker = expected(case, "safe") if level == "unsafe" else texts
    path = unsafe if level == "unsafe" else safe
    path.unlink(missing_ok=True)
    if fixed != weaker:
        path.write_bytes(joined(case, fixed))


def check_case(binary, root, case, blesses=False):
    arguments = [] if case.is_dir() else fixtures.extra_arguments("\n".join(fixtures.read_lines(case)))
    judged = case.parent == root / "fixes"
    for level in LEVELS:
        with tempfile.TemporaryDirectory(prefix="loopsafe-fixes-") as scratch:
            scratch = pathlib.Path(scratch)
            make = lambda place: Tree(binary, case, arguments, place)
            before, texts, fixed = properties(make, level, scratch)
            if judged:
                if blesses:
                    bless(case, level, texts, fixed)
                same_texts(expected(case, level), fixed, f"after {level} fixes")
                unfixed_marks(case, before, texts)
                standard_input(make(scratch / "stdin"), case, level, texts, fixed)


def run_case(binary, root, case, blesses):
    try:
        check_case(binary, root, case, blesses)
    except (Broken, OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
        return f"FAIL {fixtures.name_of(root, case)}: {error}"
    return None


def main():
    blesses = "--bless" in sys.argv
    words = [word for word in sys.argv[1:] if word != "--bless"]
    if len(words) < 2 or (blesses and len(words) < 3):
        print(__doc__, file=sys.stderr)
        return 2
    binary, root = os.path.abspath(words[0]), pathlib.Path(words[1]).resolve()
    cases = fixtures.select(root, fixtures.find_cases(root), words[2:])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        failures = [line for line in pool.map(lambda case: run_case(binary, root, case, blesses), cases) if line]
    for line in failures:
        print(line)
    print(f"{len(cases) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
