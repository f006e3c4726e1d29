"""Plain functions that the loop calls."""
import asyncio
import time


def tick():
    time.sleep(1)


def finished(task):
    time.sleep(1)


def never_registered():
    time.sleep(1)


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        time.sleep(0.1)

    def data_received(self, data):
        self.transport.write(data)


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"x")
    await reader.read(1)
    writer.close()
    server.close()


async def main():
    loop = asyncio.get_running_loop()
    loop.call_soon(tick)
    loop.call_later(0, tick)
    task = asyncio.create_task(asyncio.sleep(0))
    task.add_done_callback(finished)
    await task
    await asyncio.sleep(0.01)
    await serve()
    await asyncio.to_thread(never_registered)
