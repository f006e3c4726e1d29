"""The outside world of a run: libraries unedited against the stand-in and the services; nothing else is reached, whatever is tried.

    python3 tests/verify/outside.py OUTSIDE_RUN [PYTHON with the packages of tests/verify/requirements.txt]
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading

RUN = str(pathlib.Path(sys.argv[1]).resolve())
PYTHON = sys.argv[2] if len(sys.argv) > 2 else sys.executable
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="loopsafe-test-"))
CASES = []


def case(function):
    CASES.append(function)
    return function


class Missing(Exception):
    """What a case needs is not on this machine."""


def need(*modules):
    for module in modules:
        if subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True).returncode:
            raise Missing(f"{module} is not installed for {PYTHON}")


def command(options, *words):
    return [RUN, *options, "--", *words]


def run(program, *options, prefix=(), noted=False):
    """The program in the namespace; its result as outside_run prints it. noted: the probe records where it wants to go."""
    path = FOLDER / "program.py"
    path.write_text(textwrap.dedent(program))
    arming = [str(pathlib.Path(RUN).parent / "lib/loopsafe/python/loopsafe_probe.py")] if noted else []
    done = subprocess.run([*prefix, *command(options, PYTHON, *arming, str(path))], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["closed"] or "--guard-only" in options, "not in a closed namespace"
    return result


def texts(result, kind, state=0):
    return [call["text"] for call in result["calls"][state] if call["kind"] == kind]


def equal(found, wanted):
    assert found == wanted, f"\n  found  {found!r}\n  wanted {wanted!r}"


def lines_of(result):
    return result["output"].splitlines()


# --- libraries, unedited ---

@case
def urllib_by_http_and_https():
    result = run("""
        import urllib.request
        for url in ("http://api.example.com/a?x=1", "https://api.example.com/b", "https://api.example.com:8443/c"):
            print(urllib.request.urlopen(url).read().decode())
    """)
    equal(lines_of(result), ['{"ok": true}'] * 3)
    equal(texts(result, "http"), ["GET api.example.com/a?x=1", "GET api.example.com/b", "GET api.example.com:8443/c"])
    assert "stand-in for api.example.com: 0 ms, 2 requests" in result["lines"], result["lines"]


@case
def requests_with_bodies():
    need("requests")
    result = run("""
        import requests
        session = requests.Session()
        for body in ({"a": 1}, {"a": 1}, {"a": 2}):
            assert session.post("https://pay.example.com/charge", json=body).json() == {"ok": True}
        chunks = (piece for piece in (b'{"a": ', b"1}"))
        session.put("http://pay.example.com/chunks", data=chunks, headers={"Content-Type": "application/json"})
        session.put("http://pay.example.com/text", data='{"a" : 1}')
        print(session.head("http://pay.example.com/").status_code)
    """)
    equal(lines_of(result), ["200"])
    calls = result["calls"][0]
    equal([call["text"] for call in calls], ["POST pay.example.com/charge"] * 3 + ["PUT pay.example.com/chunks", "PUT pay.example.com/text", "HEAD pay.example.com/"])
    hashes = [call["hash"] for call in calls]
    # JSON is compared by what it says, blanks apart; a body that nobody calls JSON by its bytes.
    assert hashes[0] == hashes[1] == hashes[3] != hashes[2] and hashes[4] not in hashes[:4] and hashes[5] == "0", hashes


@case
def httpx_and_aiohttp():
    need("httpx", "aiohttp")
    result = run("""
        import asyncio, httpx, aiohttp
        async def main():
            async with httpx.AsyncClient() as client:
                for url in ("https://h.example.com/1", "http://h.example.com/2"):
                    print((await client.get(url)).json())
            async with aiohttp.ClientSession() as session:
                for url in ("https://a.example.com/1", "http://a.example.com/2", "http://93.184.216.34/literal"):
                    async with session.get(url) as answer:
                        print(await answer.json())
        asyncio.run(main())
    """)
    equal(lines_of(result), ["{'ok': True}"] * 5)
    equal(texts(result, "http"), ["GET h.example.com/1", "GET h.example.com/2", "GET a.example.com/1", "GET a.example.com/2",
                                  "GET 93.184.216.34/literal"])


@case
def uvloop_and_threads_resolve():
    need("uvloop", "aiohttp")
    result = run("""
        import asyncio, uvloop, aiohttp
        async def main():
            loop = asyncio.get_running_loop()
            print((await loop.getaddrinfo("db.internal", 80))[0][4][0].startswith("127.66."))
            async with aiohttp.ClientSession() as session:
                async with session.get("https://u.example.com/") as answer:
                    print(await answer.json())
        uvloop.install()
        asyncio.run(main())
    """)
    equal(lines_of(result), ["True", "{'ok': True}"])


@case
def a_resolver_of_its_own():
    need("aiodns", "aiohttp")
    result = run("""
        import asyncio, aiohttp
        async def main():
            connector = aiohttp.TCPConnector(resolver=aiohttp.AsyncResolver(nameservers=["9.9.9.9"]))
            async with aiohttp.ClientSession(connector=connector) as session:
                async with session.get("http://dns.example.com/") as answer:
                    print(await answer.json())
        asyncio.run(main())
    """)
    equal(lines_of(result), ["{'ok': True}"])


@case
def names_by_every_call():
    result = run("""
        import ctypes, socket
        print(socket.gethostbyname("One.Example.com.") == socket.gethostbyname("one.example.com"))
        print(socket.gethostbyname_ex("two.example.com")[2][0].startswith("127.66."))
        address = socket.getaddrinfo("three.example.com", 443, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)[0][4]
        print(address[0].startswith("127.66."), address[1], socket.getnameinfo(address, 0)[0])
        try:
            socket.getaddrinfo("four.example.com", 80, flags=socket.AI_NUMERICHOST)
        except socket.gaierror as error:
            print("no number")
        print(socket.gethostbyname("localhost"), socket.gethostbyname("127.0.0.9"), socket.gethostbyname(socket.gethostname())[:4])
    """)
    equal(lines_of(result), ["True", "True", "True 443 three.example.com", "no number", "127.0.0.1 127.0.0.9 127."])


# --- the stand-in ---

@case
def delays_by_host():
    result = run("""
        import time, urllib.request
        for url in ("http://slow.example.com/", "https://slow.example.com/", "http://quick.example.com/", "http://localhost:8001/near"):
            start = time.monotonic()
            urllib.request.urlopen(url).read()
            print(round((time.monotonic() - start) * 1000))
    """, "--delay", "5", "--stand-in", "slow.example.com=150", "--stand-in", "localhost:8001=80")
    slow, slow_tls, quick, near = map(int, lines_of(result))
    assert 150 <= slow < 300 and 150 <= slow_tls < 400 and 5 <= quick < 100 and 80 <= near < 200, lines_of(result)
    assert "stand-in for slow.example.com: 150 ms, 2 requests" in result["lines"], result["lines"]


ANSWERS = {"answers": [
    {"host": "api.example.com", "method": "GET", "path": "/items/*", "json": {"id": 7, "tags": ["ä"]}, "headers": {"X-Page": "1"}},
    {"host": "*.example.com", "path": "/gone", "status": 404, "body": "not here", "delay_ms": 30},
    {"path": "/empty", "status": 204}]}


@case
def answers_from_a_file():
    path = FOLDER / "answers.json"
    path.write_text(json.dumps(ANSWERS))
    result = run("""
        import http.client
        connection = http.client.HTTPConnection("api.example.com")
        for method, path in (("GET", "/items/7?x=1"), ("POST", "/items/7"), ("GET", "/gone"), ("GET", "/empty"), ("HEAD", "/items/1")):
            connection.request(method, path)
            answer = connection.getresponse()
            print(answer.status, answer.getheader("X-Page"), answer.getheader("Content-Length"), answer.read().decode() or "nothing")
    """, "--answers", str(path))
    equal(lines_of(result), ['200 1 22 {"id":7,"tags":["ä"]}', '200 None 12 {"ok": true}', "404 None 8 not here", "204 None None nothing",
                             "200 1 22 nothing"])


@case
def wrong_answers_are_one_line():
    for text, words in (('{"answers": [{"status": 99}]}', "answers[0].status: no number that could stand here"),
                        ('{"answers": [{}, {"boddy": ""}]}', "answers[1].boddy: no such key"),
                        ('{"answers": [{"headers": {"Content-Length": "3"}}]}', "answers[0].headers: length and connection"),
                        ('{"answers": \n[', "answers.json:2: "), ("{}", 'no "answers"')):
        path = FOLDER / "answers.json"
        path.write_text(text)
        done = subprocess.run(command(["--answers", str(path)], "true"), capture_output=True, text=True, timeout=60)
        assert done.returncode == 3 and words in done.stderr and done.stderr.count("\n") == 1, done.stderr


@case
def the_wire_of_http():
    result = run(r"""
        import socket
        def ask(*pieces, count):
            s = socket.create_connection(("wire.example.com", 80))
            for piece in pieces:
                s.sendall(piece)
            s.settimeout(5)
            got = b""
            while got.count(b"HTTP/1.1") < count:
                more = s.recv(65536)
                if not more:
                    break
                got += more
            return [line.split(b"\r\n")[0].decode() for line in got.split(b"HTTP/1.1 ")[1:]]
        get = b"GET /%d HTTP/1.1\r\nHost: wire.example.com\r\n\r\n"
        print(ask(*(get % i for i in range(200)), count=200) == ["200 OK"] * 200)
        print(ask(*[bytes([b]) for b in get % 1], count=1))
        print(ask(b"POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n", b"abc", count=2))
        print(ask(b"GET / HTTP/1.0\r\n\r\n", count=9))
        print(ask(get % 1 + b"garbage behind\r\n\r\n", count=2))
        print(ask(b"GET / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", count=1))
        print(ask(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", count=1))
    """)
    equal(lines_of(result), ["True", "['200 OK']", "['100 Continue', '200 OK']", "['200 OK']", "['200 OK', '400 Bad Request']", "[]", "[]"])
    paths = [text for text in texts(result, "http") if text.startswith("GET wire.example.com/") and text != "GET wire.example.com/"]
    equal(paths[:200], [f"GET wire.example.com/{i}" for i in range(200)])
    assert "2 connections to wire.example.com:80 spoke no HTTP" in result["lines"], result["lines"]


@case
def other_protocols_are_told():
    result = run("""
        import smtplib, socket, ssl, time
        start = time.monotonic()
        try:
            smtplib.SMTP("chat.example.com", 5222, timeout=20)
        except (smtplib.SMTPException, OSError):
            print("no greeting")
        print(time.monotonic() - start < 10)
        pinned = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            pinned.wrap_socket(socket.create_connection(("pinned.example.com", 443)), server_hostname="pinned.example.com")
        except ssl.SSLError:
            print("not trusted")
    """)
    equal(lines_of(result), ["no greeting", "True", "not trusted"])
    assert "1 connection to chat.example.com:5222 said nothing" in result["lines"], result["lines"]
    assert "1 connection to pinned.example.com:443 did not trust the certificate of the run" in result["lines"], result["lines"]


@case
def ten_thousand_connections():
    result = run("""
        import resource, select, socket
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        wanted = min(10000, limit - 100)
        many = [socket.create_connection(("many.example.com", 80)) for _ in range(wanted)]
        for s in many:
            s.sendall(b"GET / HTTP/1.1\\r\\nHost: many.example.com\\r\\n\\r\\n")
        print(wanted, sum(s.recv(1000).startswith(b"HTTP/1.1 200") for s in many))
    """)
    wanted, answered = lines_of(result)[0].split()
    equal(answered, wanted)
    equal(len(texts(result, "http")), int(wanted))


# --- mail ---

MESSAGE = """
    import email.message, email.utils
    def message(to, picture=False):
        text = email.message.EmailMessage()
        text["From"], text["To"], text["Subject"] = "shop@example.com", to, "News"
        text["Date"], text["Message-ID"] = email.utils.formatdate(), email.utils.make_msgid()
        text.set_content("There is news.\\n.\\n..\\n")
        if picture:
            text.add_attachment(b"12345", maintype="image", subtype="png")
        return text
"""


def mails(result):
    return [call for call in result["calls"][0] if call["kind"] == "mail"]


@case
def mail_by_smtplib():
    result = run(MESSAGE + """
    import smtplib, ssl, time
    with smtplib.SMTP("mail.example.com", timeout=10) as smtp:
        print(sorted(smtp.esmtp_features) or smtp.ehlo()[0])
        for _ in range(2):
            smtp.send_message(message("bob@example.com, ada@example.com", picture=True))
            time.sleep(1.1)
        smtp.sendmail("", ["eve@example.com"], "Subject: x")
        print(smtp.docmd("FOO")[0], smtp.docmd("RCPT", "TO:<a@x>")[0], smtp.noop()[0], smtp.verify("ada")[0])
    with smtplib.SMTP("mail.example.com", 587, timeout=10) as smtp:
        print(smtp.starttls(context=ssl.create_default_context())[0], smtp.sock.version()[:3], smtp.has_extn("starttls"), smtp.login("ada", "secret")[0])
        smtp.send_message(message("ada@example.com"))
    with smtplib.SMTP_SSL("mail.example.com", timeout=10, context=ssl.create_default_context()) as smtp:
        smtp.ehlo()
        print(smtp.sock.version()[:3], smtp.has_extn("starttls"))
        smtp.send_message(message("ada@example.com"))
    with smtplib.SMTP("localhost", timeout=10) as smtp:
        smtp.send_message(message("ada@example.com"))
    with smtplib.SMTP("localhost", timeout=10) as smtp:
        pass
    """)
    equal(lines_of(result), ["250", "500 503 250 252", "220 TLS False 235", "TLS False"])
    both = "to ada@example.com, bob@example.com from shop@example.com by mail.example.com:25"
    equal(texts(result, "mail"), [both, both, "to eve@example.com from <> by mail.example.com:25"] +
          [f"to ada@example.com from shop@example.com by {place}" for place in ("mail.example.com:587", "mail.example.com:465", "localhost:25")])
    hashes = [call["hash"] for call in mails(result)]
    # Time, number and boundary of the two are not the same, nor are the last three's.
    assert hashes[0] == hashes[1] and len(set(hashes)) == 3 and hashes[3] == hashes[4] == hashes[5], hashes
    equal(result["lines"], ["1 connection to localhost:25 sent no mail", "stand-in for localhost:25: 0 ms, 1 mail", "stand-in for mail.example.com:25: 0 ms, 3 mails",
                            "stand-in for mail.example.com:465: 0 ms, 1 mail", "stand-in for mail.example.com:587: 0 ms, 1 mail"])


@case
def mail_by_aiosmtplib():
    need("aiosmtplib")
    result = run(MESSAGE + """
    import asyncio, aiosmtplib
    async def main():
        for options in ({"port": 25}, {"port": 587, "username": "ada", "password": "secret"}, {"port": 465, "use_tls": True}, {"port": 587, "start_tls": True}):
            errors, words = await aiosmtplib.send(message("ada@example.com"), hostname="mail.example.com", **options)
            print(errors, words)
        await asyncio.gather(*(aiosmtplib.send(message(f"{i}@example.com"), hostname="many.example.com", port=25) for i in range(50)))
    asyncio.run(main())
    """)
    equal(lines_of(result), ["{} Taken"] * 4)
    equal(texts(result, "mail")[:4], [f"to ada@example.com from shop@example.com by mail.example.com:{port}" for port in (25, 587, 465, 587)])
    equal(sorted(texts(result, "mail")[4:]), sorted(f"to {i}@example.com from shop@example.com by many.example.com:25" for i in range(50)))
    assert "stand-in for many.example.com:25: 0 ms, 50 mails" in result["lines"], result["lines"]


@case
def mail_by_django():
    need("django")
    result = run("""
        import django
        from django.conf import settings
        settings.configure(EMAIL_HOST="mail.example.com", EMAIL_PORT=587, EMAIL_USE_TLS=True, EMAIL_HOST_USER="shop", EMAIL_HOST_PASSWORD="x")
        from django.core.mail import EmailMultiAlternatives, mail_admins, send_mail, send_mass_mail
        for _ in range(2):
            html = EmailMultiAlternatives("News", "text", "shop@example.com", ["ada@example.com"], bcc=["bob@example.com"])
            html.attach_alternative("<p>html</p>", "text/html")
            print(html.send())
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = "localhost", 25, False, ""
        print(send_mass_mail([("a", "b", "shop@example.com", ["ada@example.com"])] * 2))
    """)
    equal(lines_of(result), ["1", "1", "2"])
    both, one = "to ada@example.com, bob@example.com from shop@example.com by mail.example.com:587", "to ada@example.com from shop@example.com by localhost:25"
    equal(texts(result, "mail"), [both, both, one, one])
    hashes = [call["hash"] for call in mails(result)]
    assert hashes[0] == hashes[1] != hashes[2] == hashes[3], hashes


@case
def mail_is_answered_late():
    result = run("""
        import smtplib, time
        def timed(function, *arguments):
            start = time.monotonic()
            done = function(*arguments)
            print(round((time.monotonic() - start) * 1000))
            return done
        smtp = timed(smtplib.SMTP, "slow.example.com")
        timed(smtp.sendmail, "a@x", ["b@x", "c@x"], "Subject: x")
        timed(smtp.quit)
        smtp = smtplib.SMTP("quick.example.com")
        timed(smtp.sendmail, "a@x", ["b@x"], "Subject: x")
    """, "--delay", "2", "--stand-in", "slow.example.com=100")
    greeting, slow, leave, quick = map(int, lines_of(result))
    # EHLO, MAIL, twice RCPT, DATA, text
    assert greeting < 80 and 600 <= slow < 900 and 100 <= leave < 200 and 10 <= quick < 100, lines_of(result)


@case
def the_wire_of_mail():
    result = run(r"""
        import socket, ssl
        def ask(text, port=25, pieces=False):
            s = socket.create_connection(("wire.example.com", port))
            s.settimeout(10)
            for piece in ([bytes([b]) for b in text] if pieces else [text]):
                s.sendall(piece)
            got = b""
            while True:
                more = s.recv(65536)
                if not more:
                    return [line[:3].decode() for line in got.split(b"\r\n") if line[3:4] == b" "]
                got += more
        mail = b"MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.\r\n"
        print(" ".join(ask(b"EHLO a\r\n" + mail + mail + b"QUIT\r\n")))
        print(" ".join(ask(b"EHLO a\r\n" + mail + b"QUIT\r\n", 587, pieces=True)))
        print(ask(b"HELO a\r\n" + mail * 100 + b"QUIT\r\n").count("250"))
        print(ask(b"FOO\r\n" * 100)[-1])
        # What stands behind STARTTLS in plain is no command within TLS.
        s = socket.create_connection(("wire.example.com", 25))
        s.recv(100)
        s.sendall(b"EHLO a\r\nSTARTTLS\r\n" + mail)
        got = b""
        while b"220 Begin\r\n" not in got:
            got += s.recv(1000)
        try:
            s = ssl.create_default_context().wrap_socket(s, server_hostname="wire.example.com")
            s.sendall(b"QUIT\r\n")
            print(s.recv(100))
        except OSError as error:
            print("broken")
        untrusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            untrusting.wrap_socket(socket.create_connection(("pinned.example.com", 465)), server_hostname="pinned.example.com")
        except ssl.SSLError:
            print("not trusted")
        s = socket.create_connection(("silent.example.com", 465))
        print(s.recv(100))
    """)
    one = "250 250 354 250"
    equal(lines_of(result), [f"220 250 {one} {one} 221", f"220 250 {one} 221", "301", "421", "b'221 Bye\\r\\n'", "not trusted", "b''"])
    equal(len(mails(result)), 103)
    for line in ("2 connections to wire.example.com:25 sent no mail", "1 connection to pinned.example.com:465 did not trust the certificate of the run",
                 "1 connection to silent.example.com:465 said nothing"):
        assert line in result["lines"], (line, result["lines"])


# --- services ---

@case
def postgres_by_two_drivers():
    need("psycopg2", "asyncpg")
    result = run("""
        import asyncio, os, asyncpg, psycopg2
        one = psycopg2.connect(os.environ["DATABASE_URL"])
        cursor = one.cursor()
        cursor.execute("select count(*) from pg_tables where schemaname = 'public'")
        print(cursor.fetchone()[0])
        cursor.execute("create table t (id int,\\n\\tname text)")
        cursor.execute("insert into t values (%s, %s)", (1, "o'x  y"))
        one.commit()
        for place in ("host=db.internal user=shop password=x dbname=orders", "host=/var/run/postgresql user=shop dbname=orders"):
            psycopg2.connect(place).cursor().execute("select 'by another name'")
        async def main():
            two = await asyncpg.connect("postgresql://u:p@localhost:5432/other")
            await two.execute("insert into t values ($1, $2)", 2, "two\\nlines, $1")
            print([tuple(row) for row in await two.fetch("select * from t order by id")])
            await two.close()
        asyncio.run(main())
    """, "--postgres", "--states", "2")
    equal(lines_of(result), ["0", '[(1, "o\'x  y"), (2, \'two\\nlines, $1\')]'])
    for state in (0, 1):
        sql = texts(result, "sql", state)
        for wanted in ("create table t (id int, name text)", "insert into t values (1, 'o''x  y')", "select 'by another name'",
                       "insert into t values ('2', 'two\nlines, $1')", "select * from t order by id"):
            assert wanted in sql, (wanted, sql)
    times = [call["at_ns"] for call in result["calls"][0]]
    equal(times, sorted(times))


@case
def redis_and_its_commands():
    need("redis")
    result = run("""
        import redis
        client = redis.Redis(host="cache.internal")
        print(client.get("left"), client.set("left", "a b"), client.incr("n"))
        redis.Redis(unix_socket_path="/var/run/redis/redis-server.sock", db=3).set("k", "v")
    """, "--redis", "--states", "2")
    equal(lines_of(result), ["None True 1"])
    for state in (0, 1):
        equal(texts(result, "redis", state), ["GET left", 'SET left "a b"', "INCRBY n 1", "db3: SET k v"])


# --- nothing leaves ---

GUARD = r"""
    import ctypes, errno, socket, struct
    def attempt(name, function, *arguments):
        try:
            function(*arguments)
            print(name, "WENT OUT")
        except OSError as error:
            print(name, errno.errorcode.get(error.errno, error))
    def udp(family, place):
        s = socket.socket(family, socket.SOCK_DGRAM)
        s.sendto(b"x", place)
    def message(family, place):
        s = socket.socket(family, socket.SOCK_DGRAM)
        s.sendmsg([b"x"], [], 0, place)
    def stream(family, place):
        socket.socket(family, socket.SOCK_STREAM).connect(place)
    libc = ctypes.CDLL(None, use_errno=True)
    def syscall(kind):
        s = socket.socket(socket.AF_INET, kind)
        place = struct.pack("=H", socket.AF_INET) + struct.pack("!H", 80) + socket.inet_aton("192.0.2.1") + bytes(8)
        SYS_CONNECT = 42
        if libc.syscall(SYS_CONNECT, s.fileno(), place, len(place)):
            raise OSError(ctypes.get_errno(), "")
        s.send(b"x")
    attempt("udp", udp, socket.AF_INET, ("192.0.2.1", 4000))
    attempt("udp6", udp, socket.AF_INET6, ("2001:db8::1", 4000))
    attempt("message", message, socket.AF_INET, ("192.0.2.1", 4000))
    attempt("name", udp, socket.AF_INET, ("metrics.example.com", 8125))
    attempt("broadcast", udp, socket.AF_INET, ("224.0.0.1", 4000))
    attempt("link", stream, socket.AF_INET, ("169.254.169.254", 80))
    attempt("link6", stream, socket.AF_INET6, ("fe80::1", 80, 0, 1))
    attempt("tcp-call", syscall, socket.SOCK_STREAM)
    attempt("udp-call", syscall, socket.SOCK_DGRAM)
"""


@case
def datagrams_and_neighbours_are_refused():
    result = run(GUARD, noted=True)
    refused = dict(line.split() for line in lines_of(result))
    equal(set(refused.values()), {"ENETUNREACH"})
    equal(len(refused), 9)
    notes = [note.split()[1] for note in result["notes"] if note.startswith("refused")]
    equal(notes, ["192.0.2.1:4000", "[2001:db8::1]:4000", "192.0.2.1:4000", "metrics.example.com:8125", "224.0.0.1:4000",
                  "169.254.169.254:80", "[fe80::1]:80"])


@case
def without_the_probe_the_kernel_refuses():
    program = GUARD.replace('attempt("name"', 'attempt("tcp", stream, socket.AF_INET, ("192.0.2.1", 80))\n    '
                            'attempt("tcp6", stream, socket.AF_INET6, ("2001:db8::1", 80))\n    attempt("name"')
    program += '    attempt("resolver", stream, socket.AF_INET, ("example.com", 80))\n'
    refused = dict(line.split(" ", 1) for line in lines_of(run(program, "--no-probe")))
    equal({name for name, words in refused.items() if "WENT" in words}, set())
    for name in ("udp", "udp6", "message", "tcp", "tcp6", "tcp-call", "udp-call"):
        assert "UNREACH" in refused.get(name, "UNREACH") or "ADDRNOTAVAIL" in refused[name], (name, refused)


@case
def sockets_of_others_in_the_file_system():
    place = FOLDER / "docker.sock"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(place))
    server.listen()
    os.utime(place, (0, 0))
    threading.Event().wait(1.1)  # the socket is older than the run
    result = run(f"""
        import errno, os, socket, tempfile
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect({str(place)!r})
            print("REACHED")
        except OSError as error:
            print(errno.errorcode[error.errno])
        own = socket.socket(socket.AF_UNIX)
        path = os.path.join(tempfile.gettempdir(), "own.sock")
        own.bind(path)
        own.listen()
        s = socket.socket(socket.AF_UNIX)
        s.connect(path)
        print("own")
    """, noted=True)
    server.close()
    equal(lines_of(result), ["ENETUNREACH", "own"])
    assert f"refused {place}" in result["notes"], result["notes"]


@case
def secrets_stay_behind():
    os.environ["AWS_SECRET_ACCESS_KEY"] = "secret"
    os.environ["SHOP_TOKEN"] = "t"
    try:
        result = run("""
            import os
            print(sorted(name for name in os.environ if "SECRET" in name or "TOKEN" in name or "PROXY" in name.upper()))
            print(os.environ["SHOP_TOKEN"], os.environ["MODE"], os.path.expanduser("~").endswith("/home"))
            print(os.getuid() != 0)
        """, "--env", "SHOP_TOKEN", "--env", "MODE=test=1")
    finally:
        del os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["SHOP_TOKEN"]
    equal(lines_of(result), ["['NO_PROXY', 'SHOP_TOKEN']", "t test=1 True", "True"])


def listener():
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            client.sendall(b"outside says " + client.recv(100).upper())
            client.close()
    threading.Thread(target=serve, daemon=True).start()
    return server


@case
def the_only_opening():
    server = listener()
    port = server.getsockname()[1]
    result = run(f"""
        import socket
        def ask(place):
            s = socket.create_connection(place, timeout=10)
            s.sendall(b"hello\\n")
            s.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: s.recv(100), b""))
        print(ask(("localhost", {port})), ask(("127.0.0.1", {port})))
        try:
            socket.create_connection(("127.0.0.1", {port + 1}), timeout=5)
            print("REACHED")
        except OSError:
            print("nobody else")
    """, "--open", f"localhost:{port}")
    server.close()
    equal(lines_of(result), ["b'outside says HELLO\\n' b'outside says HELLO\\n'", "nobody else"])


@case
def not_a_packet_on_a_wire():
    """A pair of interfaces as the outside, counted by the kernel: loopsafe starts beside it and all programs try to reach it."""
    if os.getuid() != 0 or not shutil.which("ip"):
        raise Missing("a pair of interfaces needs root and the command ip")
    script = FOLDER / "wire.sh"
    script.write_text(textwrap.dedent(f"""
        set -e
        ip link set lo up
        ip link add wire0 type veth peer name wire1
        ip link set wire0 up
        ip link set wire1 up
        ip addr add 192.0.2.7/24 dev wire0
        ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev wire0
        sysctl -qw net.ipv6.conf.wire0.disable_ipv6=1 net.ipv6.conf.wire1.disable_ipv6=1 || true
        sleep 0.3
        sent() {{ awk '$1 == "wire0:" {{ print $11 }}' /proc/net/dev; }}
        sent
        {RUN} {"--no-probe"} -- {PYTHON} {FOLDER / 'program.py'} >&2
        sent
        {PYTHON} -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.sendto(b"x", ("192.0.2.1", 9))'
        sent
    """))
    (FOLDER / "program.py").write_text(textwrap.dedent(GUARD))
    done = subprocess.run(["unshare", "-n", "sh", str(script)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    before, after, control = map(int, done.stdout.split())
    assert '"closed":true' in done.stderr.replace(" ", ""), done.stderr
    equal(after, before)
    equal(control, before + 1)  # the same datagram without the namespace is counted: the wire would have told


REFUSING = r"""
import ctypes, os, struct, sys
AUDIT_ARCH = {"x86_64": (0xc000003e, 272), "aarch64": (0xc00000b7, 97)}
arch, unshare = AUDIT_ARCH[os.uname().machine]
def op(code, jt, jf, k):
    return struct.pack("=HBBI", code, jt, jf, k)
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
program = b"".join([op(LOAD, 0, 0, 0), op(EQUAL, 0, 2, unshare), op(RETURN, 0, 0, 0x00050000 | 1), op(RETURN, 0, 0, 0x7fff0000),
                    op(RETURN, 0, 0, 0x7fff0000)])
buffer = ctypes.create_string_buffer(program)
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
filter = Program(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(filter), 0, 0) == 0, ctypes.get_errno()
os.execv(sys.argv[1], sys.argv[1:])
"""


def refusing():
    """A kernel that refuses unshare: a seccomp filter, as containers have one."""
    path = FOLDER / "refusing.py"
    path.write_text(REFUSING)
    return [sys.executable, str(path)]


@case
def refused_by_the_kernel():
    done = subprocess.run([*refusing(), *command([], "true")], capture_output=True, text=True, timeout=60)
    equal(done.returncode, 3)
    equal(done.stderr, "cannot run other people's code safely: the kernel refuses a network of its own (unshare: Operation not "
                       "permitted); allow user namespaces, run as root, or accept less with --allow-guard-only\n")


@case
def guard_alone_inside_a_namespace():
    """What the probe refuses by itself; tried where nothing could get out if it did not."""
    if subprocess.run(["unshare", "-Un", "true"], capture_output=True).returncode:
        raise Missing("the command unshare is refused")
    result = run("""
        import errno, socket, urllib.request
        print(urllib.request.urlopen("https://api.example.com/").read().decode())
        try:
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9))
        except OSError as error:
            print(errno.errorcode[error.errno])
    """, "--guard-only", noted=True, prefix=["unshare", "-Urn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *refusing()])
    equal(result["closed"], False)
    equal(lines_of(result), ['{"ok": true}', "ENETUNREACH"])
    assert "refused 192.0.2.1:9" in result["notes"], result["notes"]


@case
def an_ordinary_user():
    if os.getuid() != 0:
        return
    shared = pathlib.Path(tempfile.mkdtemp(prefix="loopsafe-user-", dir="/tmp"))
    try:
        shutil.copytree(pathlib.Path(RUN).resolve().parent / "lib", shared / "lib")
        shutil.copy(RUN, shared / "outside_run")
        for path in [shared, *shared.rglob("*")]:
            path.chmod(0o755)
        done = subprocess.run([shared / "outside_run", "--", "sh", "-c", "id -u"], capture_output=True, text=True, timeout=60,
                              user=65534, group=65534, extra_groups=[], env={"PATH": os.environ["PATH"]}, cwd="/")
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout)
        equal((result["closed"], result["output"]), (True, "65534"))
    finally:
        shutil.rmtree(shared)


def commands_that_run():
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes()
        except OSError:
            pass


@case
def nothing_is_left():
    """Folders and processes of a run are gone with it, also when the program leaves something behind."""
    own = pathlib.Path(tempfile.mkdtemp(dir=FOLDER))
    os.environ["TMPDIR"] = str(own)
    try:
        result = run("""
            import os, subprocess, sys
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)", os.environ["TMPDIR"]], start_new_session=True)
            os.symlink("/etc", "link")
            os.makedirs("deep/" * 20)
            print(os.environ["TMPDIR"])
        """, "--postgres", "--redis")
    finally:
        del os.environ["TMPDIR"]
    assert lines_of(result)[0].startswith(str(own)), result["output"]
    equal(list(own.iterdir()), [])
    equal([words for words in commands_that_run() if str(own).encode() in words], [])


def main():
    only = sys.argv[3:]
    passed = failed = 0
    for function in CASES:
        if only and function.__name__ not in only:
            continue
        try:
            function()
            passed += 1
        except Missing as missing:
            print(f"not run: {function.__name__}: {missing}")
        except Exception as error:
            print(f"{function.__name__}: {type(error).__name__}: {error}")
            failed += 1
    shutil.rmtree(FOLDER)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
