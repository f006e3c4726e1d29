raise ValueError('Set the API_KEY environment variable')
# fails: needs the environment variable 'API_KEY'
