import socket


async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        await receive()
        try:
            socket.create_connection(('127.0.0.1', 19))
        except Exception as error:
            await send({'type': 'lifespan.startup.failed', 'message': str(error)})
            raise
# fails: main\.py:\d+: the application does not start: needs 127\.0\.0\.1:\d+, which refuses the connection \(--stand-in 127\.0\.0\.1:\d+=100 answers HTTP in its place\)
