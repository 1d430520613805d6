"""Fixtures of the tests of acts."""

from collections.abc import Iterator
from unittest import mock

import pytest


@pytest.fixture
def apart() -> Iterator[None]:
    """What is registered here is not known elsewhere."""
    with (
        mock.patch.dict("opale.acts.registry._PLACED", clear=True),
        mock.patch.dict("opale.acts.registry._KNOWN", clear=True),
    ):
        yield
