def read(name):
    with open(name) as file:
        return file.read()


def load(name):
    return read(name + ".json")


class Store:
    def legacy(self):  # loopsafe: off-loop kept for the importer
        return read("legacy")

    def total(self):
        return sum([1, 2])

    def save(self, text):
        self.backend.put(text)
        with open("store", "w") as file:
            file.write(text)
