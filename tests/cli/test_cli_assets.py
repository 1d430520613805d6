"""Front-end files are copied from what npm fetched, and icons from the sources that name them."""

from pathlib import Path
from threading import Thread

import pytest

from opale.cli import assets
from opale.cli.bootstrap import exclusive_install
from opale.cli.console import Refused


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose packages are fetched already."""
    (tmp_path / "package-lock.json").write_text("{}")
    modules = tmp_path / "node_modules"
    for name in assets.FILES:
        path = modules / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("content\n//# sourceMappingURL=x.map\n")
    (modules / ".opale-stamp").write_text(assets._lock_hash(tmp_path))
    (modules / assets.ICONS).mkdir(parents=True)
    for icon in ("phone", "bell", "unused"):
        drawing = f'<svg\n  class="x"\n>\n  <path d="{icon}" />\n</svg>\n'
        (modules / assets.ICONS / f"{icon}.svg").write_text(drawing)
    templates = tmp_path / "src" / "opale" / "ui" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "src" / "opale" / "ui" / "static").mkdir()
    (templates / "page.html").write_text('{% icon "phone" %}')
    return tmp_path


def sprite(checkout: Path) -> str:
    return (checkout / "src/opale/ui/static/vendor" / assets.SPRITE).read_text()


def test_of_two_commands_at_once_one_waits_until_the_other_has_copied(checkout: Path) -> None:
    second = Thread(target=assets.ensure, args=[checkout])
    with exclusive_install(checkout):
        second.start()
        second.join(0.5)
        assert second.is_alive()
        assert not (checkout / "src/opale/ui/static/vendor").exists()
    second.join()
    assert assets.ensure(checkout) == "up to date"


def test_files_are_copied_once(checkout: Path) -> None:
    assert assets.ensure(checkout) == f"{len(assets.FILES)} files and 1 icons copied"
    assert assets.ensure(checkout) == "up to date"
    script = checkout / "src/opale/ui/static/vendor/htmx/htmx.min.js"
    assert script.read_text().strip() == "content"


def test_the_sprite_holds_the_icons_in_use(checkout: Path) -> None:
    assets.ensure(checkout)
    assert '<symbol id="tabler-phone"' in sprite(checkout)
    assert "unused" not in sprite(checkout)
    (checkout / "src/opale/ui/more.py").write_text('ICON = "bell"\n')
    assets.ensure(checkout)
    assert '<symbol id="tabler-bell"' in sprite(checkout)


def test_a_file_that_was_lost_is_copied_again(checkout: Path) -> None:
    assets.ensure(checkout)
    (checkout / "src/opale/ui/static/vendor/echarts/echarts.min.js").unlink()
    assert assets.ensure(checkout) != "up to date"
    assert (checkout / "src/opale/ui/static/vendor/echarts/echarts.min.js").exists()


def test_no_copy_is_half_done(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "_fetch", refuse)
    assets.ensure(checkout)
    (checkout / "package-lock.json").write_text("{ }")
    (checkout / "node_modules/.opale-stamp").write_text(assets._lock_hash(checkout))
    (checkout / "node_modules/echarts/dist/echarts.min.js").unlink()
    before = sprite(checkout)
    with pytest.raises(Refused, match="no network"):
        assets.ensure(checkout)
    assert sprite(checkout) == before


def refuse(root: Path) -> None:
    raise Refused("no network")


def test_packages_that_somebody_thinned_out_are_fetched_again(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = checkout / "node_modules/echarts/dist/echarts.min.js"
    lost.unlink()
    monkeypatch.setattr(assets, "_fetch", lambda root: lost.write_text("fetched"))
    assets.ensure(checkout)
    assert (checkout / "src/opale/ui/static/vendor/echarts/echarts.min.js").read_text() == "fetched"


@pytest.mark.parametrize(("version", "used"), [("v18.20.1", False), ("v20.0.0", True), ("", False)])
def test_a_node_that_is_absent_or_old_is_replaced_by_that_of_a_wheel(
    version: str, used: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    programs = {"npm": "", "node": f"echo {version}"} if version else {}
    # The interpreter says that the wheel is there already.
    for name, body in {**programs, "python": "exit 0"}.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(python))
    assert (assets._npm(tmp_path) == ["npm"]) is used


def test_what_only_tests_need_is_fetched_for_them(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[Path] = []
    monkeypatch.setattr(assets, "_fetch", fetched.append)
    assets.ensure_for_tests(checkout)
    assert fetched == [checkout]
    axe = checkout / "node_modules" / assets.AXE
    axe.parent.mkdir(parents=True)
    axe.touch()
    assets.ensure_for_tests(checkout)
    assert fetched == [checkout]


def test_its_absence_is_an_error_only_where_the_whole_suite_must_run(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "_fetch", refuse)
    monkeypatch.delenv("CI", raising=False)
    assets.ensure_for_tests(checkout)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Refused, match="no network"):
        assets.ensure_for_tests(checkout)
