"""Name look-ups, connections, and the loop's own versions of them."""
import asyncio
import socket
from socket import gethostbyname


async def resolve(host):
    socket.getaddrinfo(host, 80)
    gethostbyname(host)
    connection = socket.create_connection((host, 80))
    connection.close()
    return socket.gethostname()


async def resolve_on_loop():
    loop = asyncio.get_running_loop()
    sock = socket.socket()
    sock.setblocking(False)
    sock.close()
    return await loop.getaddrinfo("127.0.0.1", 80)


async def main():
    await resolve("example.com")
    await resolve_on_loop()
