"""Start-up and shutdown of an ASGI application, by its lifespan protocol: the same under every server here."""
import asyncio
import sys


class Lifespan:
    def __init__(self, app):
        self.app = app
        self.state = {}
        self.supported = True
        self.error = None
        self._events = asyncio.Queue()
        self._started = asyncio.Event()
        self._stopped = asyncio.Event()
        self._failed = None  # what it said when it failed
        self._task = None

    async def start(self):
        """Raises what the start-up raised, or a RuntimeError with what it said."""
        self._task = asyncio.ensure_future(self._run())
        self._events.put_nowait({"type": "lifespan.startup"})
        await self._started.wait()
        if self._failed is not None:
            await asyncio.wait([self._task], timeout=1)
            raise self.error or RuntimeError(self._failed or "its start-up failed and it did not say why")

    async def stop(self, patience):
        """Waits for its shutdown, but not longer than that many seconds."""
        if not self.supported or self._task is None or self._task.done():
            return
        self._events.put_nowait({"type": "lifespan.shutdown"})
        await asyncio.wait([self._task], timeout=patience)

    async def _run(self):
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}
        try:
            await self.app(scope, self._events.get, self._send)
        except BaseException as error:
            self._ended(error)
        finally:
            self._started.set()
            self._stopped.set()

    def _ended(self, error):
        """One that raises before it has said anything does not know the protocol."""
        if self._failed is not None:
            self.error = error
        elif not self._started.is_set():
            self.supported = False

    async def _send(self, message):
        kind = message["type"]
        if kind.endswith("startup.failed"):
            self._failed = message.get("message") or ""
            self.error = sys.exc_info()[1]  # of the handler that sends this, if it is in one
        if kind.startswith("lifespan.startup."):
            self._started.set()
        if kind.startswith("lifespan.shutdown."):
            self._stopped.set()
