import asyncio

from quart import Quart, request

app = Quart(__name__)


@app.get("/")
async def home():
    await asyncio.sleep(0)
    return {"home": True}


@app.route("/items/<int:item_id>", methods=["GET", "POST"])
async def item(item_id):
    data = await request.get_json(silent=True) if request.method == "POST" else None
    return {"id": item_id, "data": data}


@app.get("/plain")
def plain():
    return "plain"


@app.get("/broken")
async def broken():
    raise RuntimeError("on purpose")
