"""Asking for pages one after another, as one impatient browser: times of a GET or POST over a kept connection."""

import http.client
import time

from chatzee.embedded.ports import HOST


class Browser:
    """A kept connection to the web process with the agent's cookies. Raises RuntimeError for anything but the wanted status."""

    def __init__(self, port: int, cookies: str) -> None:
        self.port = port
        self.cookies = cookies
        self._connection = http.client.HTTPConnection(HOST, port, timeout=30)

    def get(self, path: str, *, htmx: bool = False) -> tuple[float, bytes]:
        """Milliseconds until the whole page was here, and the page."""
        headers = {"HX-Request": "true"} if htmx else {}
        return self.send("GET", path, b"", headers, 200)

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str], wanted: int) -> tuple[float, bytes]:
        headers = {"Host": f"localhost:{self.port}", "Cookie": self.cookies, **headers}
        start = time.perf_counter()
        self._connection.request(method, path, body or None, headers)
        response = self._connection.getresponse()
        text = response.read()
        took = (time.perf_counter() - start) * 1000
        if response.status != wanted:
            raise RuntimeError(f"{method} {path.partition('?')[0]} answered {response.status} instead of {wanted}.")
        return took, text
