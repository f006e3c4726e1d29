import os
print('last words')
os._exit(7)
# fails: the application ended with exit code 7; it printed last: last words
