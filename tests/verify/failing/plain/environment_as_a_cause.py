import os
try:
    os.environ['TOKEN']
except KeyError as error:
    raise RuntimeError('no') from error
# fails: main\.py:5: .*needs the environment variable 'TOKEN'
