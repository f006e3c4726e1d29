"""SQLite and copies of files."""
import asyncio
import shutil
import sqlite3
from pathlib import Path


async def open_database():
    database = sqlite3.connect(":memory:")
    return database


def copy_blocking():
    Path("a").mkdir()
    shutil.copytree("a", "b")


async def copies():
    Path("x").mkdir(exist_ok=True)
    shutil.copytree("x", "y")
    shutil.rmtree("y")
    return Path("x").exists()


async def main():
    await open_database()
    await copies()
    await asyncio.to_thread(copy_blocking)
