from starlette.config import Config
KEY = Config()('API_KEY')
# fails: main\.py:2: .*'API_KEY' \(--env API_KEY=value\)
