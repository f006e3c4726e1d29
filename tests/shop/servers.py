"""A PostgreSQL and a Redis of our own on loopback, with empty data, ended with the test."""
import contextlib
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

WAREHOUSE = ("CREATE TABLE stock (sku text PRIMARY KEY, on_hand int);"
             "INSERT INTO stock VALUES ('tea', 7), ('mug', 3), ('pot', 0);")


def binary(name):
    """The path of a server's program; Debian keeps PostgreSQL's out of PATH."""
    places = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(places[0]) if places else None)


def lacking():
    return [name for name in ("initdb", "postgres", "psql", "redis-server", "openssl") if not binary(name)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(ready, what, process):
    for _ in range(200):
        if ready():
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"{what} did not start")


@contextlib.contextmanager
def process_of(command, **options):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def redis(folder):
    port = free_port()
    command = [binary("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with process_of(command) as process:
        until(lambda: answers(port), "redis-server", process)
        yield port


def as_server_user(folder):
    """PostgreSQL refuses to run as root: then as the user that its package made."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def postgres(folder):
    port, data = free_port(), folder / "data"
    folder.mkdir()
    run_as = as_server_user(folder)
    subprocess.run([binary("initdb"), "--auth=trust", "--username=shop", "--no-sync", "-D", data], check=True,
                   capture_output=True, cwd=folder, **run_as)
    command = [binary("postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder), "-F"]
    with process_of(command, cwd=folder, **run_as) as process:
        def query(text):
            done = subprocess.run([binary("psql"), "-h", "127.0.0.1", "-p", str(port), "-U", "shop", "-d", "postgres", "-c", text],
                                  capture_output=True)
            return done.returncode == 0
        until(lambda: query("SELECT 1"), "postgres", process)
        if not query(WAREHOUSE):
            raise RuntimeError("postgres takes no tables")
        yield port
