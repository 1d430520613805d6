"""What can go wrong, in the words of the trade. The class docstring is the sentence people read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

gettext_noop("This does not exist, or you don't have access to it.")
gettext_noop("You don't have permission to do this.")
gettext_noop("Not possible in the current state.")
gettext_noop("Somebody else changed this in the meantime. Nothing was overwritten.")
gettext_noop("Some fields need correcting.")
gettext_noop("This part of Opale is busy. Nothing was lost; try again in a moment.")
gettext_noop("Too many requests. Try again in a moment.")


class OpaleError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or type(self).__doc__ or self.code)
        self.detail = detail

    @property
    def sentence(self) -> str:
        """The translated sentence to show: the detail when there is one, else the class's own."""
        return self.detail or _(type(self).__doc__ or self.code)


class NotFound(OpaleError):
    """This does not exist, or you don't have access to it."""

    code = "not_found"


class NotAllowed(OpaleError):
    """You don't have permission to do this."""

    code = "not_allowed"


class IllegalMove(OpaleError):
    """Not possible in the current state."""

    code = "illegal_move"

    def __init__(
        self, move: str, refused: Mapping[int, str] | None = None, detail: str = ""
    ) -> None:
        super().__init__(detail)
        self.move = move
        self.refused = dict(refused or {})


class Conflict(OpaleError):
    """Somebody else changed this in the meantime. Nothing was overwritten."""

    code = "conflict"


class Invalid(OpaleError):
    """Some fields need correcting."""

    code = "invalid"

    def __init__(self, detail: str = "", **fields: str) -> None:
        super().__init__(detail or " ".join(fields.values()))
        self.fields = fields


class Unavailable(OpaleError):
    """This part of Opale is busy. Nothing was lost; try again in a moment."""

    code = "unavailable"

    def __init__(self, retry_after: timedelta, detail: str = "") -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooMany(OpaleError):
    """Too many requests. Try again in a moment."""

    code = "too_many_requests"

    def __init__(self, retry_after: timedelta, detail: str = "") -> None:
        super().__init__(detail)
        self.retry_after = retry_after
