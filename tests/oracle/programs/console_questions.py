"""Questions to a person."""
import asyncio
import getpass


async def ask():
    name = input("name? ")
    secret = getpass.getpass()
    print(name)
    return secret


async def ask_in_thread():
    return await asyncio.to_thread(input, "name? ")


async def fake(input):
    return input("name? ")


async def main():
    await ask()
    await ask_in_thread()
    await fake(str)
