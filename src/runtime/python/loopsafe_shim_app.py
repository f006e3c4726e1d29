"""Applications, routers, dependencies of the reference runtime."""
import contextlib
import functools
import http
import inspect
import json
import re
import traceback
import typing

import loopsafe_shim_http as web
import loopsafe_shim_model as model
from loopsafe_shim_model import NO_VALUE

try:
    from typing import Annotated
except ImportError:  # Python 3.8
    Annotated = None


class HTTPException(Exception):
    def __init__(self, status_code, detail=None, headers=None):
        super().__init__(status_code, detail)
        self.status_code, self.headers = status_code, headers
        self.detail = http.HTTPStatus(status_code).phrase if detail is None else detail


class RequestValidationError(Exception):
    def __init__(self, errors):
        super().__init__(errors)
        self.errors_ = errors

    def errors(self):
        return self.errors_


# --- where the value of a parameter comes from ---


class Source(model.FieldInfo):
    place = ""

    def __init__(self, default=NO_VALUE, alias=None, **options):
        super().__init__(default, options.pop("default_factory", None), **options)
        self.alias = alias


def _source(name):
    return type(name.title(), (Source,), {"place": name})


Query, Path, Body, Header, Cookie, Form, File = map(_source, ("query", "path", "body", "header", "cookie", "form", "file"))


class Depends:
    def __init__(self, dependency=None, use_cache=True, scopes=None, **options):
        self.dependency, self.use_cache = dependency, use_cache


Security = Depends


class Parameter:
    """One parameter of an endpoint or a dependency."""

    def __init__(self, name, annotation, source, default):
        self.name, self.annotation, self.source, self.default = name, annotation, source, default

    @property
    def place(self):
        return self.source.place

    @property
    def key(self):
        if self.source.alias:
            return self.source.alias
        return self.name.replace("_", "-") if self.place == "header" else self.name


@functools.lru_cache(maxsize=None)
def parameters_of(function, path_names):
    """A Parameter, a Depends or a class to hand in, by name."""
    hints = _hints(function)
    found = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        annotation, marker = _unpack(hints.get(name, NO_VALUE))
        default = NO_VALUE if parameter.default is parameter.empty else parameter.default
        if isinstance(default, (Depends, Source)):
            marker, default = default, NO_VALUE
        found[name] = _parameter(name, annotation, marker, default, path_names)
    return found


def _hints(function):
    target = function.__init__ if isinstance(function, type) else function
    target = target if inspect.isroutine(target) else type(target).__call__
    options = {"include_extras": True} if Annotated else {}
    try:
        return typing.get_type_hints(target, **options)
    except NameError:
        return dict(getattr(target, "__annotations__", {}))


def _unpack(annotation):
    """Of Annotated the type and what marks it."""
    extras = getattr(annotation, "__metadata__", ())
    marker = next((extra for extra in extras if isinstance(extra, (Depends, Source))), None)
    return (annotation.__origin__ if extras else annotation), marker


HANDED_IN = (web.Request, web.Response, web.BackgroundTasks)


def _parameter(name, annotation, marker, default, path_names):
    if isinstance(marker, Depends):
        return marker if marker.dependency else Depends(annotation, marker.use_cache)
    if isinstance(annotation, type) and issubclass(annotation, HANDED_IN):
        return next(kind for kind in HANDED_IN if issubclass(annotation, kind))
    source = marker or _usual_source(name, annotation, path_names)
    if marker and default is NO_VALUE and not marker.required:
        default = marker.value()
    return Parameter(name, annotation, source, default)


def _usual_source(name, annotation, path_names):
    if name in path_names:
        return Path()
    inner = model.options_of(annotation)
    if annotation is web.UploadFile:
        return File()
    is_body = any(model.is_model(option) or option is dict or model.origin_of(option) is dict or _is_list_of_models(option)
                  for option in inner)
    return Body() if is_body else Query()


def _is_list_of_models(annotation):
    return model.is_sequence(annotation) and any(model.is_model(item) for item in model.arguments_of(annotation))


# --- one request's values ---


class Call:
    """What is worked out once a request: the values of parameters, of dependencies, what to close at the end."""

    def __init__(self, request, overrides):
        self.request, self.overrides = request, overrides
        self.response, self.tasks = web.Response(), web.BackgroundTasks()
        self.cache, self.errors = {}, []
        self.closing = contextlib.AsyncExitStack()
        self.body = NO_VALUE

    async def arguments(self, function, path_names):
        parameters = parameters_of(function, path_names)
        bodies = [p for p in parameters.values() if isinstance(p, Parameter) and p.place == "body"]
        values = {}
        for name, parameter in parameters.items():
            if isinstance(parameter, Depends):
                values[name] = await self.depended(parameter, path_names)
            elif isinstance(parameter, type):
                handed = {web.Request: self.request, web.Response: self.response, web.BackgroundTasks: self.tasks}
                values[name] = handed[parameter]
            else:
                await self._fill(values, parameter, len(bodies) > 1)
        return values

    async def depended(self, depends, path_names):
        function = self.overrides.get(depends.dependency, depends.dependency)
        if depends.use_cache and function in self.cache:
            return self.cache[function]
        values = await self.arguments(function, path_names)
        self.cache[function] = None if self.errors else await self._result(function, values)
        return self.cache[function]

    async def _result(self, function, values):
        target = function if inspect.isroutine(function) or isinstance(function, type) else type(function).__call__
        if inspect.isasyncgenfunction(target):
            return await self.closing.enter_async_context(contextlib.asynccontextmanager(function)(**values))
        if inspect.isgeneratorfunction(target):
            return await self.closing.enter_async_context(_Threaded(contextlib.contextmanager(function)(**values)))
        return await web.run(function, **values)

    async def _fill(self, values, parameter, embedded):
        try:
            values[parameter.name] = await self._value(parameter, embedded)
        except model.Invalid as error:
            self.errors += error.errors()

    async def _value(self, parameter, embedded):
        given, loc = await self._given(parameter, embedded)
        if given is NO_VALUE:
            if parameter.default is NO_VALUE:
                raise model.missing(loc)
            return parameter.default
        value = model.read(parameter.annotation, given, loc)
        model.check_bounds(parameter.source.bounds, value, loc)
        return value

    async def _given(self, parameter, embedded):
        place, key, request = parameter.place, parameter.key, self.request
        if place == "path":
            return request.path_params.get(key, NO_VALUE), ("path", key)
        if place == "query":
            return self._listed(request.query_params, parameter), ("query", key)
        if place == "header":
            return request.headers.get(key, NO_VALUE), ("header", key)
        if place == "cookie":
            return request.cookies.get(key, NO_VALUE), ("cookie", key)
        if place in ("form", "file"):
            return await self._form_value(parameter), ("body", key)
        body = await self._json()
        if not embedded and not parameter.source.bounds.get("embed"):
            return body, ("body",)
        return (body.get(key, NO_VALUE) if isinstance(body, dict) else NO_VALUE), ("body", key)

    async def _form_value(self, parameter):
        value = self._listed(await self.request.form(), parameter)
        return await value.read() if parameter.annotation is bytes and isinstance(value, web.UploadFile) else value

    @staticmethod
    def _listed(values, parameter):
        if model.is_sequence(parameter.annotation):
            return values.getlist(parameter.key) or NO_VALUE
        return values.get(parameter.key, NO_VALUE)

    async def _json(self):
        if self.body is NO_VALUE:
            data = await self.request.body()
            try:
                self.body = json.loads(data) if data else NO_VALUE
            except ValueError:
                raise model.invalid("json_invalid", ("body", 0), "JSON decode error", {}) from None
        return self.body


class _Threaded:
    """A plain context manager, entered and left in threads."""

    def __init__(self, manager):
        self.manager = manager

    async def __aenter__(self):
        return await web.run_in_threadpool(self.manager.__enter__)

    async def __aexit__(self, *error):
        return await web.run_in_threadpool(self.manager.__exit__, *error)


# --- routes ---

CONVERTERS = {"path": ".*", "int": "[0-9]+", "float": r"[0-9]+(?:\.[0-9]+)?", "uuid": "[0-9a-fA-F-]{36}", "str": "[^/]+"}


class Route:
    def __init__(self, path, endpoint, methods, dependencies=(), status_code=None, response_class=None,
                 response_model=NO_VALUE, **options):
        self.path, self.endpoint, self.methods = path, endpoint, {method.upper() for method in methods}
        self.dependencies = list(dependencies or ())
        self.status_code, self.response_class = status_code, response_class or web.JSONResponse
        self.response_model = response_model if response_model is not NO_VALUE else _returned(endpoint)
        self.include_in_schema = options.get("include_in_schema", True)
        self.path_names = tuple(re.findall(r"{(\w+)", path))
        self.pattern = re.compile(re.sub(r"\\{(\w+)(?::(\w+))?\\}", _group, re.escape(path)) + "$")

    def moved(self, prefix, dependencies):
        return Route(prefix + self.path, self.endpoint, self.methods, list(dependencies) + self.dependencies,
                     self.status_code, self.response_class, self.response_model, include_in_schema=self.include_in_schema)

    async def answer(self, request, overrides):
        call = Call(request, overrides)
        async with call.closing:
            response = await self._respond(call)
            await response(request.scope, request._receive, request.scope["loopsafe.send"])

    async def _respond(self, call):
        for depends in self.dependencies:
            await call.depended(depends, self.path_names)
        values = await call.arguments(self.endpoint, self.path_names)
        if call.errors:
            raise RequestValidationError(call.errors)
        result = await web.run(self.endpoint, **values)
        if callable(result) and (isinstance(result, web.Response) or hasattr(result, "raw_headers")):
            response = result
        else:
            response = self._made(call, result)
        if call.tasks.tasks and not response.background:
            response.background = call.tasks
        return response

    def _made(self, call, result):
        if model.is_model(self.response_model) and result is not None:
            result = model.read(self.response_model, web.plain(result), ("response",))
        status = call.response.status_code if call.response.status_code != 200 else self.status_code or 200
        content = web.plain(result) if issubclass(self.response_class, web.JSONResponse) else result
        response = self.response_class(content, status_code=status)
        response.headers.update(call.response.headers)
        response.cookies += call.response.cookies
        if status in (204, 304):
            response.body = b""
        return response


def _group(match):
    return "(?P<%s>%s)" % (match.group(1), CONVERTERS.get(match.group(2) or "str", "[^/]+"))


def _returned(endpoint):
    annotation = _hints(endpoint).get("return", None)
    return annotation if model.is_model(annotation) else None


class APIRouter:
    def __init__(self, prefix="", dependencies=None, lifespan=None, on_startup=None, on_shutdown=None, **options):
        self.prefix, self.dependencies = prefix, list(dependencies or ())
        self.routes, self.websockets = [], []
        self.startup, self.shutdown = list(on_startup or ()), list(on_shutdown or ())

    def add_api_route(self, path, endpoint, methods=None, dependencies=(), **options):
        both = self.dependencies + list(dependencies or ())
        self.routes.append(Route(self.prefix + path, endpoint, methods or ["GET"], both, **options))

    def api_route(self, path, methods=None, **options):
        def decorate(endpoint):
            self.add_api_route(path, endpoint, methods, **options)
            return endpoint

        return decorate

    def include_router(self, router, prefix="", dependencies=None, **options):
        both = self.dependencies + list(dependencies or ())
        self.routes += [route.moved(self.prefix + prefix, both) for route in router.routes]
        self.websockets += [prefix + path for path in router.websockets]
        self.startup += router.startup
        self.shutdown += router.shutdown

    def websocket(self, path, **options):
        self.websockets.append(self.prefix + path)
        return lambda endpoint: endpoint

    def on_event(self, name):
        return lambda function: (getattr(self, name).append(function), function)[1]

    add_event_handler = lambda self, name, function: getattr(self, name).append(function)


def _method(name):
    def decorate(self, path, **options):
        return self.api_route(path, [name.upper()], **options)

    return decorate


for _name in ("get", "post", "put", "patch", "delete", "head", "options"):
    setattr(APIRouter, _name, _method(_name))


# --- middleware ---


class Middleware:
    def __init__(self, cls, *arguments, **options):
        self.cls, self.arguments, self.options = cls, arguments, options


class PassingMiddleware:
    """Stands for middleware that does nothing for a request without its headers."""

    def __init__(self, app, **options):
        self.app = app

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)


class BaseHTTPMiddleware:
    def __init__(self, app, dispatch=None, **options):
        self.app = app
        self.dispatch = dispatch or self.dispatch

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        response = await self.dispatch(web.Request(scope, receive), lambda request: self._next(scope, receive))
        await response(scope, receive, send)

    async def _next(self, scope, receive):
        """The answer of what stands behind, whole."""
        parts, start = [], {}

        async def keep(message):
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self.app(scope, receive, keep)
        response = web.StreamingResponse(_each(parts), start["status"])
        for name, value in start["headers"]:
            if name == b"set-cookie":
                response.cookies.append(value.decode("latin-1"))
            else:
                response.headers[name.decode("latin-1")] = value.decode("latin-1")
        return response


async def _each(parts):
    for part in parts:
        yield part


# --- the application ---


class FastAPI(APIRouter):
    def __init__(self, lifespan=None, middleware=None, exception_handlers=None, title="FastAPI", version="0.1.0",
                 **options):
        super().__init__(dependencies=options.pop("dependencies", None), on_startup=options.pop("on_startup", None),
                         on_shutdown=options.pop("on_shutdown", None))
        self.title, self.version = title, version
        self.state, self.dependency_overrides = web.Space(), {}
        self.router = self
        self.lifespan_context = lifespan
        self.handlers = dict(exception_handlers or {})
        self.user_middleware = list(middleware or ())
        self.stack = None

    def add_middleware(self, cls, *arguments, **options):
        self.user_middleware.insert(0, Middleware(cls, *arguments, **options))

    def middleware(self, kind):
        return lambda function: (self.add_middleware(BaseHTTPMiddleware, dispatch=function), function)[1]

    def exception_handler(self, error):
        return lambda function: (self.handlers.__setitem__(error, function), function)[1]

    def add_exception_handler(self, error, function):
        self.handlers[error] = function

    async def __call__(self, scope, receive, send):
        scope["app"] = self
        if self.stack is None:
            self.stack = self._answer
            for item in reversed(self.user_middleware):
                self.stack = item.cls(self.stack, *item.arguments, **item.options)
        started = []

        async def sending(message):
            started.append(True)
            await send(message)

        try:
            await self.stack(scope, receive, sending)
        except Exception:
            if not started and scope["type"] == "http":
                await web.PlainTextResponse("Internal Server Error", 500)(scope, receive, send)
            raise

    async def _answer(self, scope, receive, send):
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        scope["loopsafe.send"] = send
        request = web.Request(scope, receive)
        try:
            await self._route(request, scope)
        except Exception as error:
            response = await self._handled(request, error)
            await response(scope, receive, send)

    async def _route(self, request, scope):
        path, allowed = scope["path"], set()
        for route in self.routes:
            match = route.pattern.match(path)
            if match and request.method in route.methods:
                request.path_params = scope["path_params"] = match.groupdict()
                await route.answer(request, self.dependency_overrides)
                return
            if match:
                allowed |= route.methods
        if allowed:
            raise HTTPException(405, headers={"allow": ", ".join(sorted(allowed))})
        other = path.rstrip("/") if path.endswith("/") else path + "/"
        if path != "/" and any(route.pattern.match(other) for route in self.routes):
            query = scope["query_string"].decode("latin-1")
            url = "http://%s%s%s" % (request.headers.get("host", ""), other, "?" + query if query else "")
            await web.RedirectResponse(url)(scope, request._receive, scope["loopsafe.send"])
            return
        raise HTTPException(404)

    async def _handled(self, request, error):
        for cls in type(error).__mro__:
            handler = self.handlers.get(cls) or self.handlers.get(getattr(error, "status_code", None))
            if handler:
                return await web.run(handler, request, error)
        if isinstance(error, RequestValidationError):
            return web.JSONResponse({"detail": web.plain(error.errors())}, 422)
        if hasattr(error, "status_code") and hasattr(error, "detail"):
            return web.JSONResponse({"detail": error.detail}, error.status_code, headers=error.headers)
        raise error

    async def _live(self, scope, receive, send):
        started = False
        try:
            await receive()
            async with self._life() as state:
                scope.get("state", {}).update(state or {})
                await send({"type": "lifespan.startup.complete"})
                started = True
                await receive()
        except BaseException:
            phase = "shutdown" if started else "startup"
            await send({"type": "lifespan.%s.failed" % phase, "message": traceback.format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    @contextlib.asynccontextmanager
    async def _life(self):
        if self.lifespan_context:
            async with self.lifespan_context(self) as state:
                yield state
            return
        for function in self.startup:
            await _called(function)
        yield None
        for function in self.shutdown:
            await _called(function)

    def openapi(self):
        paths = {}
        schemas = {}
        for route in self.routes:
            if route.include_in_schema:
                path = re.sub(r"{(\w+):\w+}", r"{\1}", route.path)
                operations = {method.lower(): operation_of(route, schemas) for method in route.methods}
                paths.setdefault(path, {}).update(operations)
        return {"openapi": "3.1.0", "info": {"title": self.title, "version": self.version}, "paths": paths,
                "components": {"schemas": schemas}}


async def _called(function):
    """Start-up runs on the loop, plain functions too."""
    result = function()
    if inspect.isawaitable(result):
        await result


# --- OpenAPI ---


def operation_of(route, schemas):
    found = _all_parameters(route.endpoint, route.path_names)
    for depends in route.dependencies:
        found += _all_parameters(depends.dependency, route.path_names)
    bodies = [parameter for parameter in found if parameter.place == "body"]
    forms = [parameter for parameter in found if parameter.place in ("form", "file")]
    operation = {"parameters": [_described(p, schemas) for p in found if p not in bodies and p not in forms]}
    if bodies:
        schema = _schema(bodies[0], schemas) if len(bodies) == 1 else _object(bodies, schemas)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    elif forms:
        is_multipart = any(parameter.place == "file" for parameter in forms)
        kind = "multipart/form-data" if is_multipart else "application/x-www-form-urlencoded"
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": _object(forms, schemas)}}}
    return operation


def _all_parameters(function, path_names):
    found = []
    for parameter in parameters_of(function, path_names).values():
        if isinstance(parameter, Depends):
            found += _all_parameters(parameter.dependency, path_names)
        elif isinstance(parameter, Parameter):
            found.append(parameter)
    return found


def _object(parameters, schemas):
    return {"type": "object", "properties": {p.key: _schema(p, schemas) for p in parameters},
            "required": [p.key for p in parameters if p.default is NO_VALUE]}


def _described(parameter, schemas):
    required = parameter.place == "path" or parameter.default is NO_VALUE
    return {"name": parameter.key, "in": parameter.place, "required": required, "schema": _schema(parameter, schemas)}


BOUND_WORDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum",
               "min_length": "minLength", "max_length": "maxLength", "pattern": "pattern", "regex": "pattern"}


def _schema(parameter, schemas):
    if parameter.place == "file" or parameter.annotation is web.UploadFile:
        return {"type": "string", "format": "binary"}
    schema = model.schema_of(parameter.annotation)
    schemas.update(schema.pop("$defs", {}))
    schema.update((word, parameter.source.bounds[name]) for name, word in BOUND_WORDS.items()
                  if parameter.source.bounds.get(name) is not None)
    return schema
