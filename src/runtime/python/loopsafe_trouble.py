"""Why an application does not start, in one line: what is missing, where, and which option helps."""
import os
import re
import sys
import traceback

LINE_CHARACTERS = 400
CHAIN_LENGTH = 20  # causes of causes


class Trouble(Exception):
    """stage: import, start or serve."""

    def __init__(self, stage, message, file=None, row=0):
        super().__init__(message)
        self.stage, self.message, self.file, self.row = stage, one_line(message), file, row


def one_line(text):
    text = " ".join(str(text).split())
    return text if len(text) <= LINE_CHARACTERS else text[:LINE_CHARACTERS - 3] + "..."


def explain(stage, error, app, tree):
    """The Trouble that an exception of the application means."""
    if isinstance(error, Trouble):
        return error
    file, row = place(error, tree)
    for explanation in (_of_syntax, _of_module, _of_environment, _of_settings, _of_connection, _of_exit, _of_debugger):
        message = explanation(error, app, tree)
        if message:
            return Trouble(stage, message, file, row)
    return Trouble(stage, described(error), file, row)


def described(error):
    text = str(error)
    return "%s: %s" % (type(error).__name__, text) if text else type(error).__name__


def chain(error):
    """The error, then what it came from; of a group its members."""
    waiting, seen = [error], []
    while waiting and len(seen) < CHAIN_LENGTH:
        current = waiting.pop(0)
        if current is None or any(current is other for other in seen):
            continue
        seen.append(current)
        waiting += list(getattr(current, "exceptions", None) or ())
        waiting += [current.__cause__, current.__context__]
    return seen


def frames(error):
    """(frame, row) of its traceback, innermost first."""
    return list(traceback.walk_tb(error.__traceback__))[::-1]


def is_project(file, tree):
    """Not of code without a file of its own: <frozen os>, loop.pyx."""
    path = os.path.abspath(file)
    return path.startswith(os.path.join(tree, "")) and "site-packages" not in path and os.path.isfile(path)


def place(error, tree):
    """The innermost line of the project that the error passed; (None, 0) when it passed none."""
    for current in chain(error):
        if isinstance(current, SyntaxError) and current.filename and is_project(current.filename, tree):
            return current.filename, current.lineno or 0
        for frame, row in frames(current):
            if is_project(frame.f_code.co_filename, tree):
                return os.path.abspath(frame.f_code.co_filename), row
    return None, 0


# --- what it may be ---


def _of_syntax(error, app, tree):
    if not isinstance(error, SyntaxError):
        return None
    version = "%d.%d" % sys.version_info[:2]
    where = "" if error.filename and is_project(error.filename, tree) else " in %s" % error.filename
    return "is not valid for Python %s: %s%s" % (version, error.msg, where)


def _of_module(error, app, tree):
    missing = next((e for e in chain(error) if isinstance(e, ModuleNotFoundError) and e.name), None)
    if not missing:
        return None
    top = missing.name.split(".")[0]
    if is_of_tree(top, tree) or top == app.split(":")[0].split(".")[0]:
        return "the project has no module '%s' (APP is 'module:attribute' or 'path/file.py:attribute')" % missing.name
    return ("needs the module '%s', which %s cannot import: install it there, or let a stub stand in for it (--stub %s)"
            % (missing.name, sys.executable, top))


def is_of_tree(top, tree):
    return any(os.path.exists(os.path.join(root, top + end)) for root in (tree, os.path.join(tree, "src"))
               for end in ("", ".py"))


ENVIRONMENT = (
    re.compile(r"[Ee]nvironment variables? ['\"]?([A-Za-z_]\w*)['\"]? (?:is |was )?(?:not set|missing|required|unset)"),
    re.compile(r"^([A-Z_][A-Z0-9_]+) not found\. Declare it as envvar"),
    re.compile(r"^Config '([A-Za-z_]\w*)' is missing"),
    re.compile(r"(?:[Ss]et|[Mm]issing|[Uu]nset|required) (?:the |required )?(?:environment|env) var(?:iable)?:? "
               r"['\"]?([A-Za-z_]\w*)"),
    re.compile(r"[Ss]et the ([A-Z_][A-Z0-9_]+) environment variable"),
    re.compile(r"^([A-Z][A-Z0-9_]{2,}) (?:is |was )?(?:not set|missing|required|must be set|is required)"),
)


def needs(names):
    wanted = ", ".join("'%s'" % name for name in names)
    options = " ".join("--env %s=value" % name for name in names)
    plural = "s" if len(names) > 1 else ""
    return "needs the environment variable%s %s (%s)" % (plural, wanted, options)


def _of_environment(error, app, tree):
    for current in chain(error):
        name = _missing_variable(current)
        if name:
            return needs([name])
    return None


def _missing_variable(error):
    if isinstance(error, KeyError) and error.args:
        for frame, _ in frames(error)[:1]:
            code = frame.f_code
            if code.co_name == "__getitem__" and frame.f_locals.get("self") is os.environ:
                return str(error.args[0])
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    matches = (pattern.search(text) for pattern in ENVIRONMENT)
    return next((match.group(1) for match in matches if match), None)


def _of_settings(error, app, tree):
    """A settings class of pydantic, of version 1 or 2, whose fields have no value."""
    for current in chain(error):
        if type(current).__name__ != "ValidationError" or not callable(getattr(current, "errors", None)):
            continue
        settings = _settings_class(current)
        missing = [item["loc"][0] for item in current.errors() if "missing" in str(item.get("type")) and item.get("loc")]
        if settings and missing:
            return needs([_variable_of(settings, str(field)) for field in missing])
    return None


def _settings_class(error):
    for frame, _ in frames(error):
        for name in ("self", "__pydantic_self__"):
            owner = type(frame.f_locals.get(name))
            if any(base.__name__ == "BaseSettings" for base in owner.__mro__):
                return owner
    title = getattr(error, "model", None)  # version 1
    is_settings = isinstance(title, type) and any(base.__name__ == "BaseSettings" for base in title.__mro__)
    return title if is_settings else None


def _variable_of(settings, field):
    prefix = ""
    config = getattr(settings, "model_config", None)
    if isinstance(config, dict):
        prefix = config.get("env_prefix") or ""
    elif hasattr(settings, "__config__"):
        prefix = getattr(settings.__config__, "env_prefix", "")
    return field.upper() if field.upper().startswith(prefix.upper()) else (prefix + field).upper()


REFUSED = re.compile(r"\[Errno (?:111|101|113)\]|Error (?:111|101|113)\b|[Cc]onnection refused|Connect call failed|"
                     r"Network is unreachable")
UNKNOWN_NAME = re.compile(r"Name or service not known|Temporary failure in name resolution|nodename nor servname|"
                          r"getaddrinfo failed|could not translate host name")
ADDRESSES = (
    re.compile(r"server at \"(?P<host>[^\"]+)\".*?port (?P<port>\d+)"),
    re.compile(r"host=['\"]?(?P<host>[\w.-]+)['\"]?, port=(?P<port>\d+)"),
    re.compile(r"(?:connecting to|connect to host|connect to|to) (?P<host>[\w.-]+):(?P<port>\d+)"),
    re.compile(r"\('(?P<host>[^']+)', (?P<port>\d+)"),
    re.compile(r"(?P<host>\d+\.\d+\.\d+\.\d+|[A-Za-z][\w-]*(?:\.[\w-]+)*):(?P<port>\d{2,5})\b"),
)
SERVICES = {5432: "postgres", 6379: "redis"}


def _of_connection(error, app, tree):
    errors = chain(error)
    text = " ".join(str(current) for current in errors)
    is_refused = REFUSED.search(text) or any(isinstance(current, ConnectionRefusedError) for current in errors)
    is_unknown = UNKNOWN_NAME.search(text)
    if not is_refused and not is_unknown:
        return None
    host, port = _address(errors)
    where = "%s:%d" % (host, port) if host else "another program"
    what = "refuses the connection" if is_refused else "has a name that does not resolve"
    return "needs %s, which %s (%s)" % (where, what, _service(host, port))


def _service(host, port):
    if port in SERVICES:
        return "--service %s starts one" % SERVICES[port]
    if not host:
        return "--service or --stand-in"
    return "--stand-in %s:%d=100 answers HTTP in its place" % (host, port)


def _address(errors):
    for current in errors:
        for pattern in ADDRESSES:
            match = pattern.search(str(current))
            if match:
                return match.group("host"), int(match.group("port"))
    for current in errors:
        for frame, _ in frames(current):
            host, port = _address_of(frame.f_locals)
            if host:
                return host, port
    return None, 0


def _address_of(names):
    """What libraries call the address in the functions that connect."""
    for name in ("address", "addr", "sockaddr"):
        address = names.get(name)
        if isinstance(address, tuple) and len(address) >= 2 and isinstance(address[1], int):
            return str(address[0]), address[1]
    holders = [names.get("self"), names.get("conn")]
    pairs = [(names.get("host"), names.get("port")), (names.get("remote_host"), names.get("remote_port"))]
    pairs += [(getattr(holder, "host", None), getattr(holder, "port", None)) for holder in holders]
    return next((pair for pair in pairs if isinstance(pair[0], str) and isinstance(pair[1], int)), (None, 0))


def _of_debugger(error, app, tree):
    if type(error).__name__ != "BdbQuit":
        return None
    return "stops in a debugger, which nobody answers here: take out the breakpoint"


def _of_exit(error, app, tree):
    if not isinstance(error, SystemExit):
        return None
    return "the application ends the process itself (sys.exit(%r))" % (error.code,)
