import socket

socket.create_connection(('127.0.0.1', 19))
# fails: main\.py:3: the application cannot be loaded: needs 127\.0\.0\.1:\d+, which refuses
