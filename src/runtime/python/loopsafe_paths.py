"""Where modules come from: the copy that is served, never the folder that it is a copy of."""
import importlib.abc
import os
import sys

# What the reference runtime stands in for, each only when it is not installed.
REFERENCE_TOPS = ("fastapi", "starlette", "pydantic")


def prepare(tree, origin, own_folder):
    """Puts the tree first, leads entries of the original folder (PYTHONPATH, editable installs) to the copy, and takes
    our own folder off the path: the application could find a module of ours there."""
    kept = [_led(entry, origin, tree) for entry in sys.path if os.path.abspath(entry or os.curdir) != own_folder]
    first = [tree]
    source = os.path.join(tree, "src")
    if os.path.isdir(source) and not os.path.exists(os.path.join(source, "__init__.py")):
        first.append(source)
    sys.path[:] = first + [entry for entry in kept if entry not in first]
    _lead_editable_finders(origin, tree)


def _led(path, origin, tree):
    """The same place in the copy; what was not copied (an environment below the project) stays where it is."""
    if not origin or not path:
        return path
    absolute = os.path.abspath(path)
    if absolute != origin and not absolute.startswith(os.path.join(origin, "")):
        return path
    copy = os.path.join(tree, os.path.relpath(absolute, origin)) if absolute != origin else tree
    return copy if os.path.exists(copy) else path


def _lead_editable_finders(origin, tree):
    """An editable install may map names to folders in a module of its own."""
    for name, module in list(sys.modules.items()):
        mapping = getattr(module, "MAPPING", None) if name.startswith("__editable__") else None
        if isinstance(mapping, dict):
            for package, path in list(mapping.items()):
                mapping[package] = _led(path, origin, tree)


class Reference(importlib.abc.MetaPathFinder):
    """Offers the reference runtime under a framework's name; it is asked last, when nothing else has the module."""

    used = False
    runtime = None

    def __init__(self):
        self.given = set()

    def find_spec(self, name, path=None, target=None):
        parent = name.rpartition(".")[0]
        if name.split(".")[0] not in REFERENCE_TOPS or (parent and parent not in self.given):
            return None
        spec = self.runtime.spec_of(name)
        self.given.update([name] if spec else [])
        self.used = self.used or (spec is not None and name == "fastapi")
        return spec


def allow_reference(allowed):
    """To be called before `prepare`, while our modules can still be found."""
    finder = Reference()
    if allowed:
        import loopsafe_shim

        finder.runtime = loopsafe_shim
        sys.meta_path.append(finder)
    return finder
