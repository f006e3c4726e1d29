from flask import Flask
app = Flask(__name__)
# fails: 'main:app' is a WSGI application \(of type 'Flask'\)
