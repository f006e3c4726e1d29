"""The reference runtime: modules in the shape of FastAPI, for machines on which nothing is installed.

It keeps what matters to an event loop (coroutines on the loop, plain functions on 40 threads) and as much of the rest as
the programs of tests and demonstrations use. It is only offered when the real package cannot be imported, and always told.
"""
import http
import importlib.abc
import importlib.machinery

import loopsafe_shim_app as app
import loopsafe_shim_http as web
import loopsafe_shim_model as model

RESPONSES = {name: getattr(web, name) for name in (
    "Response", "JSONResponse", "PlainTextResponse", "HTMLResponse", "RedirectResponse", "StreamingResponse",
    "FileResponse")}
RESPONSES["ORJSONResponse"] = RESPONSES["UJSONResponse"] = web.JSONResponse
STATUS = {"HTTP_%d_%s" % (status.value, status.name): status.value for status in http.HTTPStatus}
PARAMETERS = {name: getattr(app, name) for name in (
    "Query", "Path", "Body", "Header", "Cookie", "Form", "File", "Depends", "Security")}
ERRORS = {"HTTPException": app.HTTPException, "RequestValidationError": app.RequestValidationError}

# Module -> what it holds.
MODULES = {
    "fastapi": dict(PARAMETERS, FastAPI=app.FastAPI, APIRouter=app.APIRouter, HTTPException=app.HTTPException,
                    Request=web.Request, Response=web.Response, UploadFile=web.UploadFile,
                    BackgroundTasks=web.BackgroundTasks),
    "fastapi.status": STATUS,
    "fastapi.responses": RESPONSES,
    "fastapi.requests": {"Request": web.Request},
    "fastapi.routing": {"APIRouter": app.APIRouter, "APIRoute": app.Route},
    "fastapi.background": {"BackgroundTasks": web.BackgroundTasks},
    "fastapi.exceptions": ERRORS,
    "fastapi.encoders": {"jsonable_encoder": web.plain},
    "fastapi.concurrency": {"run_in_threadpool": web.run_in_threadpool},
    "fastapi.params": PARAMETERS,
    "fastapi.middleware": {"Middleware": app.Middleware},
    "fastapi.middleware.cors": {"CORSMiddleware": app.PassingMiddleware},
    "fastapi.middleware.gzip": {"GZipMiddleware": app.PassingMiddleware},
    "starlette": {},
    "starlette.status": STATUS,
    "starlette.responses": RESPONSES,
    "starlette.requests": {"Request": web.Request},
    "starlette.background": {"BackgroundTask": web.BackgroundTask, "BackgroundTasks": web.BackgroundTasks},
    "starlette.concurrency": {"run_in_threadpool": web.run_in_threadpool},
    "starlette.exceptions": {"HTTPException": app.HTTPException},
    "starlette.middleware": {"Middleware": app.Middleware},
    "starlette.middleware.base": {"BaseHTTPMiddleware": app.BaseHTTPMiddleware},
    "starlette.middleware.cors": {"CORSMiddleware": app.PassingMiddleware},
    "pydantic": {"BaseModel": model.BaseModel, "Field": model.Field, "ValidationError": model.ValidationError,
                 "ConfigDict": dict},
}


class Loader(importlib.abc.Loader):
    def create_module(self, spec):
        return None

    def exec_module(self, module):
        vars(module).update(MODULES[module.__name__], __version__="reference")


def spec_of(name):
    """None for what the reference runtime does not have."""
    return importlib.machinery.ModuleSpec(name, Loader(), is_package=True) if name in MODULES else None
