import os

KEY = os.environ['API_KEY']
async def app(scope, receive, send):
    pass
# fails: main\.py:3: .*needs the environment variable 'API_KEY' \(--env API_KEY=value\)
