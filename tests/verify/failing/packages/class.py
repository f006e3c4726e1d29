from fastapi import FastAPI


class app:
    def __init__(self, x):
        pass
# fails: has no application called 'app'
