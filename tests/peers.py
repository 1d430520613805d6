"""Programs of others that tests drive or compare with, in `.venv-peers` (CONTRIBUTING.md)."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from conftest import ROOT, SERVER
from psycopg import sql
from tests.serving import Server, eventually, free_port

BIN = ROOT / ".venv-peers" / "bin"
NEEDS_ALERTA = pytest.mark.skipif(
    not (BIN / "alertad").exists() and not os.environ.get("CI"),
    reason="not there: .venv-peers with alerta and alerta-server",
)


def alerta(folder: Path, endpoint: str, key: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Alerta's own command line."""
    return subprocess.run(
        [BIN / "alerta", *words],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ALERTA_CONF_FILE": str(folder / "none.conf"),
            "ALERTA_ENDPOINT": endpoint,
            "ALERTA_API_KEY": key,
        },
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def alerta_server(folder: Path) -> Iterator[Server]:
    """The real Alerta, on a database of its own that ends with it."""
    server = Server(free_port())
    name = f"opale_peer_alerta_{server.port}"
    settings = folder / "alertad.conf"
    settings.write_text("PLUGINS = []\nAUTH_REQUIRED = False\nSECRET_KEY = 'only for tests'\n")
    _administer(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with (folder / "alertad.log").open("wb") as output:
        server.process = subprocess.Popen(
            [BIN / "alertad", "run", "--port", str(server.port), "--with-threads"],
            env={
                **os.environ,
                "DATABASE_URL": urlsplit(SERVER)._replace(path=f"/{name}").geturl(),
                "ALERTA_SVR_CONF_FILE": str(settings),
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        assert eventually(lambda: _answers(server), 60), (folder / "alertad.log").read_text()
        yield server
    finally:
        server.stop()
        _administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _answers(server: Server) -> bool:
    try:
        return server.ask("GET", "/management/gtg")[0] == 200
    except OSError:
        return False


def _administer(statement: sql.Composed) -> None:
    with psycopg.connect(SERVER, autocommit=True) as login:
        login.execute(statement)
