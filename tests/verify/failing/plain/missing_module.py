import psycopg2
async def app(scope, receive, send):
    pass
# fails: main\.py:1: the application cannot be loaded: needs the module 'psycopg2', which .+ cannot import: .*--stub psycopg2
