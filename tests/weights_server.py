"""A publisher of weights on this machine, for the tests: it answers ranges, waits when asked to, and can break off or lie."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 64 * 1024


class Handler(BaseHTTPRequestHandler):
    """Sends `server.files[name]`, or the rest of it that is asked for, a piece for each permit of `server.gate` (None: all at once).

    With a `server.late`, an event, it answers only once that is set.
    """

    def do_GET(self):
        server = self.server
        name, wanted = self.path.rpartition("/")[2], self.headers.get("Range")
        server.asked.append((name, wanted))
        if name not in server.files:
            return self.send_error(404)
        if server.late is not None:
            server.late.wait()
        body = server.files[name]
        begin = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(body) - 1}/{len(body)}")
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body) - begin))
        self.end_headers()
        end = min(len(body), begin + server.breaks.pop(0)) if server.breaks else len(body)
        for at in range(begin, end, PIECE):
            if server.gate is not None:
                server.gate.acquire()
            try:
                self.wfile.write(body[at : min(at + PIECE, end)])
            except OSError:  # the other side has cancelled
                return

    def log_message(self, *args):
        pass


@contextmanager
def weights_server(monkeypatch, **files: bytes):
    """The server, set as the mirror; `files` by name are what it has, `asked` what was asked of it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.files, server.asked, server.breaks, server.gate, server.late = files, [], [], None, None
        server.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setenv("EXPLORER_MIRROR", server.url)
        try:
            yield server
        finally:
            if server.gate is not None:
                server.gate.release(1_000_000)
            if server.late is not None:
                server.late.set()
            server.shutdown()
