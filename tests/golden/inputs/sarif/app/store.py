def load(key):
    return read(key)


def read(key):
    with open(key) as file:
        return file.read()
