"""What stands in the way of a start is said in one sentence, before anything is written."""

import socket
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from opale.cli import installation, main, migrate, postgres, up, web
from opale.cli.console import Refused
from opale.cli.supervisor import Supervisor

URL = "postgresql://opale@127.0.0.1:1/opale"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port at which another program listens, and lets others share it as granian would."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> int | str | None:
    monkeypatch.setattr("sys.argv", ["opale", *words])
    with pytest.raises(SystemExit) as end:
        main.main()
    return end.value.code


def test_a_port_in_use_leaves_a_new_folder_alone(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert command(monkeypatch, "up", "--data", str(data), "--port", str(taken)) == 1
    assert f"The port {taken} is in use by another program" in capsys.readouterr().err
    assert not data.exists()


def test_a_port_taken_while_the_database_was_prepared_starts_no_process(
    taken: int, tmp_path: Path
) -> None:
    place = installation.open_folder(tmp_path / "data", create=True)
    keeper = Supervisor(place.log, tmp_path / "processes.json")
    with pytest.raises(Refused, match=f"The port {taken} is in use by another program"):
        up._start(place, keeper, taken)
    assert not keeper.programs


@pytest.mark.parametrize("port", ["0", "-1", "65536", "web"])
def test_what_is_no_port_is_refused(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(monkeypatch, "up", f"--port={port}") == 2
    assert f"{port} is no port: give a number from 1 to 65535" in capsys.readouterr().err


def test_a_port_of_the_system_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def bind(self: socket.socket, address: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", bind)
    with pytest.raises(Refused, match="choose one above 1023"):
        postgres.require_free_port(80)


def test_an_address_of_another_machine_is_called_so() -> None:
    with pytest.raises(Refused, match=r"192\.0\.2\.1 cannot be listened on"):
        postgres.require_free_port(8000, "192.0.2.1")


def test_the_web_process_does_not_share_a_port(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "PORT_WITHIN", 0)
    with pytest.raises(Refused, match=f"The port {taken} is in use"):
        web.run("127.0.0.1", taken, 1)


@pytest.mark.parametrize(
    ("url", "key", "expected"),
    [
        ("", "secret", "the setting DATABASE_URL must look like postgresql://"),
        ("mysql://x", "secret", "the setting DATABASE_URL must look like postgresql://"),
        (URL, None, "the setting OPALE_SECRET_KEY is required and not set"),
    ],
)
def test_the_web_process_names_the_setting_that_is_wrong(
    url: str, key: str | None, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    if key:
        monkeypatch.setenv("OPALE_SECRET_KEY", key)
    else:
        monkeypatch.delenv("OPALE_SECRET_KEY", raising=False)
        monkeypatch.delenv("OPALE_SECRET_KEY_FILE", raising=False)
    assert expected in str(command(monkeypatch, "serve"))


def test_an_address_that_is_no_database_is_one_sentence(
    tmp_path: Path, newcomer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    expected = "opale: the setting DATABASE_URL must look like"
    assert str(command(monkeypatch, "migrate")).startswith(expected)
    data, port = tmp_path / "data", str(postgres.free_port())
    said = command(monkeypatch, "up", "--data", str(data), "--port", port)
    assert str(said).startswith(expected)
    assert not data.exists()


def test_too_old_a_server_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        info = type("Info", (), {"server_version": 140_012})

        def __enter__(self) -> "Old":
            return self

        def __exit__(self, *reason: object) -> None: ...

    monkeypatch.setattr(psycopg, "connect", lambda *words, **options: Old())
    with pytest.raises(Refused, match="is PostgreSQL 14, and Opale needs 15 or newer"):
        migrate.prepare(URL)


def test_a_folder_that_cannot_be_made_is_not_said_to_be_missing() -> None:
    with pytest.raises(Refused, match=r"cannot be made .*: choose another with --data"):
        installation.open_folder(Path("/proc/opale"), create=True)
