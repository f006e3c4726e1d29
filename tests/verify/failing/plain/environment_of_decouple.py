raise ValueError('API_KEY not found. Declare it as envvar or define a default value.')
# fails: needs the environment variable 'API_KEY'
