def app(environ, start_response):
    pass
# fails: 'main:app' is a WSGI application \(the function 'app'\): it runs on no event loop
