"""What `requests` is used for, a coroutine a case; run.py fixes the text for each client and compares what is seen."""
import io
import json

import requests
from requests import exceptions


async def get(base):
    response = requests.get(base + "/text")
    return response.status_code, response.text, response.ok, response.url


async def redirected(base):
    response = requests.get(base + "/redirect")
    return response.status_code, response.json(), response.url


async def not_redirected(base):
    response = requests.get(base + "/redirect", allow_redirects=False)
    return response.status_code, response.headers["location"]


async def head(base):
    return requests.head(base + "/redirect").status_code


async def post_redirected(base):
    return requests.post(base + "/redirect", json={"a": 1}).json()


async def params(base):
    return requests.get(base + "/text", params={"a": 1, "b": ["x", "y"], "c": "ä ö"}, timeout=5).json()


async def params_by_position(base):
    return requests.get(base + "/text", {"a": "1"}, timeout=(3, 5)).json()


async def params_beside_query(base):
    return requests.get(base + "/text?x=1", params={"a": "1"}).json()


async def params_unset(base):
    return requests.get(base + "/text", params={"a": None, "b": True}).json()


async def post_json(base):
    return requests.post(base + "/text", json={"a": [1, None, "ä"]}).json()


async def post_form(base):
    return requests.post(base + "/text", data={"a": "1", "b": "x y"}).json()


async def post_form_by_position(base):
    return requests.post(base + "/text", {"a": "1"}).json()


async def post_text(base):
    return requests.post(base + "/text", data="plain", headers={"content-type": "text/x"}).json()


async def post_bytes(base):
    return requests.post(base + "/text", data=b"bytes", headers={"content-type": "text/x"}).json()


async def post_dumped(base):
    body = json.dumps({"a": 1})
    return requests.post(base + "/text", data=body, headers={"content-type": "application/json"}).json()


async def post_pairs(base):
    return requests.post(base + "/text", data=[("a", "1"), ("a", "2")]).json()


async def post_files(base):
    return requests.post(base + "/text", files={"f": ("name.txt", io.BytesIO(b"content"))}).json()["method"]


async def put(base):
    return requests.put(base + "/text", json={}).json()


async def delete(base):
    return requests.delete(base + "/text").json()


async def delete_json(base):
    return requests.delete(base + "/text", json={"a": 1}).json()


async def request(base):
    return requests.request("PATCH", base + "/text", json={"a": 1}).json()


async def options(base):
    return requests.options(base + "/text").status_code


async def login(base):
    return requests.get(base + "/text", auth=("user", "word")).json()


async def cookies(base):
    return requests.get(base + "/text", cookies={"a": "b"}).json()


async def missing(base):
    response = requests.get(base + "/missing")
    try:
        response.raise_for_status()
    except requests.HTTPError:
        return "refused", response.ok, response.reason
    return "taken"


async def slow(base):
    try:
        return requests.get(base + "/slow", timeout=0.2).text
    except exceptions.Timeout:
        return "timeout"


async def slow_enough(base):
    return requests.get(base + "/slow").text


async def refused(base):
    try:
        return requests.get("http://127.0.0.1:9/").text
    except requests.ConnectionError:
        return "no connection"


async def any_trouble(base):
    try:
        return requests.get(base + "/broken").json()
    except requests.RequestException:
        return "trouble"


async def endless(base):
    try:
        return requests.get(base + "/endless").text
    except requests.TooManyRedirects:
        return "too many"


async def several(base):
    texts = []
    for name in ("a", "b"):
        texts.append(requests.get(base + "/" + name).text)
    return texts


async def session(base):
    with requests.Session() as shared:
        shared.headers.update({"x-one": "1"})
        first = shared.get(base + "/text").json()
        second = shared.head(base + "/redirect").status_code
        third = shared.post(base + "/redirect", json={}).status_code
    return first, second, third
