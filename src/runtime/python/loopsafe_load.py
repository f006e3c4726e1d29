"""From "module:attribute" to an application."""
import importlib
import inspect
import os
import sys

from loopsafe_trouble import Trouble

ASGI_PARAMETERS = ["scope", "receive", "send"]
USUAL_NAMES = ("app", "application", "asgi", "api", "create_app", "make_app", "get_app")


class App:
    """kind: "asgi", "aiohttp", or "later" when `object` has to be awaited or called on the loop first."""

    def __init__(self, kind, object_, name):
        self.kind, self.object, self.name = kind, object_, name


def load(spec, tree):
    _guard_servers()
    place, attribute = _split(spec)
    module = _import_file(place, tree) if _is_file(place, tree) else importlib.import_module(place)
    _check_home(module, tree)
    name, found = _find(module, attribute, spec)
    return application(found, name)


def application(found, name):
    """Of an application itself, of a factory, or of what a factory gave."""
    kind = kind_of(found)
    if kind == "factory":
        return application(found(), name + "()") if not name.endswith(")()") else _refuse(found, name)
    if kind in ("asgi", "aiohttp", "later"):
        return App(kind, found, name)
    if kind == "wsgi":
        raise Trouble("import", "'%s' is a WSGI application (%s): it runs on no event loop" % (name, _type_name(found)))
    return _refuse(found, name)


def _refuse(found, name):
    raise Trouble("import", "'%s' is no application but %s: it has to be an ASGI or aiohttp application, or a function "
                  "without arguments that makes one" % (name, _type_name(found)))


def _type_name(found):
    if isinstance(found, type):
        return "the class '%s'" % found.__name__
    if inspect.isroutine(found):
        return "the function '%s'" % getattr(found, "__name__", "?")
    return "of type '%s'" % type(found).__name__


# --- finding it ---


def _split(spec):
    head, colon, tail = spec.rpartition(":")
    place, attribute = (head, tail) if colon else (spec, "")
    return place, attribute[:-2] if attribute.endswith("()") else attribute


def _is_file(place, tree):
    return place.endswith(".py") or os.sep in place or os.path.isfile(os.path.join(tree, place))


def _import_file(place, tree):
    path = os.path.normpath(os.path.join(tree, place))
    if os.path.isdir(path):
        path = os.path.join(path, "__init__.py")
    if not os.path.isfile(path):
        raise Trouble("import", "the project has no file '%s'" % place)
    folder, name = os.path.split(path[:-len(".py")])
    parts = [] if name == "__init__" else [name]
    if name == "__init__":
        folder, name = os.path.split(folder)
        parts = [name]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(".".join(parts))


def _check_home(module, tree):
    file = os.path.realpath(getattr(module, "__file__", None) or "")
    if file and not file.startswith(os.path.join(os.path.realpath(tree), "")):
        raise Trouble("import", "the module '%s' was found in %s, outside of the project: only a copy of the project can "
                      "be run in two versions" % (module.__name__, file))


def _find(module, attribute, spec):
    if attribute:
        found = module
        for part in attribute.split("."):
            if not hasattr(found, part):
                raise Trouble("import", "the module '%s' has no attribute '%s'%s"
                              % (module.__name__, attribute, _suggested(module)), _file(module))
            found = getattr(found, part)
        return "%s:%s" % (module.__name__, attribute), found
    for name in USUAL_NAMES:
        if kind_of(getattr(module, name, None)):
            return "%s:%s" % (module.__name__, name), getattr(module, name)
    raise Trouble("import", "the module '%s' has no application called 'app'%s: say which attribute it is, as '%s:NAME'"
                  % (module.__name__, _suggested(module), spec), _file(module))


def _file(module):
    return getattr(module, "__file__", None)


def _suggested(module):
    names = sorted(name for name, value in vars(module).items()
                   if not name.startswith("_") and not isinstance(value, type) and kind_of(value) in ("asgi", "aiohttp")
                   and (not inspect.isroutine(value) or list(inspect.signature(value).parameters) == ASGI_PARAMETERS))
    return " (it has %s)" % ", ".join("'%s'" % name for name in names[:5]) if names else ""


# --- what it is ---


def kind_of(found):
    """ "asgi", "aiohttp", "wsgi", "factory", "later", or None."""
    if found is None:
        return None
    web = sys.modules.get("aiohttp.web")
    if web and isinstance(found, web.Application):
        return "aiohttp"
    if inspect.isawaitable(found):
        return "later"
    if not callable(found):
        return None
    return _kind_by_arguments(found)


def _kind_by_arguments(found):
    try:
        parameters = list(inspect.signature(found).parameters.values())
    except (TypeError, ValueError):
        return None
    if isinstance(found, type):
        return "factory" if not _required(parameters) else None
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return "asgi"
    required = _required(parameters)
    if required == 0 and len(_positional(parameters)) != 3:
        return "later" if inspect.iscoroutinefunction(found) else "factory"
    if len(_positional(parameters)) >= 3 and required <= 3:
        return "asgi"
    return "wsgi" if required == 2 else None


def _positional(parameters):
    return [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]


def _required(parameters):
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return sum(p.default is p.empty and p.kind not in kinds for p in parameters)


# --- an application that serves itself while it is imported ---


def _guard_servers():
    """`uvicorn.run(app)` without a guard for the main module would never come back."""
    uvicorn = sys.modules.get("uvicorn")
    if not uvicorn:
        return

    def run(*arguments, **options):
        raise Trouble("import", "the module starts a server while it is imported: put uvicorn.run behind "
                      "`if __name__ == \"__main__\":`")

    uvicorn.run = run
