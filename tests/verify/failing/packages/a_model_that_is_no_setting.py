from pydantic import BaseModel


class A(BaseModel):
    x: int


A()
# fails: main\.py:8: .*ValidationError
