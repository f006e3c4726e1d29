{}['API_KEY']
# fails: main\.py:1: .*KeyError: 'API_KEY'$
