"""The modules that imports find are those that CPython's importlib finds, in random trees of empty files.

    python3 tests/modules/run.py build/dev/modules_dump

A tree has packages, namespace packages, modules, and names that are several of these at once; half of them have an
environment beside the project that holds the same names. Names of one depth are not used at another, so that what a
project's other roots hold does not answer.
"""
import importlib.util
import json
import pathlib
import random
import subprocess
import sys
import tempfile

TREES = 60
NAMES = ["abc_", "d_e", "fgh"], ["k", "l", "m"], ["x", "y"]
SITE = f".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages"


def make_tree(rng, directory, depth):
    """Files and packages below a directory, with what looks like them."""
    for name in NAMES[depth]:
        for kind, chance in ("module", .4), ("package", .35), ("directory", .3), ("stub", .1), ("other case", .1):
            if rng.random() > chance:
                continue
            if kind in ("package", "directory"):
                (directory / name).mkdir(exist_ok=True)
                if kind == "package":
                    (directory / name / "__init__.py").touch()
                if depth + 1 < len(NAMES):
                    make_tree(rng, directory / name, depth + 1)
            else:
                (directory / {"module": f"{name}.py", "stub": f"{name}.pyi", "other case": f"{name.upper()}.py"}[kind]).touch()


FIND = """
import importlib.util, json, sys
sys.dont_write_bytecode = True
names, search_path = json.load(sys.stdin)
sys.path[:0] = search_path
found = {}
for name in names:
    try:
        spec = importlib.util.find_spec(name)
    except ImportError:
        spec = None
    found[name] = (spec.origin or "namespace") if spec else "nothing"
json.dump(found, sys.stdout)
"""


def find_all(names, search_path, root):
    """Name -> path below root of the module as importlib finds it, `namespace` or `nothing`."""
    request = json.dumps([sorted(names), search_path])
    # -I: nothing of the surroundings stands on the search path; -S: nothing installed either.
    answer = subprocess.run([sys.executable, "-I", "-S", "-c", FIND], input=request, capture_output=True, text=True, check=True)
    return {name: path.replace(f"{root}/", "", 1) for name, path in json.loads(answer.stdout).items()}


def package_of(file):
    parts = pathlib.PurePosixPath(file).with_suffix("").parts
    return ".".join(parts[:-1])


def name_of(file):
    parts = pathlib.PurePosixPath(file).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def absolute(file, level, name):
    """None: the import leaves the top package."""
    if not level:
        return name
    package = package_of(file)
    try:
        return importlib.util.resolve_name("." * level + name, package) if package else None
    except ImportError:
        return None


def questions(rng, files):
    for file in files:
        for _ in range(8):
            parts = [rng.choice(names) for names in NAMES[:rng.randint(1, len(NAMES))]]
            yield file, 0, ".".join(parts)
        depth = file.count("/")
        for level in range(1, depth + 2):
            below = NAMES[depth - level + 1] if 0 <= depth - level + 1 < len(NAMES) else []
            for name in [""] + rng.sample(below, len(below)):
                yield file, level, name


def is_completed(truth, name, search_path):
    """Whether a package of the project lacks the module: an installed one of the same name may have it."""
    return truth[name] == "nothing" and len(search_path) > 1 and truth[name.split(".")[0]] not in ("nothing", "namespace")


def is_asked(truth, file, level):
    """Relative imports mean something in modules of packages that can be imported themselves."""
    return not level or (package_of(file) and truth[name_of(file)] == file)


def plant(rng, root, is_with_environment):
    """The search path."""
    make_tree(rng, root, 0)
    (root / "main.py").touch()
    if not is_with_environment:
        return [str(root)]
    (root / SITE).mkdir(parents=True)
    make_tree(rng, root / SITE, 0)
    return [str(root), str(root / SITE)]


def check_tree(seed, tool):
    """How many questions were answered, and what is wrong."""
    rng, count, wrong = random.Random(seed), 0, []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        search_path = plant(rng, root, seed % 2)
        files = sorted(str(file.relative_to(root)) for file in root.rglob("*.py") if ".venv" not in file.parts)
        asked = [(*one, absolute(*one) or "") for one in questions(rng, files)]
        lines = "".join(f"{file}\t{level}\t{name}\n" for file, level, name, _ in asked)
        answers = subprocess.run([tool], input=lines, cwd=root, capture_output=True, text=True, check=True).stdout.splitlines()
        assert len(answers) == len(asked), "the tool ended early"
        names = {meant for *_, meant in asked if meant} | {name_of(file) for file in files}
        truth = {"": "nothing", **find_all(names | {name.split(".")[0] for name in names}, search_path, root)}
        for (file, level, name, meant), found in zip(asked, answers):
            if not is_asked(truth, file, level):
                continue
            count += 1
            if found != truth[meant] and not is_completed(truth, meant, search_path):
                wrong.append(f"tree {seed}: {'.' * level}{name} in {file}: {found} instead of {truth[meant]}")
        return count, wrong


def main():
    tool = str(pathlib.Path(sys.argv[1]).resolve())
    failures, passed = [], 0
    for seed in range(TREES):
        asked, wrong = check_tree(seed, tool)
        failures += wrong
        passed += asked - len(wrong)
    print("\n".join(failures[:40]))
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures or passed < TREES else 0


sys.exit(main())
