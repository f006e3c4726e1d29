"""Interpreters to test with: those that LOOPSAFE_PYTHONS lists (separated as PATH is), else python3.8 … python3.14 of PATH."""
import os
import shutil
import subprocess
import sys

OLDEST, NEWEST = 8, 14


def _version(path):
    """(3, 11, 2); None: it does not run."""
    script = "import sys; print(*sys.version_info[:3])"
    try:
        told = subprocess.run([path, "-c", script], capture_output=True, text=True, timeout=20).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return tuple(map(int, told)) if len(told) == 3 else None


def _candidates():
    listed = [path for path in os.environ.get("LOOPSAFE_PYTHONS", "").split(os.pathsep) if path]
    return listed or [shutil.which("python3.%d" % minor) for minor in range(OLDEST, NEWEST + 1)] + [sys.executable]


def find():
    """[(version, path)], the oldest first, one a version."""
    found = {}
    for path in filter(None, _candidates()):
        version = _version(path)
        if version and version >= (3, OLDEST):
            found.setdefault(version, path)
    return sorted(found.items())


def names(found):
    return ", ".join(".".join(map(str, version)) for version, _ in found) or "none"
