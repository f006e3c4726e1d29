import time
print('waiting')
time.sleep(60)
# fails: was not ready after 5 s \(it is still being imported\); it printed last: waiting
