async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        await receive()
        try:
            raise OSError("[Errno 111] Connect call failed ('127.0.0.1', 5432)")
        except Exception as error:
            await send({'type': 'lifespan.startup.failed', 'message': str(error)})
            raise
# fails: needs 127\.0\.0\.1:5432, which refuses the connection \(--service postgres starts one\)
