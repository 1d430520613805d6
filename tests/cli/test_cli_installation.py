"""A data folder is made whole, or not at all, and is used by one command at a time."""

import json
import os
import shutil
import socket
import stat
from pathlib import Path

import pytest

from opale.cli import credentials, installation
from opale.cli.console import Refused

pytestmark = pytest.mark.usefixtures("newcomer")


def test_a_new_folder_gets_secrets_that_only_its_owner_reads(tmp_path: Path) -> None:
    place = installation.open_folder(tmp_path / "data", create=True)
    mode = stat.S_IMODE((place.folder / "secrets.json").stat().st_mode)
    assert mode == 0o600
    assert len(set(place.secrets.values())) == len(installation.SECRETS)


def test_an_installation_keeps_its_secrets(tmp_path: Path) -> None:
    first = installation.open_folder(tmp_path, create=True)
    first.remember(postgres_port=5555)
    again = installation.open_folder(tmp_path, create=True)
    assert again.secrets == first.secrets
    assert again.state["postgres_port"] == 5555


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("")
    with pytest.raises(Refused, match=r"not Opale's \(it holds thesis.odt\)"):
        installation.open_folder(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_a_database_without_its_secrets_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir()
    with pytest.raises(Refused, match=r"no secrets.json: restore that file"):
        installation.open_folder(tmp_path, create=True)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"django": "x"}'])
def test_secrets_that_cannot_be_understood_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)
    with pytest.raises(Refused, match="cannot be understood: restore them"):
        installation.open_folder(tmp_path, create=True)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="check its owner and the free space"):
        installation.open_folder(tmp_path / "file" / "data", create=True)


def test_a_second_command_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    installation.write_private(tmp_path / "opale.pid", "4321")
    with (
        installation.lock_folder(tmp_path),
        pytest.raises(Refused, match=r"already running on .* \(process 4321\)"),
        installation.lock_folder(tmp_path),
    ):
        pass
    assert not installation.is_locked(tmp_path)


def test_processes_never_see_the_login_of_the_tables_owner(tmp_path: Path) -> None:
    place = installation.open_folder(tmp_path, create=True)
    place.remember(postgres_port=5555)
    environment = place.environment()
    assert environment["DATABASE_URL"].startswith("postgresql://opale_app:")
    assert environment["EMAIL_URL"] == f"file://{tmp_path}/mail"
    assert place.secrets["postgres_owner"] not in json.dumps(environment)
    assert place.environment(owner=True)["DATABASE_URL"].startswith("postgresql://opale_owner:")


def test_a_real_server_is_used_with_one_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://camille@db.example.net/opale")
    place = installation.open_folder(tmp_path, create=True)
    assert place.external
    assert place.environment()["DATABASE_URL"] == os.environ["DATABASE_URL"]
    owner = place.environment(owner=True)
    assert owner["DATABASE_URL"] == os.environ["DATABASE_URL"]
    assert owner["OPALE_DATABASE_ROLE"] == "opale_owner"


def test_credentials_are_full_addresses_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = installation.open_folder(tmp_path, create=True)
    place.remember(base_url="http://localhost:18150")
    persona = {"login": "a@b.example", "password": "p", "api_token": "t", "role": "Agent"}
    integrations = {
        "alertmanager": {"url": "/ingest/alertmanager/k1", "key": "k1"},
        "lmtp": {"url": "lmtp://localhost:24", "key": "support@b.example"},
    }
    demo = {"personas": {"agent": persona}, "integrations": integrations}
    (tmp_path / "demo.json").write_text(json.dumps(demo))
    credentials.show(str(tmp_path), as_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert shown["base_url"] == "http://localhost:18150"
    assert shown["personas"] == {"agent": persona}
    assert shown["integrations"]["alertmanager"]["url"] == (
        "http://localhost:18150/ingest/alertmanager/k1"
    )
    assert shown["integrations"]["lmtp"]["url"] == "lmtp://localhost:24"


def test_mail_is_handed_over_at_the_same_port_until_somebody_else_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPALE_LMTP_LISTEN", raising=False)
    place = installation.open_folder(tmp_path / "one", create=True)
    assert place.environment()["OPALE_LMTP_LISTEN"] == ""
    place.choose_lmtp()
    chosen = place.lmtp
    place.choose_lmtp()
    assert place.lmtp == chosen
    assert place.environment()["OPALE_LMTP_LISTEN"] == chosen
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    copy = installation.open_folder(tmp_path / "two")
    copy.choose_lmtp()
    with socket.create_server(("127.0.0.1", int(chosen.rpartition(":")[2]))):
        place.choose_lmtp()
    assert place.lmtp not in {chosen, ""}
    demo = {"integrations": {"lmtp": {"url": "lmtp://", "key": "support@opale.test"}}}
    (tmp_path / "one" / "demo.json").write_text(json.dumps(demo))
    shown = credentials.read(installation.open_folder(tmp_path / "one"))
    assert shown
    assert shown["integrations"]["lmtp"]["url"] == f"lmtp://{place.lmtp}"
    monkeypatch.setenv("OPALE_LMTP_LISTEN", "10.0.0.1:24")
    place.choose_lmtp()
    assert place.lmtp == "10.0.0.1:24"


def test_credentials_without_a_demo_company_are_refused(tmp_path: Path) -> None:
    installation.open_folder(tmp_path, create=True)
    with pytest.raises(Refused, match="There is no demo company"):
        credentials.show(str(tmp_path), as_json=True)


def test_attachments_mails_and_logs_are_for_the_account_of_opale_alone(tmp_path: Path) -> None:
    def modes() -> dict[str, int]:
        found = (tmp_path / name for name in installation.PRIVATE_FOLDERS)
        return {path.name: stat.S_IMODE(path.stat().st_mode) for path in found}

    private = dict.fromkeys(("log", "files", "mail"), 0o700)
    installation.open_folder(tmp_path, create=True)
    assert modes() == private
    for name in installation.PRIVATE_FOLDERS:  # as an older version left them
        (tmp_path / name).chmod(0o755)
    installation.open_folder(tmp_path, create=True)
    assert modes() == private
