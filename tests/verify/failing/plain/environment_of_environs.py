raise ValueError('Environment variable "API_KEY" not set')
# fails: needs the environment variable 'API_KEY'
