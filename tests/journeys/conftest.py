import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

# What is waited for is there in a blink; a busy machine gets longer before that is called a fault.
expect.set_options(timeout=30_000)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Journeys of one file share an Opale, so one process runs them."""
    if item.get_closest_marker("journey") and not item.get_closest_marker("xdist_group"):
        item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every Opale of the journeys starts from a copy of: tests/journeys/running.py."""
    from tests.journeys.running import demo_company  # aiosmtpd is wanted by journeys alone

    own = tmp_path_factory.getbasetemp()
    # What the processes of one run of the suite share is above the folder of each.
    return demo_company(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(
    scope="package",
    params=[
        pytest.param(part, marks=pytest.mark.xdist_group(f"house-{part}"))
        for part in ("desk", "others")
    ],
)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, company: Path
) -> Any:
    """What there was to see in one Opale, for journeys that only look: tests/journeys/house.py."""
    from tests.journeys.house import look_around  # models can be imported only now

    return look_around(request.param, tmp_path_factory.mktemp("house"), company)


@pytest.fixture(scope="package")
def plain(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Any]:
    """One running Opale for the journeys that want no setting of their own.

    Those of the xdist group "plain" share it.
    """
    from tests.journeys.running import running_opale  # aiosmtpd is wanted by journeys alone

    with running_opale(tmp_path_factory.mktemp("plain") / "data", company) as opale:
        yield opale


@pytest.fixture(scope="package")
def manned(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[tuple[Any, Path]]:
    """One running Opale for the journeys of an agent's hands, and the file that pushes its clock.

    Those of the xdist group "manned" share it.
    """
    from tests.journeys.running import running_opale  # aiosmtpd is wanted by journeys alone

    folder = tmp_path_factory.mktemp("manned")
    clock = folder / "ahead"
    with running_opale(folder / "data", company, OPALE_PUSHED_CLOCK=str(clock)) as opale:
        yield opale, clock
