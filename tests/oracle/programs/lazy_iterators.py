"""A generator that a thread only creates does its work where it is iterated."""
import asyncio
import os


async def lazily():
    found = []
    for base, folders, files in os.walk("."):
        found.extend(files)
    return found


def walk_all():
    return [files for _, _, files in os.walk(".")]


async def completely():
    return await asyncio.to_thread(walk_all)


async def main():
    await lazily()
    await completely()
