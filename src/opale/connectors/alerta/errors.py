"""Errors in Alerta's words."""

from collections.abc import Iterator
from contextlib import contextmanager

from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound


class AlertaError(Exception):
    """An answer that is no success, in Alerta's words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@contextmanager
def alerta_errors(status: str = "") -> Iterator[None]:
    """Raise our actions' refusals as Alerta's. `status` is the alert's own."""
    try:
        yield
    except NotFound:
        raise AlertaError(404, "not found") from None
    except (IllegalMove, Conflict):
        raise AlertaError(409, f"invalid action for current {status} status") from None
    except Invalid as error:
        raise AlertaError(400, "; ".join(map(str, error.fields.values()))) from None
