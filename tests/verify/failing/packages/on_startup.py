from quart import Quart
app = Quart(__name__)


@app.before_serving
async def start():
    raise ValueError('no start')
# fails: main\.py:7: the application does not start: ValueError: no start
