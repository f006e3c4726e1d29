#!/usr/bin/env python3
"""The cache changes nothing but the time: whatever happened before, the output is that of a run without one.

    run.py LOOPSAFE [FILTER...]        LOOPSAFE_SANITIZED=1 for slow binaries

Each scenario changes a copy of an application and compares bytes and exit codes, without cache and with the one that
was left behind, for several formats; the counters tell that the cache was really used.
"""
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMATS = ("full", "json", "concise")
TIME_LIMIT_S = 200
SEED = 20240301
SAMPLES = 6 if os.environ.get("LOOPSAFE_SANITIZED") else 24
CACHE = ".loopsafe_cache"
REST_S = 2.2
OLD_NS = 1_500_000_000 * 10**9

STALL = "\n\nasync def added_later():\n    import time\n    time.sleep(3)\n"


class Failure(Exception):
    """The output depends on the cache."""


class Tree:
    """A copy of an application, with an installed package beside it."""

    def __init__(self, binary, place):
        self.binary = os.path.abspath(binary)
        self.path = pathlib.Path(place) / "project"
        shutil.copytree(ROOT / "fixtures/apps/shop", self.path, ignore=shutil.ignore_patterns(CACHE))
        self.write("shop/helper.py", "import time\n\n\ndef outer():\n    inner()\n\n\ndef inner():\n    time.sleep(1)\n")
        self.write("shop/entry.py", "from shop import helper\nfrom installed import slow\n\n\n"
                                    "async def entry():\n    helper.outer()\n    slow()\n")
        self.write("shop/base.py", "class Store:\n    def load(self):\n        raise NotImplementedError\n")
        self.write("shop/uses.py", "from shop.base import Store\n\n\nasync def uses(store: Store):\n    store.load()\n")
        self.write("shop/quiet.py", "VALUE = 1\n")
        self.write(".venv/pyvenv.cfg", "version = 3.12.1\n")
        self.write(self.installed, "import time\n\n\ndef slow():\n    time.sleep(1)\n")
        self.age()

    installed = ".venv/lib/python3.12/site-packages/installed/__init__.py"

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def append(self, name, text):
        path = self.path / name
        path.write_text(path.read_text() + text)

    def replace(self, name, old, new):
        path = self.path / name
        text = path.read_text()
        if old not in text:
            raise ValueError(f"{name} does not hold {old!r}")
        path.write_text(text.replace(old, new))

    def age(self):
        """As if nothing had been written for years, as far as stamps can be set."""
        for path in sorted(self.path.rglob("*"), reverse=True):
            if CACHE not in path.parts:
                os.utime(path, ns=(OLD_NS, OLD_NS))

    def start(self, arguments, **settings):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("VIRTUAL_ENV", "CONDA_PREFIX", "LOOPSAFE_OUTPUT_FORMAT")}
        return subprocess.Popen([self.binary, "check", *arguments], cwd=self.path, env=environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **settings)

    def end(self, process):
        output, errors = process.communicate(timeout=TIME_LIMIT_S)
        if process.returncode not in (0, 1):
            raise Failure(f"exit code {process.returncode}: {errors.decode(errors='replace')[-400:]}")
        return process.returncode, output

    def run(self, *arguments, **settings):
        return self.end(self.start(arguments, **settings))

    def counters(self, *arguments):
        process = self.start(["--counters", *arguments])
        _, errors = process.communicate(timeout=TIME_LIMIT_S)
        rows = [line.split() for line in errors.decode().splitlines()]
        return {row[0]: int(row[1]) for row in rows if len(row) == 2 and row[1].isdigit()}

    def compare(self, what, *arguments, **settings):
        """No cache, then with whatever lies there, twice."""
        all_wanted = []
        for name in FORMATS:
            options = ["--output-format", name, *arguments]
            wanted = self.run("--no-cache", *options)
            for turn in ("first", "second"):
                if self.run(*options, **settings) != wanted:
                    raise Failure(f"{what}: {name} differs in the {turn} run with the cache")
            all_wanted.append(wanted)
        return all_wanted

    def changes(self, what, *arguments):
        """The same, and the output is another one than before."""
        before = self.last
        self.last = self.compare(what, *arguments)
        if self.last == before:
            raise Failure(f"{what}: the change should have been seen")

    def warm(self):
        self.last = self.compare("cold")

    def rest(self):
        """Until the files were at rest for so long that their stamps are believed."""
        time.sleep(REST_S)
        self.warm()

    def entries(self):
        return sorted(path for path in (self.path / CACHE).rglob("*") if path.is_file())


def unchanged(tree):
    tree.rest()
    counted = tree.counters()
    if not counted["result_from_cache"] or counted["files_read"]:
        raise Failure(f"an unchanged tree was read again: {counted}")
    if tree.counters("--no-cache")["result_from_cache"]:
        raise Failure("--no-cache used the cache")


def touched(tree):
    tree.warm()
    for path in tree.path.rglob("*.py"):
        os.utime(path)
    if not tree.counters()["result_from_cache"]:
        raise Failure("files that were touched only made the result stale")
    tree.compare("touched")


def edited(tree):
    tree.rest()
    tree.append("shop/quiet.py", STALL)
    counted = tree.counters()
    if counted["result_from_cache"] or counted["files_outlined"] != 1 or counted["files_read"] >= counted["files_found"]:
        raise Failure(f"one file changed, others were read anew: {counted}")
    tree.changes("a stall appears")
    tree.write("shop/quiet.py", "VALUE = 1\n")
    tree.changes("a stall disappears")


def edited_within_one_stamp(tree):
    """Same size, same times, other bytes: what a coarse clock hides."""
    path = tree.path / "shop/helper.py"
    tree.rest()
    now = path.stat().st_mtime_ns
    tree.replace("shop/helper.py", "time.sleep(1)", "time.ctime(1)")
    os.utime(path, ns=(now, now))
    tree.changes("the same size and time")


def chain(tree):
    tree.rest()
    tree.replace("shop/helper.py", "def outer():\n    inner()", "def middle():\n    inner()\n\n\ndef outer():\n    middle()")
    tree.changes("a helper's chain grows")
    tree.replace("shop/helper.py", "time.sleep(1)", "pass")
    tree.changes("a helper stalls no longer")


def files_come_and_go(tree):
    tree.rest()
    tree.write("shop/zz_new.py", "import time" + STALL)
    tree.changes("a file is added")
    (tree.path / "shop/zz_new.py").unlink()
    tree.changes("a file is removed")
    (tree.path / "shop/helper.py").unlink()
    tree.changes("an imported file is removed")
    tree.write("shop/helper/__init__.py", "import time\n\n\ndef outer():\n    time.sleep(1)\n")
    tree.changes("a package takes its place")
    (tree.path / "shop/helper").rename(tree.path / "shop/other")
    tree.changes("a directory is renamed")


def subclass(tree):
    tree.rest()
    tree.write("shop/zz_sub.py", "import time\nfrom shop.base import Store\n\n\nclass Slow(Store):\n    def load(self):\n"
                                 "        time.sleep(1)\n")
    tree.compare("a class gains a subclass in a new file")
    tree.append("shop/quiet.py", "import time\nfrom shop.base import Store\n\n\nclass Slow2(Store):\n    def load(self):\n"
                                 "        time.sleep(2)\n")
    tree.compare("a class gains a subclass in an old file")
    tree.write("shop/quiet.py", "VALUE = 1\n")
    tree.compare("a class loses a subclass")


def installed(tree):
    tree.rest()
    tree.write(tree.installed, "def slow():\n    pass\n")
    tree.changes("an installed function stalls no longer")
    tree.write(tree.installed, "from installed.deep import slow\n")
    tree.compare("an installed module is missing")
    tree.write(".venv/lib/python3.12/site-packages/installed/deep.py", "import time\n\n\ndef slow():\n    time.sleep(1)\n")
    tree.changes("an installed module appears")
    shutil.rmtree(tree.path / ".venv")
    tree.changes("the environment is gone")


def shadowed(tree):
    """A module of the project takes the place of an installed one."""
    tree.warm()
    tree.write("installed.py", "def slow():\n    pass\n")
    tree.changes("a module shadows an installed one")


def options(tree):
    tree.warm()
    for arguments in (["--strict"], ["--show-info"], ["--select", "LS11"], ["--ignore", "LS110"], ["--scope", "all"],
                      ["--follow", "project"], ["--fail-on", "high"], ["--threads", "1"], ["--threads", "8"], ["--isolated"],
                      ["--exclude", "helper.py"], ["--extend-exclude", "entry.py"], ["--no-respect-gitignore"], ["shop"],
                      ["--unfixable", "LS1"], ["--fixable", "LS2"], ["--unsafe-fixes"], ["--http-client", "httpx"],
                      ["--target-version", "py39"]):
        tree.compare(" ".join(arguments), *arguments)
    tree.compare("the options of before")


def tables(tree):
    table = tree.path / "table.json"
    tree.warm()
    for effect in ("sleep", "none"):
        table.write_text('{"calls": [{"path": "shop.helper.inner", "effect": "%s"}]}' % effect)
        process = tree.start(["--rules", "table.json", "--no-cache"])
        process.communicate(timeout=TIME_LIMIT_S)
        if process.returncode not in (0, 1):
            raise Failure("the table of the test is not valid")
        tree.compare(f"a table says {effect}", "--rules", "table.json")


def configuration(tree):
    tree.warm()
    text = (tree.path / "pyproject.toml").read_text()
    tree.write("loopsafe.toml", 'ignore = ["LS110"]\n')
    tree.compare("a configuration file appears")
    tree.write("loopsafe.toml", 'cache-dir = "elsewhere"\n')
    tree.compare("another directory")
    if not (tree.path / "elsewhere/CACHEDIR.TAG").exists():
        raise Failure("cache-dir of the configuration file was not used")
    shutil.rmtree(tree.path / "elsewhere")
    tree.write("loopsafe.toml", 'cache-dir = "elsewhere"\ncache = false\n')
    tree.compare("no cache by configuration")
    if (tree.path / "elsewhere").exists():
        raise Failure("cache = false was not heard")
    tree.write("pyproject.toml", text)


def order(tree):
    tree.warm()
    names = sorted(path.relative_to(tree.path).as_posix() for path in (tree.path / "shop").rglob("*.py"))
    wanted = tree.run("--no-cache", *names)
    for seed in range(4):
        random.Random(SEED + seed).shuffle(names)
        if tree.run(*names) != wanted or tree.run(*names) != wanted:
            raise Failure("another order of the paths gives another output")


def parts(tree):
    tree.warm()
    tree.compare("one file", "shop/entry.py")
    tree.append("shop/helper.py", "\n\ndef more():\n    pass\n")
    tree.compare("one file, another changed", "shop/entry.py")
    tree.compare("all of it again")


def damaged_syntax(tree):
    """What does not parse is said of what a run reads only."""
    tree.append("shop/helper.py", "\n\ndef broken():\n    x = = 1\n\n\ndef unread():\n    y = = 2\n")
    tree.append("shop/entry.py", "    helper.broken()\n")
    tree.warm()
    tree.replace("shop/entry.py", "    helper.broken()\n", "")
    tree.compare("a damaged body is not reached any more")


def at_the_same_time(tree):
    wanted = tree.run("--no-cache")
    for count in (2, 8):
        shutil.rmtree(tree.path / CACHE, ignore_errors=True)
        for _ in range(3):
            processes = [tree.start([]) for _ in range(count)]
            if any([tree.end(process) != wanted for process in processes]):
                raise Failure(f"{count} runs at the same time disturb each other")
            tree.append("shop/quiet.py", "# more\n")
    tree.compare("afterwards")


def damaged_entries(tree):
    tree.warm()
    chance = random.Random(SEED)
    wanted = tree.run("--no-cache")
    for index in range(len(tree.entries())):
        whole = tree.entries()[index].read_bytes()
        if not whole or tree.entries()[index].name in ("CACHEDIR.TAG", ".gitignore"):
            continue
        for sample in range(SAMPLES):
            tree.append("shop/quiet.py", "#\n")
            tree.run()
            path = tree.entries()[index]
            whole = bytearray(path.read_bytes())
            at = min(len(whole) - 1, len(whole) * sample // SAMPLES + chance.randrange(1 + len(whole) // SAMPLES))
            whole[at] ^= 1 + chance.randrange(255)
            path.write_bytes(whole[:at] if sample % 5 == 4 else whole)
            if tree.run() != wanted:
                raise Failure(f"{path.name} damaged at {at}: another output")
        if not tree.counters()["result_from_cache"]:
            raise Failure(f"{path.name} was not repaired")


def cannot_be_written(tree):
    wanted = tree.run("--no-cache")
    place = tree.path / CACHE
    place.write_text("a file\n")
    if tree.run() != wanted or place.read_text() != "a file\n":
        raise Failure("a file in the cache's place")
    place.unlink()
    place.mkdir()
    (place / "foreign").write_text("not ours\n")
    if tree.run() != wanted or len(list(place.iterdir())) != 1:
        raise Failure("a directory that is not ours")
    shutil.rmtree(place)

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    if not os.environ.get("LOOPSAFE_SANITIZED") and tree.run(preexec_fn=small_files) != wanted:
        raise Failure("a full disk")
    tree.compare("afterwards")
    if os.geteuid() == 0:
        return
    place.chmod(0o500)
    (place / os.listdir(place)[0]).chmod(0o500)
    tree.append("shop/quiet.py", STALL)
    tree.compare("a directory that is read-only")
    place.chmod(0o700)


def elsewhere(tree):
    tree.compare("--cache-dir", "--cache-dir", "kept/here")
    if (tree.path / CACHE).exists():
        raise Failure("--cache-dir was not used")
    if not (tree.path / "kept/here/CACHEDIR.TAG").exists():
        raise Failure("--cache-dir was not used")
    done = subprocess.run([tree.binary, "clean", "--cache-dir", "kept/here"], cwd=tree.path, capture_output=True)
    if done.returncode or (tree.path / "kept/here").exists():
        raise Failure("clean --cache-dir left something")


def cleaned(tree):
    """From a directory below, too: where check has put it."""
    (tree.path / "loopsafe.toml").write_text("")
    tree.warm()
    done = subprocess.run([tree.binary, "clean"], cwd=tree.path / "shop", capture_output=True)
    if done.returncode or (tree.path / CACHE).exists():
        raise Failure("clean did not find the cache of the project")
    tree.write("loopsafe.toml", 'cache-dir = "elsewhere"\n')
    tree.compare("another directory")
    done = subprocess.run([tree.binary, "clean"], cwd=tree.path, capture_output=True)
    if done.returncode or (tree.path / "elsewhere").exists():
        raise Failure("clean did not hear the configuration")


def questions(tree):
    """why and graph read the facts that check has left."""
    asked = (["why", "shop.entry.entry"], ["why", "shop/entry.py:6"], ["graph"])
    answers = [subprocess.run([tree.binary, *words], cwd=tree.path, capture_output=True) for words in asked]
    tree.warm()
    for words, wanted in zip(asked, answers):
        done = subprocess.run([tree.binary, *words], cwd=tree.path, capture_output=True)
        if (done.stdout, done.returncode) != (wanted.stdout, wanted.returncode) or done.returncode > 1:
            raise Failure(f"{' '.join(words)} answers otherwise with a cache")


def standard_input(tree):
    tree.warm()
    text = (tree.path / "shop/entry.py").read_bytes() + STALL.encode()
    results = []
    for arguments in (["--no-cache"], [], []):
        command = [tree.binary, "check", *arguments, "--stdin-filename", "shop/entry.py", "-"]
        results.append(subprocess.run(command, cwd=tree.path, input=text, capture_output=True).stdout)
    if len(set(results)) != 1 or not results[0]:
        raise Failure("standard input")
    tree.compare("afterwards")


def fixes(tree):
    """Fixing neither shows an earlier result nor leaves one that is not true."""
    tree.warm()
    diff = tree.run("--diff", "--no-cache")
    if diff[0] != 1 or tree.run("--diff") != diff or tree.run("--diff") != diff:
        raise Failure("the diff differs with the cache")
    tree.compare("after the diff")
    tree.run("--fix-only")
    tree.compare("after the fix")
    tree.write("shop/late.py", STALL)
    tree.compare("something more to fix")
    tree.run("--fix-only")
    if b"time.sleep" in (tree.path / "shop/late.py").read_bytes():
        raise Failure("what came later was not fixed")
    tree.compare("after the second fix")


SCENARIOS = (unchanged, touched, edited, edited_within_one_stamp, chain, files_come_and_go, subclass, installed, shadowed,
             options, tables, configuration, order, parts, damaged_syntax, at_the_same_time, damaged_entries,
             cannot_be_written, elsewhere, cleaned, questions, standard_input, fixes)


def main():
    binary, filters = sys.argv[1], sys.argv[2:]
    chosen = [one for one in SCENARIOS if not filters or any(word in one.__name__ for word in filters)]
    failed = 0
    for scenario in chosen:
        with tempfile.TemporaryDirectory(prefix="loopsafe-cache-") as place:
            try:
                scenario(Tree(binary, place))
            except Failure as failure:
                failed += 1
                print(f"{scenario.__name__}: {failure}")
    print(f"{len(chosen) - failed} passed, {failed} failed")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
