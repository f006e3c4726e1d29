"""Which server, which loop; and serving until SIGTERM."""
import asyncio
import contextlib
import importlib.util
import os
import signal
import socket
import sys

import loopsafe_http
import loopsafe_load
from loopsafe_lifespan import Lifespan
from loopsafe_trouble import Trouble

BACKLOG = 2048
PATIENCE = 2  # seconds for the application's shutdown


class OwnServer:
    version = "loopsafe's own server"

    async def serve(self, app, listener, ready, stopping):
        await _with_lifespan(app, self._serve, listener, ready, stopping)

    async def _serve(self, app, lifespan, listener, ready, stopping):
        server = await loopsafe_http.start(app, listener, lifespan.state)
        ready()
        await stopping.wait()
        server.close()


class UvicornServer:
    def __init__(self, uvicorn):
        self.uvicorn = uvicorn
        self.version = "uvicorn %s" % uvicorn.__version__

    async def serve(self, app, listener, ready, stopping):
        await _with_lifespan(app, self._serve, listener, ready, stopping)

    async def _serve(self, app, lifespan, listener, ready, stopping):
        server = _uvicorn_server(self.uvicorn, app, lifespan, ready)
        serving = asyncio.ensure_future(server.serve(sockets=[listener]))
        await asyncio.wait([serving, asyncio.ensure_future(stopping.wait())], return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = server.force_exit = True
        await serving


class AiohttpServer:
    def __init__(self):
        self.version = "aiohttp %s" % sys.modules["aiohttp"].__version__

    async def serve(self, app, listener, ready, stopping):
        web = sys.modules["aiohttp.web"]
        runner = web.AppRunner(app.object, handle_signals=False, access_log=None)
        await runner.setup()
        await web.SockSite(runner, listener, backlog=BACKLOG).start()
        ready()
        await stopping.wait()
        await asyncio.wait([asyncio.ensure_future(runner.cleanup())], timeout=PATIENCE)


async def _with_lifespan(app, serve, listener, ready, stopping):
    lifespan = Lifespan(app.object)
    await lifespan.start()
    try:
        await serve(app.object, lifespan, listener, ready, stopping)
    finally:
        await lifespan.stop(PATIENCE)


def _uvicorn_server(uvicorn, app, lifespan, ready):
    """uvicorn as `uvicorn APP` runs it; start-up, signals and the event loop are this process's own affair."""
    config = _uvicorn_config(uvicorn, app)

    class Server(uvicorn.Server):
        def install_signal_handlers(self):
            pass

        def capture_signals(self):
            return contextlib.nullcontext()

        async def startup(self, sockets=None):
            self.lifespan.state = lifespan.state
            await super().startup(sockets=sockets)
            ready()

    return Server(config)


def _uvicorn_config(uvicorn, app):
    return uvicorn.Config(app, lifespan="off", access_log=False, log_level="warning", workers=1, backlog=BACKLOG)


# --- choosing ---


def loop_new(plan):
    """The loop and the server of the plan: uvicorn's own choice of a loop when it is to serve, else asyncio's."""
    wanted = plan.get("server", "auto")
    if wanted != "own" and importlib.util.find_spec("uvicorn"):
        import uvicorn

        factory = _uvicorn_loop(uvicorn)
        return factory(), UvicornServer(uvicorn)
    if wanted == "uvicorn":
        raise Trouble("start", "uvicorn is wanted and not installed for %s" % sys.executable)
    return asyncio.new_event_loop(), OwnServer()


def _uvicorn_loop(uvicorn):
    config = _uvicorn_config(uvicorn, None)
    if hasattr(config, "get_loop_factory"):
        return config.get_loop_factory() or asyncio.new_event_loop
    config.setup_event_loop()  # until 0.35: sets the policy
    return asyncio.new_event_loop


def settle(loop, server, app):
    """What needs the application: one that is made on the loop, and aiohttp's own server on asyncio's loop."""
    if app.kind == "later":
        app = loop.run_until_complete(_made(app))
    if app.kind == "aiohttp":
        server = AiohttpServer()
        if "uvloop" in type(loop).__module__ and "uvloop" not in type(asyncio.get_event_loop_policy()).__module__:
            loop.close()
            loop = asyncio.new_event_loop()
            asyncio.set_event_loop(loop)
    return loop, server, app


async def _made(app):
    awaitable = app.object() if callable(app.object) else app.object
    return loopsafe_load.application(await awaitable, app.name)


def loop_name(loop):
    return type(loop).__module__.split(".")[0]


def listener_new():
    """Bound here and handed on: nobody can take the port in between."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


# --- serving ---


def serve(loop, server, app, listener, ready):
    loop.run_until_complete(_until_stopped(server, app, listener, ready))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # threads that wait for something would keep the process


async def _until_stopped(server, app, listener, ready):
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await server.serve(app, listener, ready, stopping)
