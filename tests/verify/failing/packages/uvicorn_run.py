import uvicorn
from fastapi import FastAPI
app = FastAPI()
uvicorn.run(app)
# fails: the module starts a server while it is imported
