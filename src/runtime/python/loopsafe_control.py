"""What the host tells loopsafe: one JSON object a line on a pipe. src/runtime/host.h lists the events."""
import fcntl
import json
import os
import threading

VARIABLE = "LOOPSAFE_CONTROL_FD"
SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ, which the module fcntl names from Python 3.10 on
PIPE_BYTES = 1 << 20  # what is told while nobody reads: some ten thousand lines


class Control:
    def __init__(self, descriptor):
        self.descriptor = descriptor
        self.owner = os.getpid()
        self.lock = threading.RLock()
        os.set_inheritable(descriptor, False)
        try:
            fcntl.fcntl(descriptor, SET_PIPE_SIZE, PIPE_BYTES)
        except OSError:
            pass  # more than the system allows a user: the usual 64 KB have to do

    def tell(self, event, **fields):
        """Children of the application are silent: they share the pipe, not the story."""
        if os.getpid() != self.owner:
            return
        line = json.dumps(dict(event=event, **fields), default=str, allow_nan=False) + "\n"
        with self.lock:
            self._write(line.encode("ascii"))

    def notice(self, message):
        self.tell("notice", message=message)

    def _write(self, data):
        try:
            while data:
                data = data[os.write(self.descriptor, data):]
        except OSError:
            pass  # loopsafe is gone, and ends this process with it


def control_open():
    """The pipe of the environment, which the application does not get to see."""
    return Control(int(os.environ.pop(VARIABLE)))
