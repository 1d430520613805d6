"""The how-to makes a room that works: from its text, in a copy of the code."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from pathlib import Path

import pytest
from conftest import ROOT, SERVER
from tests.profiles import is_thorough

HOWTO = ROOT / "docs/howto/add-a-room.md"
FILE = re.compile(r"^`(src/opale/visitors/[\w./]+)`\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"^\| (`.+) \|.+\|$", re.MULTILINE)
MOST_PLACES = 4
OWN_LINE = '    "opale.visitors",'
FORGETS = {
    "a right": ("rights.py", 'READ = "visitors.read"', 'READ = "visitors.look"'),
    "a subject": ("tests/subjects.py", '"visitor_id": visitor.pk, ', ""),
    "to ask for its right": ("web/views.py", "@needs(READ)\n", ""),
    "whose its rows are": ("queries.py", "Visitor.objects.visible_to(seen_by)", "Visitor.objects"),
}
"""A file of the room, and what is left out or written otherwise in it."""


def files_of_the_room() -> Mapping[str, str]:
    return dict(FILE.findall(HOWTO.read_text(encoding="utf-8")))


def doors() -> set[str]:
    """Return the modules that an app may have."""
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    contract = config["importlinter:contract:doors"]
    return set(re.findall(r"\w+", contract["layers"] + contract["exhaustive_ignores"]))


def test_the_room_has_the_doors_of_an_app_alone() -> None:
    files = files_of_the_room()
    assert len(files) >= 15
    modules = {Path(name).parts[3].removesuffix(".py") for name in files}
    assert modules - doors() == {"templates"}


def test_a_room_touches_few_places_outside_its_folder() -> None:
    table = HOWTO.read_text(encoding="utf-8").partition("## 1.")[0]
    places = [cell for cell in PLACE.findall(table) if "/locale/" not in cell]
    assert 0 < len(places) <= MOST_PLACES


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with the room in it."""
    root = tmp_path_factory.mktemp("room") / "opale"
    left_out = shutil.ignore_patterns("__pycache__", ".*_cache", "var")
    for folder in ("src", "tests", "docs", "bench"):
        shutil.copytree(ROOT / folder, root / folder, ignore=left_out)
    for name in ("pyproject.toml", "requirements.lock", "conftest.py", ".importlinter"):
        shutil.copy(ROOT / name, root / name)
    for name, text in files_of_the_room().items():
        if "/migrations/" not in name:
            write(root / name, text)
    for package in ("", "web/", "tests/", "migrations/"):
        write(root / f"src/opale/visitors/{package}__init__.py", "")
    change(
        root / "src/opale/settings.py", '    "opale.reservations",', '    "opale.visitors",\n\\g<0>'
    )
    change(root / ".importlinter", "^    reservations$", "\\g<0>\n    visitors")
    change(root / ".importlinter", "^    opale.reservations$", "\\g<0>\n    opale.visitors")
    made = run(root, "-m", "opale.cli", "manage", "makemigrations", "visitors")
    assert made.returncode == 0, made.stdout
    for name, text in files_of_the_room().items():
        if "/migrations/" in name:
            write(root / name, text)
    return root


@pytest.fixture
def planted(copy: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The copy with one fault in the room."""
    name, good, bad = FORGETS[request.param]
    path = copy / "src/opale/visitors" / name
    text = path.read_text(encoding="utf-8")
    assert text.count(good) == 1
    path.write_text(text.replace(good, bad), encoding="utf-8")
    yield copy
    path.write_text(text, encoding="utf-8")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(path: Path, line: str, by: str) -> None:
    text, times = re.subn(line, by, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert times == 1
    path.write_text(text, encoding="utf-8")


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the copy, as the tests of the room itself would."""
    # Whoever finds the name of the settings reads them before the tests have named their database.
    ours = ("PYTEST_", "DJANGO_SETTINGS_MODULE", "DATABASE_URL")
    around = {
        **{name: value for name, value in os.environ.items() if not name.startswith(ours)},
        "PYTHONPATH": str(root / "src"),
        "OPALE_TEST_SERVER": SERVER,
        "OPALE_THOROUGH": "0",
    }
    return subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env=around,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def passed(ran: subprocess.CompletedProcess[str]) -> int:
    return int(re.findall(r"(\d+) passed", ran.stdout)[-1])


def check_room(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the room's own tests, and those of the whole product that find it by themselves."""
    kinds = ("routes", "access", "acts", "listings", "isolation")
    where = ("src/opale/visitors", *(f"tests/architecture/test_{one}.py" for one in kinds))
    words = ("-q", "-p", "no:cacheprovider", "--timeout=0", "-k", WHICH)
    return run(root, "-m", "pytest", *words, *where)


WHICH = (
    "visitors or (visitor and not anonymous) or (test_routes and not answers and not page)"
    " or (test_access and not reference)"
)

thorough = pytest.mark.skipif(not is_thorough(), reason="makes a room: ./opale test --thorough")


@thorough
@pytest.mark.xdist_group("room")
@pytest.mark.timeout(900)
def test_the_room_of_the_howto_passes_its_tests(copy: Path) -> None:
    ran = check_room(copy)
    assert ran.returncode == 0, ran.stdout[-4000:]
    assert passed(ran) > 100
    lint = "from importlinter.cli import lint_imports_command as run; run()"
    checked = run(copy, "-c", lint, "--no-cache")
    assert checked.returncode == 0, checked.stdout[-2000:]
    assert " 0 broken" in checked.stdout


@thorough
@pytest.mark.xdist_group("room")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("planted", FORGETS, indirect=True)
def test_a_room_that_forgets_something_is_found(planted: Path) -> None:
    ran = check_room(planted)
    assert ran.returncode == 1, ran.stdout[-4000:]
    assert re.search(r"\d+ (failed|error)", ran.stdout)
    assert passed(ran) > 50, "more fails than what was left out"
