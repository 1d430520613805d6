import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What every Opale of the journeys starts from a copy of: tests/journeys/running.py."""
    from tests.journeys.running import demo_company  # aiosmtpd is wanted by journeys alone

    own = tmp_path_factory.getbasetemp()
    # What the processes of one run of the suite share is above the folder of each.
    return demo_company(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, company: Path) -> Iterator[Any]:
    """One running Opale for all journeys that only look: tests/journeys/house.py."""
    from tests.journeys.house import standing  # models can be imported only now

    with standing(tmp_path_factory.mktemp("house"), company) as built:
        yield built
