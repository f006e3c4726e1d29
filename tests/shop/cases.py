"""Every endpoint of the shop, and what no endpoint reaches, with the answers that must come.

A case holds what is done (`act`), what must come out (`result`, `calls`, `mails`, `after`), and what stands ready
before (`prepare`). `needed`: later cases build upon it. `together`: the same must come out when it is done three times at
once, after it was done alone.
"""
import asyncio
import dataclasses
import io
import os
import pathlib
import sqlite3
import threading
from typing import Any, Callable

CASES = []


@dataclasses.dataclass
class Case:
    name: str
    act: Callable
    result: Any
    calls: list = dataclasses.field(default_factory=list)
    mails: list = dataclasses.field(default_factory=list)
    prepare: Callable | None = None
    after: Callable | None = None
    after_is: Any = None
    needed: bool = False
    together: bool = False
    log: bool = False


def case(name, result, **more):
    """The decorated function is the case's act."""
    def add(act):
        CASES.append(Case(name, act, result, **more))
        return act
    return add


def endpoint(method, path, result, name=None, body=None, headers=None, files=None, **more):
    async def act(run):
        return await run.request(method, path, json=body, headers=headers, files=files)
    CASES.append(Case(name or f"{method} {path}", act, result, **more))


def get(path):
    return ["GET", path, [], ""]


def sql(text):
    def prepare(_):
        with sqlite3.connect(os.environ["SHOP_DATABASE_URL"].removeprefix("sqlite:///")) as connection:
            connection.execute(text)
    return prepare


def picture(width, height):
    from PIL import Image
    out = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(out, format="JPEG")
    return out.getvalue()


def write(path, text):
    def prepare(_):
        pathlib.Path(path).parent.mkdir(exist_ok=True)
        pathlib.Path(path).write_text(text)
    return prepare


def data(name):
    return str(pathlib.Path(os.environ["SHOP_DATA_DIR"]) / name)


TEA = {"sku": "tea", "name": "green tea", "price": "4.00", "stock": 7}
MUG = {"sku": "mug", "name": "mug", "price": "9.50", "stock": 3}
GOOD = {"authorization": "good"}
SESSION = get("/sessions/good")
ORDER = {"customer": "x", "email": "ada@example.com", "lines": [{"sku": "tea", "quantity": 2}]}

# The application itself; the first request warms it up
@case("GET /openapi.json", [200, "shop"])
async def described(run):
    status, body = await run.request("GET", "/openapi.json")
    return [status, body["info"]["title"]]


endpoint("GET", "/health", [200, {"status": "ok"}])
endpoint("GET", "/health", [200, {"status": "ok"}], name="the middleware, on a slow disk", log=True,
         after=lambda _: len(pathlib.Path("access.log").read_text().splitlines()), after_is=3)

# Products
endpoint("POST", "/products", [201, TEA], body=TEA, headers={"x-api-key": "good"}, calls=[get("/keys/good")], needed=True)
endpoint("POST", "/products", [201, MUG], name="POST /products as a guest", body=MUG, needed=True)
endpoint("POST", "/products", [401, {"detail": "unknown key"}], name="POST /products with a wrong key", body=TEA,
         headers={"x-api-key": "bad"}, calls=[get("/keys/bad")])
endpoint("GET", "/products", [200, [MUG, TEA]])
endpoint("GET", "/products/search?text=tea", [200, [TEA]], together=True)
endpoint("GET", "/products/tea", [200, TEA], headers=GOOD, calls=[SESSION],
         after=lambda run: [run.redis.get("views:tea"), run.redis.ttl("product:tea") > 250], after_is=["b'1'", True])
endpoint("GET", "/products/tea", [200, TEA], name="GET /products/tea from the cache", headers=GOOD, calls=[SESSION],
         after=lambda run: run.redis.get("views:tea"), after_is="b'2'")
endpoint("GET", "/products/tea", [200, TEA], name="GET /products/tea too often", headers=GOOD, calls=[SESSION],
         prepare=lambda run: run.redis.set("hits:ada", 110))
endpoint("GET", "/products/none", [404, {"detail": "no such product"}], headers=GOOD, calls=[SESSION])
endpoint("GET", "/products/tea", [401, {"detail": "unknown session"}], name="GET /products/tea with a wrong session",
         headers={"authorization": "bad"}, calls=[get("/sessions/bad")])
endpoint("GET", "/products/tea/stock", [200, {"on_hand": 7, "reserved": 7}], together=True)
endpoint("POST", "/products/mug/price", [200, {"price": 12.5}], calls=[get("/prices/mug")],
         prepare=lambda run: run.redis.set("product:mug", "old"), after=lambda run: run.redis.get("product:mug"))
endpoint("GET", "/products/tea/details", [200, {"reviews": [{"stars": 5}], "delivery": {"days": 2, "accept": "application/json"}}], together=True,
         calls=[get("/delivery/tea"), get("/reviews/tea")])

# Orders
THANKS = ["ada@example.com", "Subject: Thank you"]
endpoint("POST", "/orders", [201, {"id": 1, "customer": "ada", "status": "new", "total": "8.0"}], body=ORDER, headers=GOOD,
         needed=True, calls=[SESSION, ["POST", "/charges", [], {"order": 1, "amount": 8.0, "key": "UUID"}]],
         mails=[[*THANKS, "Order 1", "plain"], [*THANKS, "again", "plain"],
                ["ada@example.com", "Subject: Your order", "Order 1 is on its way.", "TLS"]],
         after=lambda run: run.audit.lines[-1:], after_is=["audit {'order': 1}"])
COSTLY = {**ORDER, "lines": [{"sku": "tea", "quantity": 500}]}
FAILED = "order 2 could not be charged"
endpoint("POST", "/orders", [402, {"detail": FAILED}], name="POST /orders that cannot be charged", body=COSTLY,
         calls=[["POST", "/charges", [], {"order": 2, "amount": 2000.0, "key": "UUID"}]] * 3
         + [["POST", "/failures", [], {"error": FAILED}]])
endpoint("POST", "/orders", [422, {"detail": "no such product: pen"}], name="POST /orders of nothing we have",
         body={**ORDER, "lines": [{"sku": "pen", "quantity": 1}]})
endpoint("GET", "/orders/count", [200, {"orders": 1}], together=True)
endpoint("GET", "/orders/1", [200, {"id": 1, "customer": "ada", "status": "new", "total": "8.00"}])
endpoint("POST", "/orders/1/ship", [200, {"shipped": True}],
         calls=[["POST", "/", [], {"QueueUrl": "orders", "MessageBody": "1"}]])
endpoint("GET", "/orders/1/tracking", [200, {"parcel": {"parcel": "1"}, "letter": {"letter": "1"}}], together=True,
         calls=[get("/letters/1"), get("/parcels/1")])
endpoint("GET", "/orders/1/wait", [200, {"paid": True}], prepare=sql("UPDATE orders SET status = 'paid'"), together=True)

# Uploads
JPEG = {"file": ("a.jpg", picture(3000, 2000), "image/jpeg")}


@case("POST /uploads/pictures/tea", [200, {"filename": "a.jpg"}, True],
      after=lambda run: (run.data / "tea.jpg").read_bytes() == JPEG["file"][1], after_is=True)
async def thumbnail(run):
    status, body = await run.request("POST", "/uploads/pictures/tea", files=JPEG)
    return [status, {"filename": body["filename"]}, 1000 < body["thumbnail"] < 100_000]

endpoint("POST", "/uploads/documents", [200, {"bytes": 500_000}], files={"file": ("a.pdf", b"pdf.." * 100_000)},
         after=lambda run: (run.data / "a.pdf").stat().st_size, after_is=500_000)
endpoint("POST", "/uploads/prices", [200, {"prices": 2}], files={"file": ("a.json", b'{"tea": 1, "mug": 2}')})
endpoint("POST", "/uploads/manuals", [200, {"filename": "m.pdf"}], files={"file": ("m.pdf", b"manual")},
         after=lambda run: (run.data / "manual.pdf").read_text(), after_is="manual")
endpoint("POST", "/uploads/backup", [200, {"done": True}],
         after=lambda run: run.data.with_name(run.data.name + ".bak").is_dir(), after_is=True)

# Reports
endpoint("GET", "/reports/cached", [200, {}], name="GET /reports/cached of nothing")
endpoint("GET", "/reports/disk", [200, ["tea.jpg", "a.pdf", "manual.pdf"]], together=True)
endpoint("GET", "/reports/disk/offloaded", [200, ["tea.jpg", "a.pdf", "manual.pdf"]])
endpoint("GET", "/reports/usage", [200, {"kilobytes": 42}], together=True)
endpoint("GET", "/reports/cached", [200, {"sold": 3}], together=True, prepare=write("reports/latest.json", '{"sold": 3}'))
endpoint("GET", "/reports/forecast?weeks=3", [200, {"level": 97.94101025062386}])
endpoint("GET", "/reports/names", [200, ["latest.json"]])
endpoint("GET", "/reports/dump", [200, {"bytes": 5}])

# The owner's
endpoint("POST", "/admin/feedback", [202, {"status": "queued"}], body={"email": "bob@example.com", "text": "nice"},
         mails=[["bob@example.com", "Subject: News", "There is news.", "plain"]])


@case("POST /admin/inventory", [[202, {"status": "started"}], True], calls=[get("/stock/mug"), get("/stock/tea")],
      after=lambda run: (run.data / "inventory.txt").read_text().split()[1:], after_is=["1"])
async def inventory(run):
    answer = await run.request("POST", "/admin/inventory")
    return [answer, await run.until((run.data / "inventory.txt").exists)]

CASES[-1].prepare = sql("UPDATE products SET stock = 1 WHERE sku = 'mug'")


@case("GET /admin/suppliers", [200, True, 20], together=True, calls=[get("/")])
async def suppliers(run):
    status, body = await run.request("GET", "/admin/suppliers")
    return [status, body["addresses"] > 0, body["bytes"]]


@case("GET /admin/port", [[200, True], [200, False]], together=True)
async def port(run):
    upstream = os.environ["SHOP_SUPPLIER_URL"].rsplit(":", 1)[1]
    ask = "/admin/port?host=127.0.0.1&port="
    return [await run.request("GET", ask + upstream), await run.request("GET", ask + "1")]


# What no endpoint reaches
@case("storage.InvoiceStore", ["http", ["invoices/1.pdf"]],
      calls=[["GET", "/shop-invoices", [["encoding-type", "url"], ["list-type", "2"]], ""],
             ["PUT", "/shop-invoices/invoices/1.pdf", [], "pdf"]])
async def invoices(run):
    from shop.services.storage import InvoiceStore
    store = await asyncio.to_thread(InvoiceStore)
    return [(await run.call(store.put, 1, b"pdf"))[:4], await run.call(store.keys)]


@case("images.load_watermark", [30, 20])
async def watermark(run):
    from shop.services import images
    return list((await run.call(images.load_watermark)).size)

CASES[-1].prepare = lambda _: (os.makedirs("assets", exist_ok=True), pathlib.Path("assets/watermark.png").write_bytes(picture(30, 20)))


@case("images.fingerprint", "3b961d1e")
async def fingerprint(run):
    from shop.services import images
    return (await run.call(images.fingerprint, b"data", b"salt"))[:8]


@case("images.store_picture", "mug-full.jpg",
      after=lambda run: (run.data / "pictures" / "mug-full.jpg").read_text(), after_is="jpeg")
async def store_picture(run):
    from shop.services import images
    return await run.call(images.store_picture, "mug", b"jpeg")


@case("reports: files", [[{"sku": "tea", "amount": "2"}], [1, 2], "SOLD", ["sold", ""], "sold\n"], together=True)
async def files(run):
    from shop.services import reports
    return [await run.call(reports.load_sales, data("sales.csv")), await run.call(reports.parse_feed, data("feed.json")),
            (await run.call(reports.report_text, "report.txt")).strip(),
            [*await run.call(reports.report_lines, data("report.txt")), ""],
            await run.call(reports.report_text_right, "report.txt")]

CASES[-1].prepare = lambda run: [(run.data / name).write_text(text) for name, text in (
    ("sales.csv", "sku,amount\ntea,2\n"), ("feed.json", "[1, 2]"), ("report.txt", "sold\n"))]


@case("reports.render_pdf", "rendered")
async def render_pdf(run):
    from shop.services import reports
    return (await run.call(reports.render_pdf, run.data / "report.txt")).decode().strip()


@case("reports.archive", ["archive/old.zip", False])
async def archive(run):
    from shop.services import reports
    name = await run.call(reports.archive, "archive/old")
    return [os.path.relpath(name), os.path.exists("archive/old")]

CASES[-1].prepare = lambda _: (os.makedirs("archive/old"), pathlib.Path("archive/old/a.txt").write_text("a"))


@case("reports.summary", {"tea": 3.0})
async def summary(run):
    from shop.services import reports
    return await run.call(reports.summary, [{"sku": "tea", "amount": "1"}, {"sku": "tea", "amount": 2}])


@case("payments", [5.0, True], together=True, calls=[get("/balance"), ["POST", "/refunds", [], {"charge": "charge-1"}]])
async def money(run):
    from shop.routes.orders import payments
    return [await run.call(payments.balance), await run.call(payments.refund, "charge-1")]


@case("catalog.refresh_all", [12.5, 12.5], together=True, calls=[get("/prices/mug"), get("/prices/tea")])
async def refresh_all(run):
    from shop.database import SessionLocal
    from shop.repositories.products import ProductRepository
    from shop.services.catalog import CatalogService
    with SessionLocal() as session:
        return await run.call(CatalogService(ProductRepository(session)).refresh_all, ["tea", "mug"])


@case("events.next_answer", {"answer": 1})
async def next_answer(run):
    from shop.services import events
    threading.Timer(0.1, events.answers.put, [{"answer": 1}]).start()
    return await run.call(events.next_answer)


@case("events.log_to_file", None, after=lambda run: (run.data / "audit.log").exists(), after_is=True)
async def log_to_file(run):
    from shop.services import events
    return await run.call(events.log_to_file, data("audit.log"))


@case("POST /admin/drain", [200, {"drained": True}], after=lambda run: run.audit.lines[-1], after_is="audit {'order': 99}")
async def drain(run):
    from shop.services import events
    await run.call(events.record, {"order": 99})
    return await run.request("POST", "/admin/drain")
