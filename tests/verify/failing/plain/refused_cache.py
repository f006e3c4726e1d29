async def app(scope, receive, send):
    if scope['type'] == 'lifespan':
        await receive()
        try:
            raise ConnectionError('Error 111 connecting to cache.internal:6379. Connection refused.')
        except Exception as error:
            await send({'type': 'lifespan.startup.failed', 'message': str(error)})
            raise
# fails: needs cache\.internal:6379, .*--service redis
