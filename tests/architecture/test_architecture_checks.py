"""Each check of `./opale check` fails on a planted fault, in a copy of the sources."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from opale.cli import check
from opale.cli.console import Refused

ROOT = Path(__file__).parents[2]
KEPT = (
    *("pyproject.toml", ".importlinter", "conftest.py", "package-lock.json"),
    *("requirements.lock", "requirements-dev.lock", "requirements-node.lock"),
    "requirements-peers.lock",
)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources, as a repository of their own."""
    folder = tmp_path_factory.mktemp("sources")
    for name in KEPT:
        shutil.copy(ROOT / name, folder / name)
    leave_out = shutil.ignore_patterns("__pycache__", "vendor", "*.mo", "lexicon", "phrases")
    shutil.copytree(ROOT / "src", folder / "src", ignore=leave_out)
    (folder / "tests").mkdir()
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    return folder


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Two rooms for a check that reads file by file: what is planted is all there is to read."""
    for room in ("kernel", "ui"):
        plant(tmp_path, f"src/opale/{room}/apps.py", "")
    return tmp_path


@pytest.fixture
def copy(sources: Path) -> Iterator[Path]:
    """What is planted in it is gone after the test."""
    yield sources
    git(sources, "checkout", "--quiet", "--", ".")
    git(sources, "clean", "--quiet", "--force", "-dx", "--exclude=tests")


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True)


def plant(copy: Path, name: str, text: str) -> None:
    path = copy / name
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    path.write_text(f"{before}\n{text}\n", encoding="utf-8")


def said_by(name: str, copy: Path) -> str:
    outcome = check.CHECKS[name](copy)
    assert not outcome.ok, f"{name} saw nothing"
    return outcome.said


@pytest.mark.parametrize(
    ("name", "where", "text", "expected"),
    [
        ("style", "src/opale/kernel/planted.py", "import os", "F401"),
        (
            "style",
            "src/opale/kernel/planted.py",
            "try:\n    pass\nexcept Exception:\n    pass",
            "BLE",
        ),
        ("format", "src/opale/kernel/planted.py", "x = {  'a':1 }", "planted.py"),
        ("templates", "src/opale/ui/templates/planted.html", "<div><p></div>", "planted.html"),
        (
            "migrations",
            "src/opale/kernel/models.py",
            "class Planted(models.Model):\n    name = models.TextField()",
            "Planted",
        ),
        # Stairs: a lower room imports an upper one.
        (
            "imports",
            "src/opale/kernel/clock.py",
            "import opale.run.desk.models",
            "Apps depend on lower apps alone BROKEN",
        ),
        (
            "imports",
            "src/opale/run/shifts/apps.py",
            "import opale.run.desk.models",
            "Apps of RUN depend on lower apps alone BROKEN",
        ),
        # A folder that stands on no stair.
        ("imports", "src/opale/planted/__init__.py", "", "opale.planted"),
        # Doors: rules import pages, a module that is no room escapes, another room's pages.
        (
            "imports",
            "src/opale/run/desk/models.py",
            "import opale.run.desk.web",
            "never see the browser BROKEN",
        ),
        ("imports", "src/opale/run/desk/planted.py", "import opale.run.desk.web", "planted"),
        (
            "imports",
            "src/opale/run/desk/actions/planted.py",
            "import opale.organisation.web",
            "are private BROKEN",
        ),
        ("hygiene", "README.md", "see https://" + "pypi" + ".org/project/opale", "README.md:2"),
        ("hygiene", "README.md", "cd /ho" + "me/camille/opale", "README.md:2"),
        ("hygiene", "requirements.lock", "x @ https://example.net/x.whl", "no address"),
        ("hygiene", "requirements.lock", "planted==1.0", "planted==1.0"),
        ("hygiene", "package-lock.json", '"resolved": "https://example.net/x.tgz"', "registry"),
    ],
)
def test_a_check_fails_on_a_planted_fault(
    copy: Path, name: str, where: str, text: str, expected: str
) -> None:
    plant(copy, where, text)
    assert expected in said_by(name, copy)


@pytest.mark.parametrize(
    ("name", "where", "text", "expected"),
    [
        (
            "translations",
            "src/opale/kernel/planted.py",
            'from django.utils.translation import gettext as _\n_("A planted sentence.")',
            "kernel: no French for 'A planted sentence.'",
        ),
        (
            "translations",
            "src/opale/ui/templates/planted.html",
            '{% translate "A planted sentence." %}',
            "ui: no French for 'A planted sentence.'",
        ),
        (
            "architecture",
            "src/opale/kernel/planted.py",
            "def hidden() -> None:\n    import opale.web\n",
            "inside a function",
        ),
        (
            "architecture",
            "src/opale/run/desk/web/planted.py",
            "def view(model):\n    return model.objects.all()",
            "by queries",
        ),
        (
            "architecture",
            "src/opale/run/desk/api.py",
            "def planted(row):\n    row.save()",
            "only actions write",
        ),
        (
            "architecture",
            "src/opale/run/desk/queries/planted.py",
            "from opale.customers.listings import CUSTOMERS",
            "opale.customers is entered by",
        ),
        (
            "architecture",
            "src/opale/run/desk/queries/planted.py",
            "import opale.customers.listings",
            "opale.customers is entered by",
        ),
        ("architecture", "src/opale/kernel/planted.py", '_(f"Hello {name}")', "one whole sentence"),
        ("architecture", "src/opale/kernel/planted.py", '_("Hello " + name)', "one whole sentence"),
    ],
)
def test_a_check_of_each_file_fails_on_a_planted_fault(
    bare: Path, name: str, where: str, text: str, expected: str
) -> None:
    plant(bare, where, text)
    assert expected in said_by(name, bare)


def test_types_are_checked_strictly(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for name in ("tests/__init__.py", "conftest.py"):
        plant(tmp_path, name, "")
    plant(tmp_path, "src/planted.py", "def wrong(number):\n    return number")
    assert "no-untyped-def" in said_by("types", tmp_path)


def catalogue(bare: Path, entry: str) -> None:
    """Give the kernel one sentence, and a catalogue of exactly this entry."""
    plant(bare, "src/opale/kernel/planted.py", '_("You have %(n)s tickets.")')
    path = bare / "src/opale/kernel/locale/fr/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    path.write_text(f'{header}{entry}msgid "You have %(n)s tickets."\n', encoding="utf-8")


@pytest.mark.parametrize(
    ("before", "french", "expected"),
    [
        ("", "", "no French for"),
        ("", "You have %(n)s tickets.", "is not translated"),
        ("", "Vous avez des tickets.", "lacks"),
        ("", "Vous avez %(m)s tickets.", "placeholders of its own"),
        ("#, fuzzy\n", "Vous avez %(n)s tickets.", "uncertain"),
    ],
)
def test_a_sentence_that_is_not_really_french_is_found(
    bare: Path, before: str, french: str, expected: str
) -> None:
    catalogue(bare, before)
    plant(bare, "src/opale/kernel/locale/fr/LC_MESSAGES/django.po", f'msgstr "{french}"')
    about_it = [line for line in said_by("translations", bare).splitlines() if "You have" in line]
    assert any(expected in line for line in about_it)


def test_a_name_that_is_no_check_is_refused() -> None:
    with pytest.raises(Refused, match="There is no check called planted"):
        check.run(ROOT, ["planted"])
