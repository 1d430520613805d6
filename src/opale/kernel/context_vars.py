"""Context variables set for a block and all that it calls."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def override_var(variable: ContextVar[T], value: T) -> Iterator[None]:
    """Run the block with this value; afterwards the variable is what it was before."""
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
