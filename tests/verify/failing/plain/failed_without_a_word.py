async def app(scope, receive, send):
    await receive()
    await send({'type': 'lifespan.startup.failed'})
# fails: the application does not start: .*start-up failed
