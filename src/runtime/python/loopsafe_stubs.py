"""Stand-ins for libraries that are not installed, by tables of what each call would cost.

A file holds one table or a list of them:

    {"module": "psycopg2", "types": {"psycopg2.extensions.cursor": []},
     "same": {"psycopg2._psycopg.cursor": "psycopg2.extensions.cursor"},
     "entries": [{"path": "psycopg2.connect", "kind": "block", "ms": 5, "returns": "psycopg2.extensions.connection"},
                 {"path": "psycopg2.connect.*.execute", "kind": "block", "ms": 20},
                 {"path": "asyncpg.Connection.fetch*", "kind": "await", "ms": 20, "value": [[1]]}]}

A path names a function, a class, `Class.method`, or what hangs on what a call gives (`connect.cursor.execute`); `*` stands
for anything. `types` names classes with those that they derive from. kind: "block" holds the thread, "compute" holds thread
and GIL, "await" waits on the loop, "none" costs nothing. A stub is only asked for when the import fails, and every one that
is called is told.
"""
import asyncio
import copy
import fnmatch
import importlib
import importlib.abc
import importlib.machinery
import inspect
import json
import re
import sys
import time

NOTICES = 40  # calls that are told one by one
EXCEPTION_NAME = re.compile(r"(Error|Exception|Warning|Failure|Violation|NotFound|Conflict|Interrupt|Timeout|Denied)$")
EXCEPTION_MODULE = re.compile(r"\.(exceptions?|errors?|exc)\.")
# What members usually are whose value a program looks into.
MEMBER_VALUES = {"status_code": 200, "status": 200, "ok": True, "text": "", "content": b"", "rowcount": 1, "lastrowid": 1,
                 "headers": {}, "closed": False}
CALL_VALUES = {"fetchone": 1, "fetchrow": 1, "fetchall": 2, "fetchmany": 2, "fetch": 2, "fetchval": 3, "json": 4}


class Row(tuple):
    """A row of a result, which answers to numbers and to names."""

    def __getitem__(self, key):
        return 1 if isinstance(key, str) else super().__getitem__(0 if isinstance(key, int) else key)

    def keys(self):
        return ["id"]

    def get(self, key, default=None):
        return 1

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return 1


def usual_value(name):
    kind = CALL_VALUES.get(name)
    return {1: Row((1,)), 2: [Row((1,))], 3: 1, 4: {"ok": True}}.get(kind)


class Library:
    """What the tables say, and which of it was called."""

    def __init__(self, tables, control):
        self.control = control
        self.modules = [table["module"] for table in tables]
        self.types = {name: bases for table in tables for name, bases in table.get("types", {}).items()}
        self.same = {name: other for table in tables for name, other in table.get("same", {}).items()}
        entries = [entry for table in tables for entry in table.get("entries", ())]
        self.exact = {entry["path"]: entry for entry in entries if "*" not in entry["path"]}
        self.patterns = [entry for entry in entries if "*" in entry["path"]]
        self.classes, self.told = {}, set()

    def entry(self, names):
        for name in names:
            if name in self.exact:
                return self.exact[name]
        for name in names:
            for entry in self.patterns:
                if fnmatch.fnmatchcase(name, entry["path"]):
                    return entry
        return None

    def call(self, names, otherwise=None):
        """Does what the tables say that a call costs; `otherwise` makes its result when they say nothing of that."""
        entry = self.entry(names)
        kind = entry["kind"] if entry else "none"
        self._tell(names[0], entry)
        milliseconds = entry.get("ms", 0) if entry else 0
        if kind == "await":
            return Later(milliseconds, lambda: self._result(names, entry, otherwise))
        if kind == "block":
            time.sleep(milliseconds / 1000)
        elif kind == "compute":
            _compute(milliseconds / 1000)
        return self._result(names, entry, otherwise)

    def _result(self, names, entry, otherwise):
        if entry and "value" in entry:
            return copy.deepcopy(entry["value"])
        if entry and entry.get("returns"):
            return self.instance(entry["returns"], names)
        value = usual_value(names[0].rpartition(".")[2])
        if value is not None:
            return value
        return otherwise() if otherwise else stub_new(self, names)

    def _tell(self, name, entry):
        if not entry or entry["kind"] == "none" or name in self.told or len(self.told) >= NOTICES:
            return
        self.told.add(name)
        words = {"block": "blocks", "compute": "computes", "await": "waits"}[entry["kind"]]
        self.control.notice("%s is a stub: it %s for %g ms" % (name, words, entry.get("ms", 0)))

    def instance(self, type_name, names):
        """An object of a class of the library; it answers to the names of the chain that led to it, too."""
        made = object.__new__(self.class_of(type_name))
        made.__dict__["_stub_names"] = (type_name,) + tuple(names)
        return made

    def class_of(self, name):
        if name not in self.classes:
            last = name.rpartition(".")[2]
            space = {"__module__": name.rpartition(".")[0], "_stub_names": (name,), "_stub_library": self}
            if EXCEPTION_NAME.search(last) or EXCEPTION_MODULE.search(name):
                self.classes[name] = type(last, (Exception,), space)
            else:
                bases = tuple(self.class_of(base) for base in self.direct_bases(name))
                self.classes[name] = StubType(last, bases or (Stub,), space)
        return self.classes[name]

    def direct_bases(self, name):
        bases = [base for base in self.types.get(name, ()) if name not in self.types.get(base, ())]
        return [base for base in bases if not any(base in self.types.get(other, ()) for other in bases)]

    def is_class(self, name):
        last = name.rpartition(".")[2]
        return name in self.types or (last[:1].isupper() and not last.isupper())

    def is_module(self, name):
        prefix = name + "."
        return not self.is_class(name) and any(path.startswith(prefix) for path in list(self.exact) + list(self.types)
                                               ) and name not in self.exact


def _compute(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def stub_new(library, names):
    """The thing of that name: a class when it is spelled like one, else something that can be called and looked into."""
    if library.is_class(names[0]):
        return library.class_of(names[0])
    made = object.__new__(Stub)
    made.__dict__.update(_stub_names=tuple(names), _stub_library=library)
    return made


def member(library, names, name):
    if name.startswith("__"):
        raise AttributeError(name)
    below = tuple("%s.%s" % (owner, name) for owner in names)
    below = tuple(library.same.get(path, path) for path in below)
    if name in MEMBER_VALUES and not library.entry(below):
        return copy.copy(MEMBER_VALUES[name])
    return stub_new(library, below)


def is_decorated(arguments, options):
    """One function or class and nothing else: the call is a decorator, which leaves it as it is."""
    return len(arguments) == 1 and not options and (inspect.isfunction(arguments[0]) or isinstance(arguments[0], type))


class StubType(type):
    _stub_library = None
    _stub_names = ("stub",)

    def __getattr__(cls, name):
        if cls._stub_library is None:
            raise AttributeError(name)
        return member(cls._stub_library, _class_names(cls), name)

    def __call__(cls, *arguments, **options):
        if cls._stub_library is None or "_stub_library" not in cls.__dict__:  # the user's own subclass
            return super().__call__(*arguments, **options)
        return cls._stub_library.call(cls._stub_names, lambda: type.__call__(cls))


def _class_names(cls):
    return tuple(name for base in cls.__mro__ for name in base.__dict__.get("_stub_names", ()))


class Stub(metaclass=StubType):
    """Something of a library that is not there."""

    def __init__(self, *arguments, **options):
        super().__init__()

    def _names(self):
        own = self.__dict__.get("_stub_names", ())
        return own + tuple(name for name in _class_names(type(self)) if name not in own)

    def __getattr__(self, name):
        return member(self._stub_library, self._names(), name)

    def __call__(self, *arguments, **options):
        names = self._names()
        if is_decorated(arguments, options) and not self._stub_library.entry(names):
            return arguments[0]
        return self._stub_library.call(names)

    def _special(self, name, result):
        """`with` and `for` may cost something, too."""
        below = tuple("%s.%s" % (owner, name) for owner in self._names())
        entry = self._stub_library.entry(below)
        if entry and entry["path"].endswith(name) and entry["kind"] in ("block", "compute"):
            self._stub_library.call(below, lambda: None)
        return result

    def __enter__(self):
        return self._special("__enter__", self)

    def __exit__(self, *error):
        return self._special("__exit__", None)

    def __iter__(self):
        return self._special("__iter__", iter(()))

    def __await__(self):
        return self
        yield

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return None

    async def __aiter__(self):
        for item in ():
            yield item

    def __mro_entries__(self, bases):
        return (Stub,)

    def __class_getitem__(cls, item):
        return cls

    def __getitem__(self, key):
        return member(self._stub_library, self._names(), "item")

    def __setitem__(self, key, value):
        pass

    def __delitem__(self, key):
        pass

    def __contains__(self, item):
        return False

    def __len__(self):
        return 0

    def __bool__(self):
        return True

    def __int__(self):
        return 0

    def __float__(self):
        return 0.0

    def __str__(self):
        return "<stub %s>" % self._names()[0]

    __repr__ = __str__


class Later:
    """What a call gives that is awaited; it may also be entered, iterated, or used as what it will be."""

    def __init__(self, milliseconds, result):
        self._milliseconds, self._make = milliseconds, result

    async def _wait(self):
        await asyncio.sleep(self._milliseconds / 1000)
        return self._make()

    def __await__(self):
        return self._wait().__await__()

    async def __aenter__(self):
        return await self

    async def __aexit__(self, *error):
        return None

    async def __aiter__(self):
        result = await self
        for item in result if isinstance(result, (list, tuple)) else ():
            yield item

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._make(), name)


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes modules of the tables, after every other way of finding them has failed."""

    def __init__(self, library):
        self.library, self.found = library, []

    def used(self):
        """Names of the modules that stand in, as the tables have them."""
        return [name for name in self.library.modules
                if any(module == name or module.startswith(name + ".") for module in self.found)]

    def unknown(self):
        """Those of them of which the tables have no entry."""
        known = [path for path in self.library.exact] + [entry["path"] for entry in self.library.patterns]
        return [name for name in self.used() if not any(path == name or path.startswith(name + ".") for path in known)]

    def find_spec(self, name, path=None, target=None):
        if not self._covers(name):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def _covers(self, name):
        for module in self.library.modules:
            if name == module or module.startswith(name + "."):
                return True
            if name.startswith(module + ".") and module in self.found:
                return not self.library.is_class(name)
        return False

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name, library = module.__name__, self.library
        self.found.append(name)
        module.__version__ = "0"

        def get(attribute):
            path = "%s.%s" % (name, attribute)
            if not attribute.startswith("__") and library.is_module(path):
                return importlib.import_module(path)
            return member(library, (path.rpartition(".")[0],), attribute)

        module.__getattr__ = get


def install(path, control):
    """path: the file of tables, or None. Gives the finder, which knows what was used."""
    tables = []
    if path:
        with open(path, encoding="utf-8") as file:
            tables = json.load(file)
    finder = Finder(Library(tables if isinstance(tables, list) else [tables], control))
    if finder.library.modules:
        sys.meta_path.append(finder)
    return finder
