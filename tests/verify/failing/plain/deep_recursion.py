def f():
    f()


f()
# fails: main\.py:2: .*RecursionError
