def f():
    raise ValueError('two\nlines')


f()
# fails: main\.py:2: .*ValueError: two lines$
