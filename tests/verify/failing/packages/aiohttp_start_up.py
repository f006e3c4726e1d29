from aiohttp import web
app = web.Application()


async def start(app):
    raise ValueError('no start')


app.on_startup.append(start)
# fails: main\.py:6: the application does not start: ValueError: no start
