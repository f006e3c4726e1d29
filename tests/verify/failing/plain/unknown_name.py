import socket


async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        await receive()
        try:
            raise socket.gaierror(-2, 'Name or service not known')
        except Exception as error:
            await send({'type': 'lifespan.startup.failed', 'message': str(error)})
            raise
# fails: has a name that does not resolve
