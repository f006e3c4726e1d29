import email.nothing
async def app(scope, receive, send):
    pass
# fails: main\.py:1: .*needs the module 'email\.nothing'
