from fastapi import FastAPI


def build(name):
    return FastAPI()


app = build
# fails: main\.py: .*has no application called 'app'
