import os
os.kill(os.getpid(), 9)
# fails: the application was ended by signal 9
