"""Functions on numbers and arrays, compiled to machine code by numba when they are first called.

What was compiled is kept beside the source, or else in the user's cache: the first search on a
machine takes some seconds more than those after it.
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
T = TypeVar("T")


def compiled(function: Callable[P, T]) -> Callable[P, T]:
    """As it is called, it has only arguments that numba knows: numbers, arrays, generators."""
    try:
        return cast(Callable[P, T], njit(cache=True)(function))
    except RuntimeError:  # no folder may be written to
        return cast(Callable[P, T], njit(function))
