"""What the shop talks to: an HTTP server (suppliers, payments, S3, SQS), a mail server, and a slow wire to Redis and PostgreSQL.

Everything listens on loopback, in threads of the process that starts it. What the shop asked for is kept, in `calls`
and `mails`, until it is taken. Each answer comes `delay_s` late.
"""
import hashlib
import http.server
import json
import re
import socket
import socketserver
import ssl
import subprocess
import threading
import time
import urllib.parse

CUSTOMERS = {"good": "ada"}
STOCK_LISTING = (b'<?xml version="1.0"?><ListBucketResult><Name>shop-invoices</Name><KeyCount>1</KeyCount>'
                 b"<Contents><Key>invoices/1.pdf</Key><Size>3</Size></Contents></ListBucketResult>")


class Upstreams:
    """All of them. `control` is the HTTP server's own address for tests: /_take hands out what was asked, /_delay sets
    how late answers come."""

    def __init__(self, folder):
        self.delay_s = 0.0
        self.calls, self.mails = [], []
        self.certificate = make_certificate(folder)
        self.http = start(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_of(self)))
        self.smtp = start(MailServer(("127.0.0.1", 0), self))

    @property
    def http_url(self):
        return f"http://localhost:{self.http.server_address[1]}"

    @property
    def smtp_host(self):
        return f"localhost:{self.smtp.server_address[1]}"

    def slow_wire(self, address):
        """A port whose answers come late, in front of a server."""
        return start(Wire(("127.0.0.1", 0), self, address)).server_address[1]

    def take(self):
        calls, mails, self.calls, self.mails = self.calls, self.mails, [], []
        return {"calls": sorted(calls, key=json.dumps), "mails": sorted(mails)}

    def wait(self):
        time.sleep(self.delay_s)


def start(server):
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def make_certificate(folder):
    path = folder / "mail.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-keyout", path, "-out", folder / "mail.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + (folder / "mail.crt").read_text())
    return path


def handler_of(upstreams):
    return type("Handler", (HttpHandler,), {"upstreams": upstreams})


class HttpHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        """Silence."""

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else self.chunked()
        parts = urllib.parse.urlsplit(self.path)
        if parts.path.startswith("/_"):
            return self.control(parts, body)
        self.upstreams.calls.append([self.command, parts.path, query_of(parts), plain(body)])
        self.upstreams.wait()
        status, answer, kind = answer_of(self.command, parts.path, body, self.headers)
        self.reply(status, answer, kind)

    do_GET = do_POST = do_PUT = do_DELETE = handle_any

    def chunked(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return b""
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def control(self, parts, body):
        if parts.path == "/_delay":
            self.upstreams.delay_s = float(body)
        taken = self.upstreams.take() if parts.path == "/_take" else {}
        self.reply(200, json.dumps(taken).encode(), "application/json")

    def reply(self, status, answer, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def query_of(parts):
    return sorted(urllib.parse.parse_qsl(parts.query))


def plain(body):
    """A body without what is random in it."""
    text = body.decode("utf-8", "backslashreplace")
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "UUID", text)
    try:
        return json.loads(text)
    except ValueError:
        return text


def answer_of(method, path, body, headers):
    if headers.get("X-Amz-Target", "").endswith("SendMessage"):
        sent = json.loads(body)["MessageBody"].encode()
        return as_json({"MessageId": "1", "MD5OfMessageBody": hashlib.md5(sent).hexdigest()})
    if method == "PUT":
        return 200, b"", "application/xml"
    if path == "/shop-invoices":
        return 200, STOCK_LISTING, "application/xml"
    return shop_answer(path.strip("/").split("/"), body, headers)


def shop_answer(parts, body, headers):
    kind, rest = parts[0], parts[-1]
    if kind == "charges":
        return charge(json.loads(body))
    if kind in ("keys", "sessions"):
        customer = CUSTOMERS.get(rest)
        return as_json({"customer": customer}) if customer else as_json({}, 404)
    answers = {"prices": {"price": "12.50"}, "reviews": [{"stars": 5}], "stock": {"stock": 7}, "parcels": {"parcel": rest},
               "delivery": {"days": 2, "accept": headers.get("Accept")}, "letters": {"letter": rest},
               "balance": {"amount": 5.0}, "refunds": {}, "failures": {}, "": {"supplier": "open"}}
    return as_json(answers[kind]) if kind in answers and rest != "unknown" else as_json({}, 404)


def charge(order):
    return as_json({}, 500) if order["amount"] > 1000 else as_json({"id": f"charge-{order['order']}"})


def as_json(value, status=200):
    return status, json.dumps(value).encode(), "application/json"


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def __init__(self, address, upstreams):
        self.upstreams = upstreams
        super().__init__(address, MailHandler)


class MailHandler(socketserver.StreamRequestHandler):
    """As much of SMTP as smtplib speaks, with STARTTLS."""

    def handle(self):
        self.encrypted, self.recipients = False, []
        self.server.upstreams.wait()
        self.say("220 mail ESMTP")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            getattr(self, f"on_{verb.lower()}", self.on_other)(line)
            if verb == "QUIT":
                return

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def on_ehlo(self, _):
        self.say("250 mail" if self.encrypted else "250-mail\r\n250 STARTTLS")

    def on_starttls(self, _):
        self.say("220 go")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.upstreams.certificate)
        self.request = context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
        self.encrypted = True

    def on_rcpt(self, line):
        self.recipients.append(line.split("<")[1].split(">")[0])
        self.say("250 ok")

    def on_data(self, _):
        self.say("354 go")
        lines = []
        while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
            lines.append(line)
        subject = next(line for line in lines if line.startswith("Subject:"))
        self.server.upstreams.mails.append([*self.recipients, subject, lines[-1], "TLS" if self.encrypted else "plain"])
        self.recipients = []
        self.server.upstreams.wait()
        self.say("250 kept")

    def on_quit(self, _):
        self.say("221 bye")

    def on_other(self, _):
        self.say("250 ok")


class Wire(socketserver.ThreadingTCPServer):
    allow_reuse_address = True

    def __init__(self, address, upstreams, target):
        self.upstreams, self.target = upstreams, target
        super().__init__(address, WireHandler)


class WireHandler(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.create_connection(self.server.target) as server:
            threading.Thread(target=pump, args=(self.request, server, lambda: None), daemon=True).start()
            pump(server, self.request, self.server.upstreams.wait)


def pump(source, target, wait):
    try:
        while data := source.recv(65536):
            wait()
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
