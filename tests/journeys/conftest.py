from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One running Opale for all journeys that only look: tests/journeys/house.py."""
    from tests.journeys.house import standing  # models can be imported only now

    with standing(tmp_path_factory.mktemp("house")) as built:
        yield built
