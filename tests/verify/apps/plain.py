"""An ASGI application without a framework: what a server has to do is all here."""
import asyncio


async def body_of(receive):
    parts, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message["body"])
        more = message["more_body"]
    return b"".join(parts)


async def answer(send, body, status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain"), *headers]})
    await send({"type": "http.response.body", "body": body})


async def stream(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (b"one,", b"", b"two,", b"three"):
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def echo(scope, receive, send):
    body = await body_of(receive)
    asked = b"%s %s?%s" % (scope["method"].encode(), scope["path"].encode(), scope["query_string"])
    await answer(send, b"%s %d %s" % (asked, len(body), body[:40]))


async def slow(scope, receive, send):
    await asyncio.sleep(0.2)
    await answer(send, b"slow")


async def gone(scope, receive, send):
    """Says that its client has gone, once it has."""
    await body_of(receive)
    message = await receive()
    print("then", message["type"], flush=True)


async def boom(scope, receive, send):
    raise ValueError("on purpose")


async def half(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"10")]})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise ValueError("in the middle")


async def silent(scope, receive, send):
    pass


async def state(scope, receive, send):
    await answer(send, scope["state"]["started"].encode())


async def no_content(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def unread(scope, receive, send):
    await answer(send, b"unread")


PAGES = {"/" + page.__name__: page for page in (stream, echo, slow, gone, boom, half, silent, state, no_content, unread)}


async def live(scope, receive, send):
    await receive()
    scope["state"]["started"] = "yes"
    await send({"type": "lifespan.startup.complete"})
    await receive()
    print("good bye", flush=True)
    await send({"type": "lifespan.shutdown.complete"})


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await live(scope, receive, send)
    else:
        await PAGES.get(scope["path"], echo)(scope, receive, send)


async def endless(scope, receive, send):
    """Its shutdown never ends."""
    if scope["type"] != "lifespan":
        await app(scope, receive, send)
        return
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.sleep(3600)


def make():
    return app


async def make_later():
    await asyncio.sleep(0)
    return app


class holder:
    inner = app


def wsgi(environ, start_response):
    return []


number = 3
