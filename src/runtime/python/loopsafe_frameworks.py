"""What an application is made of: framework, routes with their functions, OpenAPI schema."""
import functools
import inspect
import linecache
import re
import sys

MIDDLEWARE_DEPTH = 12
HEADER_ROWS = 60  # of decorators above a `def`
# Frameworks by the package of the application's class, with what they are called in a report.
DISTRIBUTIONS = {"fastapi": "fastapi", "starlette": "starlette", "quart": "quart", "aiohttp": "aiohttp", "django": "django",
                 "litestar": "litestar", "falcon": "falcon", "blacksheep": "blacksheep"}


class Described:
    def __init__(self):
        self.routes, self.notices, self.openapi = [], [], None


def framework(app):
    return framework_of(unwrapped(app.object))


def describe(app):
    """A framework that is unknown has no routes and is served all the same."""
    inner = unwrapped(app.object)
    described = Described()
    reader = _reader_of(app, inner)
    try:
        for methods, path, endpoint in reader(inner):
            _add(described, methods, path, endpoint)
    except Exception as error:  # its insides are of another version than those that are known
        described.notices.append("the routes of %s cannot be read: %s: %s"
                                 % (framework_of(inner), type(error).__name__, error))
    described.routes = without_heads(described.routes)
    described.openapi = _openapi(inner, described.notices)
    return described


def without_heads(routes):
    """HEAD is the framework's own beside a GET of the same path."""
    got = {route["path"] for route in routes if route["method"] == "GET"}
    return [route for route in routes if route["method"] != "HEAD" or route["path"] not in got]


def unwrapped(object_):
    """What middleware that was put around an application holds."""
    for _ in range(MIDDLEWARE_DEPTH):
        inner = getattr(object_, "app", None)
        if framework_name(object_) or inner is None or not callable(inner):
            break
        object_ = inner
    return object_


def framework_name(object_):
    for base in type(object_).__mro__:
        top = base.__module__.split(".")[0]
        if top in DISTRIBUTIONS and ("middleware" not in base.__module__):
            return top
    return None


def framework_of(object_):
    name = framework_name(object_)
    return "%s %s" % (DISTRIBUTIONS[name], version_of(name)) if name else "ASGI"


def version_of(name):
    version = getattr(sys.modules.get(name), "__version__", None)
    if isinstance(version, str):
        return version
    try:
        from importlib.metadata import version as installed

        return installed(name)
    except Exception:
        return "?"


# --- routes: (methods, path template, endpoint) ---


def _reader_of(app, inner):
    if app.kind == "aiohttp":
        return _aiohttp_routes
    if hasattr(inner, "url_map") and hasattr(inner, "view_functions"):
        return _quart_routes
    if framework_name(inner) == "django":
        return _django_routes
    if hasattr(inner, "websockets"):
        return _reference_routes
    return lambda object_: _starlette_routes(getattr(object_, "routes", None) or (), "")


def _reference_routes(app):
    yield from _starlette_routes(app.routes, "")
    for path in app.websockets:
        yield None, path, None


def _starlette_routes(routes, prefix):
    for route in routes:
        if hasattr(route, "effective_route_contexts"):  # a router that is included as it is, from FastAPI 0.13x on
            for context in route.effective_route_contexts():
                yield getattr(context, "methods", None), prefix + plain_path(context), context.endpoint
        elif getattr(route, "endpoint", None) is not None:
            yield _methods(route), prefix + plain_path(route), route.endpoint
        elif getattr(route, "routes", None):
            yield from _starlette_routes(route.routes, prefix + getattr(route, "path", ""))


def _methods(route):
    """None: no HTTP."""
    methods = getattr(route, "methods", None)
    if methods or "WebSocket" in type(route).__name__:
        return methods
    return _class_methods(route.endpoint) or ["GET"]


def _class_methods(endpoint):
    names = ("get", "post", "put", "patch", "delete")
    return [name.upper() for name in names if isinstance(endpoint, type) and hasattr(endpoint, name)]


def plain_path(route):
    """`/orders/{order_id:int}` without the converter."""
    path = getattr(route, "path_format", None) or getattr(route, "path", "")
    return re.sub(r"\{(\w+):[^}]*\}", r"{\1}", path)


def _quart_routes(app):
    for rule in app.url_map.iter_rules():
        view = app.view_functions.get(rule.endpoint)
        if view is None or rule.endpoint.endswith("static"):
            continue
        methods = None if getattr(rule, "is_websocket", False) or getattr(rule, "websocket", False) else rule.methods
        yield methods, re.sub(r"<(?:[^:<>]*:)?(\w+)>", r"{\1}", rule.rule), getattr(view, "view_class", view)


def _aiohttp_routes(app):
    for route in app.router.routes():
        resource = route.resource
        path = resource.canonical if resource is not None else None
        if path is None or not hasattr(route, "handler") or type(resource).__name__ == "StaticResource":
            continue
        methods = [route.method] if route.method != "*" else _class_methods(route.handler) or ["GET"]
        yield methods, path, route.handler


def _django_routes(app):
    from django.urls import get_resolver

    yield from _django_patterns(get_resolver().url_patterns, "/")


def _django_patterns(patterns, prefix):
    for pattern in patterns:
        path = prefix + _django_path(str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            yield from _django_patterns(pattern.url_patterns, path)
        else:
            view = pattern.callback
            class_ = getattr(view, "view_class", None)
            yield (_class_methods(class_) if class_ else ["GET"]), path, class_ or view


def _django_path(text):
    """Of a route `orders/<int:pk>/` or a regular expression `^orders/(?P<pk>\\d+)/$`."""
    text = re.sub(r"<(?:[^:<>]*:)?(\w+)>", r"{\1}", re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", text))
    return text.lstrip("^").rstrip("$").replace("\\Z", "")


# --- one route ---


def _add(described, methods, path, endpoint):
    if methods is None:
        described.notices.append("%s is a websocket, which is not driven" % path)
        return
    for method in sorted(set(methods) - {"OPTIONS"}):
        function = _function_of(endpoint, method)
        file, row, end_row = position(function)
        described.routes.append({
            "method": method, "path": path, "function": getattr(function, "__qualname__", type(function).__name__),
            "file": file, "row": row, "end_row": end_row, "async": is_async(function)})


def _function_of(endpoint, method):
    """A class-based view answers a method with its own method."""
    if isinstance(endpoint, type):
        return getattr(endpoint, method.lower(), endpoint)
    return endpoint


def is_async(function):
    if isinstance(function, functools.partial):
        return is_async(function.func)
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return True
    call = None if inspect.isroutine(function) or isinstance(function, type) else getattr(function, "__call__", None)
    return inspect.iscoroutinefunction(call)


def position(function):
    """File, row of its `def`, last row; (None, 0, 0) when it was not written in Python."""
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function)
    if not inspect.isroutine(function) and not isinstance(function, type):
        function = getattr(type(function), "__call__", function)
    code = getattr(function, "__code__", None)
    if code is None:
        return None, 0, 0
    return code.co_filename, _def_row(code), max(_rows(code))


def _def_row(code):
    for row in range(code.co_firstlineno, code.co_firstlineno + HEADER_ROWS):
        if re.match(r"\s*(async\s+)?def\b", linecache.getline(code.co_filename, row)):
            return row
    return code.co_firstlineno


def _rows(code):
    import dis

    yield code.co_firstlineno
    for _, row in dis.findlinestarts(code):
        if row:
            yield row
    for constant in code.co_consts:
        if hasattr(constant, "co_code"):
            yield from _rows(constant)


# --- schema ---


def _openapi(app, notices):
    make = getattr(app, "openapi", None)
    if not callable(make) or not getattr(app, "routes", None):
        return None
    try:
        schema = make()
    except Exception as error:
        notices.append("the application cannot describe itself (OpenAPI): %s: %s" % (type(error).__name__, error))
        return None
    return _finite(schema) if isinstance(schema, dict) else None


def _finite(value):
    """JSON has no infinity: such a bound is none."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
