"""The wheel that production installs: built, installed in an environment of its own, and run."""

import os
import re
import signal
import subprocess
import sys
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import pytest
from django.db import connection
from tests.serving import eventually

from opale.cli.postgres import free_port
from opale.kernel.models import Heartbeat

ROOT = Path(__file__).parents[2]
PROCESSES = ("worker", "planner", "gateway")
OF_THE_SUITE = ("DJANGO_SETTINGS_MODULE", "OPALE_PLAIN_STATIC", "PYTHONPATH")
SERVER = os.environ["OPALE_TEST_SERVER"]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `opale` command of the wheel; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    done = run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("opale-*.whl")
    venv.create(folder / "environment", with_pip=False)
    python = folder / "environment" / "bin" / "python"
    words = ("install", "--quiet", "--no-deps", "--no-index", str(wheel))
    done = run(sys.executable, "-m", "pip", "--python", str(python), *words)
    assert done.returncode == 0, done.stderr
    (packages,) = (folder / "environment" / "lib").glob("python*/site-packages")
    # Behind its own packages; a .pth file read from there cannot put the checkout before them.
    known = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "dependencies.pth").write_text("\n".join(known), encoding="utf-8")
    return python.with_name("opale")


def given(settings: dict[str, str]) -> dict[str, str]:
    """The environment of production: without what only the suite sets."""
    return {k: v for k, v in os.environ.items() if k not in OF_THE_SUITE} | settings


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        cwd=ROOT,
        env=given(environment),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_the_wheel_migrates_serves_and_stops(installed: Path, tmp_path: Path) -> None:
    database = os.environ["DATABASE_URL"].rpartition("/")[2]
    settings = {"OPALE_DATA": str(tmp_path)}
    owner = f"{SERVER.rpartition('/')[0]}/{database}"
    done = run(str(installed), "migrate", OPALE_OWNER_URL=owner, **settings)
    assert done.returncode == 0, done.stdout + done.stderr
    port = free_port()
    with running(installed, "serve", "--port", str(port), **settings) as served:
        assert eventually(lambda: status(port, "/healthz") == 200, 60), served.poll()
        page = read(port, "/account/login/")
        assert "lang=" in page
        style = re.findall(r'href="(/static/[^"]+\.css)"', page)
        assert style
        assert [status(port, path) for path in style] == [200] * len(style)
        for name in PROCESSES:
            with running(installed, name, **settings) as process:
                assert eventually(lambda: lives(name), 60), process.poll()  # noqa: B023
                if name == "worker":
                    assert eventually(lambda: status(port, "/readyz") == 200, 20)
    assert served.returncode == 0


@contextmanager
def running(command: Path, *words: str, **settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen([command, *words], env=given(settings), stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, words


def lives(name: str) -> bool:
    """Whether the process has begun its work: from then on it ends in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_workers")
        (takers,) = cursor.fetchone()
    begun = Heartbeat.objects.filter(kind=name).exists()
    return begun and (takers > 0 or name == "gateway")


def status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def read(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=15) as answer:
        return str(answer.read().decode())
