"""Work in comprehensions, conditions, f-strings and operators."""
import asyncio
import time
import urllib.request


async def load(urls):
    sizes = [len(urllib.request.urlopen(url).read()) for url in urls]
    by_name = {url: urllib.request.urlopen(url).status for url in urls}
    if urllib.request.urlopen(urls[0]).status == 200:
        sizes.append(0)
    text = f"{urllib.request.urlopen(urls[0]).status}"
    fine = [await asyncio.sleep(0, len(url)) for url in urls]
    return sizes, by_name, text, fine


async def short_circuit(flag):
    flag and time.sleep(1)
    not flag or time.sleep(1)
    return time.sleep(1) if flag else None


async def main():
    await load(["http://a", "http://b"])
    await short_circuit(True)
