import time


def load():
    return open("jobs").read()


async def run(names):
    def step(name):
        time.sleep(len(name))
        return name

    for name in names:
        step(name)
    return list(map(lambda name: step(name), names))
