import asyncio
import threading

AT_IMPORT = 1  # runs while it is imported


def decorated(function):
    return function


@decorated
async def page(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/thread":
        await asyncio.get_running_loop().run_in_executor(None, in_thread)
    if scope["path"] == "/never":
        print(
            "never")
    await send({"type": "http.response.body", "body": b"x"})


def in_thread():
    name = threading.current_thread().name
    return (
        name)


async def app(scope, receive, send):
    if scope["type"] == "http":
        await page(scope, receive, send)
