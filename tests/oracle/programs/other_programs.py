"""Starts other programs."""
import asyncio
import os
import subprocess
from subprocess import Popen


async def version():
    done = subprocess.run(["git", "--version"])
    text = subprocess.check_output(["git", "log"])
    os.system("true")
    return done.returncode, text


async def pipeline():
    process = Popen(["make"])
    process.poll()
    process.communicate()
    process.wait()
    return process.returncode


async def in_a_thread():
    return await asyncio.to_thread(subprocess.run, ["git", "--version"])


async def main():
    await version()
    await pipeline()
    await in_a_thread()
