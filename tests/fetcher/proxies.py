"""A forward proxy: CONNECT for https, absolute addresses for http. It writes down what it is asked."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit


class Proxy:
    """A proxy on a loopback address. With `login` it wants that `Proxy-Authorization`; `refuses` is a status for all.

    Names are looked up in `hosts` alone: what is not there goes to 127.0.0.1.
    """

    def __init__(self, host: str = "127.0.0.1", *, login: str | None = None, refuses: int | None = None) -> None:
        """Serve."""
        self.heads: list[str] = []
        self.hosts: dict[str, str] = {}
        self._login, self._refuses = login, refuses
        self._listener = socket.create_server((host, 0))
        self._open: list[socket.socket] = []
        self.port = self._listener.getsockname()[1]
        self.place = f"{host}:{self.port}"
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        """End all connections."""
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                self._open.append(client)
                self._threads.append(threading.Thread(target=self._serve, args=(client,)))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while head := self._head(client):
                self.heads.append(head)
                method, target, _ = head.split(" ", 2)
                answer = self._answer(head)
                if answer is not None:
                    client.sendall(answer)
                elif method == "CONNECT":
                    upstream = self._connect(urlsplit(f"//{target}"))
                    client.sendall(b"HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n")
                    self._threads.append(threading.Thread(target=self._pump, args=(upstream, client)))
                    self._threads[-1].start()
                    self._pump(client, upstream)
                    return
                else:
                    parts = urlsplit(target)
                    upstream = self._connect(parts)
                    first = f"{method} {parts.path or '/'}{'?' * bool(parts.query)}{parts.query} HTTP/1.1"
                    lines = [first, *(line for line in head.split("\r\n")[1:] if not line.startswith("Proxy-"))]
                    upstream.sendall("\r\n".join([*lines[:-2], "Connection: close", "", ""]).encode("latin-1"))
                    self._pump(upstream, client)
                    return

    def _answer(self, head: str) -> bytes | None:
        """A refusal, which repeats what it was sent as careless proxies do; None when there is none."""
        status = self._refuses
        if self._login is not None and f"Proxy-Authorization: {self._login}\r\n" not in head:
            status = 407
        if status is None:
            return None
        body = f"<h1>{status}</h1><pre>{head}</pre>".encode("latin-1")
        return (
            b"HTTP/1.1 %d No\r\nX-You-Sent: %s\r\nContent-Length: %d\r\n\r\n"
            % (
                status,
                head.replace("\r\n", " ").encode("latin-1"),
                len(body),
            )
            + body
        )

    def _connect(self, parts: object) -> socket.socket:
        host, port = getattr(parts, "hostname", ""), getattr(parts, "port", None) or 80
        upstream = socket.create_connection((self.hosts.get(host, "127.0.0.1"), port))
        self._open.append(upstream)
        return upstream

    @staticmethod
    def _head(client: socket.socket) -> str:
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            more = client.recv(65536)
            if not more:
                return ""
            data += more
        return data.decode("latin-1")

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
