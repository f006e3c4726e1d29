"""For real FastAPI and for the reference runtime: both have to answer the same."""
import asyncio
import datetime
import enum
import threading
import time
import uuid
from contextlib import asynccontextmanager
from typing import Dict, List, Optional

from fastapi import APIRouter, BackgroundTasks, Body, Cookie, Depends, FastAPI, File, Form, Header, HTTPException, Path
from fastapi import Query, Request, Response, UploadFile, status
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, StreamingResponse
from pydantic import BaseModel, Field

EVENTS = []


@asynccontextmanager
async def lifespan(app):
    app.state.ready = "yes"
    yield {"shared": 7}


class Colour(str, enum.Enum):
    red = "red"
    blue = "blue"


class Part(BaseModel):
    name: str
    count: int = 1


class Order(BaseModel):
    item: str
    price: float
    note: Optional[str] = None
    parts: List[Part] = []
    tags: Dict[str, int] = {}


class Shown(BaseModel):
    item: str
    price: float


app = FastAPI(lifespan=lifespan)
router = APIRouter(prefix="/orders", dependencies=[Depends(lambda: EVENTS.append("router"))])


@app.get("/")
async def root(request: Request):
    return {"ready": request.app.state.ready, "shared": request.state.shared}


@app.get("/where")
def where():
    time.sleep(0.001)
    return {"main": threading.current_thread() is threading.main_thread()}


@app.get("/where-async")
async def where_async():
    await asyncio.sleep(0)
    return {"main": threading.current_thread() is threading.main_thread()}


@router.get("/{order_id}")
async def read(order_id: int, q: Optional[str] = None, limit: int = Query(10, ge=1, le=20), tags: List[str] = Query([])):
    return {"id": order_id, "q": q, "limit": limit, "tags": tags}


@router.post("", status_code=201)
def make(order: Order, tasks: BackgroundTasks):
    tasks.add_task(EVENTS.append, order.item)
    return order


@router.post("/shown", response_model=Shown)
async def shown(order: Order):
    return order


@router.put("/{order_id}/two")
async def two(order_id: int, order: Order, part: Part):
    return {"id": order_id, "item": order.item, "part": part.name}


@router.delete("/{order_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete(order_id: int):
    return None


@app.post("/batch")
async def batch(orders: List[Part], urgent: bool = False):
    return {"count": len(orders), "first": orders[0].name, "urgent": urgent}


@app.post("/raw")
async def raw(value: int = Body(..., embed=True)):
    return {"value": value}


async def opened():
    EVENTS.append("open")
    yield len(EVENTS) * 0 + 5
    EVENTS.append("close")


def opened_plain(value: int = Depends(opened)):
    yield value + 1


class Paging:
    def __init__(self, page: int = 1, size: int = 5):
        self.page, self.size = page, size


@app.get("/depends")
async def depends(first: int = Depends(opened), second: int = Depends(opened_plain), paging: Paging = Depends(Paging)):
    return {"first": first, "second": second, "page": paging.page, "size": paging.size}


@app.get("/types/{colour}/{key}")
async def types(colour: Colour, key: uuid.UUID, day: datetime.date, half: float = 0.5, yes: bool = True):
    when = datetime.datetime(2024, 1, 2, 3, 4, 5)
    return {"colour": colour, "key": key, "day": day, "half": half, "yes": yes, "when": when}


@app.get("/files/{path:path}")
async def files(path: str):
    return {"path": path}


@app.get("/headers")
async def headers(response: Response, user_agent: Optional[str] = Header(None), x_key: str = Header(...),
                  sid: str = Cookie("none")):
    response.headers["x-made"] = "here"
    response.set_cookie("seen", "1")
    return {"agent": user_agent, "key": x_key, "sid": sid}


@app.post("/form")
async def form(name: str = Form(...), age: int = Form(3)):
    return {"name": name, "age": age}


@app.post("/upload")
async def upload(file: UploadFile = File(...), title: str = Form("none")):
    return {"name": file.filename, "size": len(await file.read()), "title": title}


@app.get("/plain", response_class=PlainTextResponse)
def plain():
    return "plain"


@app.get("/html", response_class=HTMLResponse)
async def html():
    return "<b>html</b>"


@app.get("/made")
async def made():
    return JSONResponse({"made": True}, status_code=202, headers={"x-a": "b"})


@app.get("/stream")
async def stream():
    async def parts():
        for number in range(3):
            yield "%d," % number

    return StreamingResponse(parts(), media_type="text/csv")


@app.get("/stream-plain")
def stream_plain():
    return StreamingResponse(("%d," % number for number in range(3)), media_type="text/csv")


@app.get("/move")
async def move():
    return RedirectResponse("/plain")


@app.get("/missing")
async def missing():
    raise HTTPException(404, "no such thing", headers={"x-why": "test"})


@app.get("/broken")
async def broken():
    raise RuntimeError("on purpose")


class Special(Exception):
    pass


@app.exception_handler(Special)
async def special_handler(request, error):
    return JSONResponse({"special": str(error)}, status_code=418)


@app.get("/special")
async def special():
    raise Special("tea")


@app.middleware("http")
async def mark(request: Request, call_next):
    response = await call_next(request)
    response.headers["x-marked"] = request.method
    return response


@app.get("/events")
async def events():
    seen = list(EVENTS)
    EVENTS.clear()
    return seen


class Bounded(BaseModel):
    size: int = Field(..., gt=0, le=10)


@app.post("/bounded/{number}")
async def bounded(body: Bounded, number: int = Path(..., gt=0)):
    return {"size": body.size, "number": number}


app.include_router(router)
