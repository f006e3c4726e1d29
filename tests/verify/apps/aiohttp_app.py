from aiohttp import web


async def home(request):
    return web.json_response({"started": request.app["started"]})


async def item(request):
    return web.json_response({"id": request.match_info["item_id"], "body": await request.text()})


class Thing(web.View):
    async def get(self):
        return web.Response(text="got")


async def started(app):
    app["started"] = True
    yield
    print("cleaned up", flush=True)


def make():
    app = web.Application()
    app.add_routes([web.get("/", home), web.route("POST", "/items/{item_id:\\d+}", item), web.view("/thing", Thing)])
    sub = web.Application()
    sub.add_routes([web.get("/inner", inner)])
    app.add_subapp("/sub", sub)
    app.cleanup_ctx.append(started)
    return app


async def inner(request):
    return web.Response(text="inner")


async def make_later():
    return make()
