"""Numeric functions, compiled to machine code by numba at their first call.

The compiled code is cached beside the source, or else in the user's cache: the first search on a
machine takes some seconds more than later ones.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
T = TypeVar("T")


def compiled(function: Callable[P, T]) -> Callable[P, T]:
    """Compile a function whose arguments numba knows: numbers, arrays, generators."""
    try:
        return cast(Callable[P, T], njit(cache=True)(function))
    except RuntimeError:  # no folder may be written to
        return cast(Callable[P, T], njit(function))
