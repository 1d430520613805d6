"""TLS before a server of a test, for clients that take nothing else."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import SHUT_WR, create_connection, socket

from tests.mail_servers import make_certificate


@dataclass(frozen=True, slots=True)
class Encrypted:
    """`certificate` is what its clients trust."""

    url: str
    certificate: Path

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


@contextmanager
def tls_before(port: int, folder: Path, *others: str) -> Iterator[Encrypted]:
    """An https address on loopback whose bytes go to that port; it may bear `others` names too."""
    make_certificate(folder, *others)
    certificate = folder / "localhost.pem"
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate, folder / "localhost.key")

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            # A client that trusts nobody hangs up in the handshake.
            with (
                suppress(OSError),
                own.wrap_socket(self.request, server_side=True) as outside,
                create_connection(("127.0.0.1", port)) as inside,
            ):
                back = threading.Thread(target=_pump, args=(inside, outside))
                back.start()
                _pump(outside, inside)
                back.join()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Door) as server:
        server.daemon_threads = True
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield Encrypted(f"https://localhost:{server.server_address[1]}", certificate)
        finally:
            server.shutdown()
            serving.join()


def _pump(source: socket, target: socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65_536):
            target.sendall(chunk)
    with suppress(OSError):
        target.shutdown(SHUT_WR)
