"""Static files are collected once, under hashed names, compressed."""

import gzip
import json
import os
from pathlib import Path

import pytest
from whitenoise import WhiteNoise

from opale.cli import static
from opale.settings import WHITENOISE_SKIP_COMPRESS_EXTENSIONS

pytestmark = pytest.mark.xdist_group("cli-static")

STYLE = "vendor/tabler/tabler.min.css"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    environment = {**os.environ, "OPALE_DATA": str(data), "OPALE_PLAIN_STATIC": ""}
    static.ensure(data / "static", environment, data / "static.log")
    return data / "static"


def hashed(folder: Path, name: str) -> str:
    known = json.loads((folder / "staticfiles.json").read_text(encoding="utf-8"))
    return str(known["paths"][name])


def test_a_browser_gets_a_fraction_of_the_bytes_and_keeps_them(folder: Path) -> None:
    name = hashed(folder, STYLE)
    serving = WhiteNoise(None, root=folder, prefix="/static/", immutable_file_test=name)
    file = serving.files[f"/static/{name}"]
    found = file.get_response("GET", {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"})
    headers = dict(found.headers)
    body = found.file.read() if found.file else b""
    assert (headers["Content-Encoding"], headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert "immutable" in headers["Cache-Control"]
    assert gzip.decompress(body) == (folder / name).read_bytes()
    assert len(body) < (folder / name).stat().st_size / 5


def test_who_does_not_understand_it_gets_the_file_as_it_is(folder: Path) -> None:
    name = hashed(folder, STYLE)
    serving = WhiteNoise(None, root=folder, prefix="/static/")
    found = serving.files[f"/static/{name}"].get_response("GET", {})
    assert "Content-Encoding" not in dict(found.headers)


def test_every_file_is_there_under_its_hashed_name_alone(folder: Path) -> None:
    assert not (folder / STYLE).exists()
    compressed = {path.name for path in folder.rglob("*.gz")}
    large = [
        path.name
        for path in folder.rglob("*")
        if path.is_file()
        and path.suffix.removeprefix(".") not in {"gz", *WHITENOISE_SKIP_COMPRESS_EXTENSIONS}
        and path.stat().st_size > 4000
        and path.name != "staticfiles.json"
    ]
    assert [name for name in large if f"{name}.gz" not in compressed] == []


def test_files_that_did_not_change_are_not_collected_again(folder: Path) -> None:
    assert static.ensure(folder, {}, folder.parent / "static.log") == "up to date"
