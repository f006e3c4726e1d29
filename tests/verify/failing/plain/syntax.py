def f(:
    pass
# fails: main\.py:1: .*is not valid for Python 3
