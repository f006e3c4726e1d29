from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute


@asynccontextmanager
async def lifespan(app):
    app.router.routes.append(Route("/late", in_thread_late))
    yield {"key": "value"}


async def home(request):
    return JSONResponse({"key": request.state.key, "body": (await request.body()).decode()})


def in_thread(request):
    return PlainTextResponse("item %d" % request.path_params["item_id"])


def in_thread_late(request):
    return PlainTextResponse("added by the start-up")


class Things(HTTPEndpoint):
    async def get(self, request):
        return PlainTextResponse("got")

    def post(self, request):
        return PlainTextResponse("posted", status_code=201)


async def socket(websocket):
    await websocket.accept()


routes = [
    Route("/", home, methods=["GET", "POST"]),
    Mount("/sub", routes=[Route("/items/{item_id:int}", in_thread), Route("/things", Things)]),
    WebSocketRoute("/ws", socket),
]
app = GZipMiddleware(Starlette(routes=routes, lifespan=lifespan))
