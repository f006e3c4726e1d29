raise RuntimeError('DATABASE_URL is not set')
async def app(scope, receive, send):
    pass
# fails: needs the environment variable 'DATABASE_URL'
