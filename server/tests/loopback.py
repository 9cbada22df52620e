"""Servers of other people, on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Door(BaseHTTPRequestHandler):
    """What stands behind an address; it answers and does not talk."""

    def say(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        """A whole answer."""
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def serving(door: type[Door]) -> Iterator[str]:
    """Serves it at a free port; the origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), door)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
