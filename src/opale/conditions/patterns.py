"""Regular expressions of RE2: their time grows with the length of the text and nothing else."""

from functools import lru_cache
from typing import Any, Final

import re2

PATTERN_BYTES: Final = 1 << 20
"""The largest compiled pattern; a larger one is refused when it is written."""

_OPTIONS: Final = re2.Options()
_OPTIONS.max_mem = PATTERN_BYTES
_OPTIONS.log_errors = False


class InvalidPattern(ValueError):
    """It is no regular expression, or one that would be too large."""


@lru_cache(maxsize=2_000)
def compile_pattern(pattern: str) -> Any:
    """Return the compiled pattern. Errors: InvalidPattern."""
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        raise InvalidPattern(str(error)) from None
