import helpers.missing
async def app(scope, receive, send):
    pass
# fails: main\.py:1: .*the project has no module 'helpers\.missing'
