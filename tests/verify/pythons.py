"""Interpreters to test with: those that LOOPSAFE_PYTHONS lists (separated as PATH is); else the one that runs the test, and of each
other version the first that is found as python3.X of PATH or among pyenv's. None of these has to be there but the first.
"""
import os
import pathlib
import shutil
import subprocess
import sys

OLDEST, NEWEST = 8, 14
SCRIPT = "import sys; assert sys.implementation.name == 'cpython'; print(*sys.version_info[:3], sys.abiflags)"


def _version(path):
    """(3, 11, 2); of a build with flags (3, 13, 0, 't'); None: it does not run."""
    try:
        told = subprocess.run([path, "-c", SCRIPT], capture_output=True, text=True, timeout=20).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (*map(int, told[:3]), *told[3:]) if len(told) >= 3 else None


def _listed():
    return [path for path in os.environ.get("LOOPSAFE_PYTHONS", "").split(os.pathsep) if path]


def _found():
    names = ["python3.%d" % minor for minor in range(OLDEST, NEWEST + 1)]
    root = pathlib.Path(os.environ.get("PYENV_ROOT") or pathlib.Path.home() / ".pyenv")
    return [sys.executable] + [shutil.which(name) for name in names] + sorted(map(str, root.glob("versions/3.*/bin/python3")))


def find():
    """[(version, path)], the oldest first; one a minor version, of those that are listed one a version."""
    found, listed = {}, _listed()
    for path in filter(None, listed or _found()):
        version = _version(path)
        if version and version >= (3, OLDEST):
            found.setdefault(version if listed else (version[:2], version[3:]), (version, path))
    return sorted(found.values())


def is_first(path):
    """Whether everything is tested with it; with the others what depends on the interpreter."""
    return bool(_listed()) or path == sys.executable


def names(found):
    return ", ".join(".".join(map(str, version)) for version, _ in found) or "none"
