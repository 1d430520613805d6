"""What can go wrong, in the words of the trade. The class docstring is the sentence people read."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

gettext_noop("This does not exist, or you may not see it.")
gettext_noop("You may see this, but you may not do that.")
gettext_noop("That cannot be done in the present state.")
gettext_noop("Somebody else changed this in the meantime. Nothing was overwritten.")
gettext_noop("Some of what was entered cannot be accepted.")
gettext_noop("This part of Opale is busy. Nothing was lost; please try again shortly.")
gettext_noop("You have sent too many requests. Please try again a little later.")


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
    """This does not exist, or you may not see it."""

    code = "not_found"


class NotAllowed(OpaleError):
    """You may see this, but you may not do that."""

    code = "not_allowed"


class IllegalMove(OpaleError):
    """That cannot be done in the present state."""

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
    """Some of what was entered cannot be accepted."""

    code = "invalid"

    def __init__(self, detail: str = "", **fields: str) -> None:
        super().__init__(detail or " ".join(fields.values()))
        self.fields = fields


class Unavailable(OpaleError):
    """This part of Opale is busy. Nothing was lost; please try again shortly."""

    code = "unavailable"

    def __init__(self, retry_after: timedelta, detail: str = "") -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooMany(OpaleError):
    """You have sent too many requests. Please try again a little later."""

    code = "too_many_requests"

    def __init__(self, retry_after: timedelta, detail: str = "") -> None:
        super().__init__(detail)
        self.retry_after = retry_after
