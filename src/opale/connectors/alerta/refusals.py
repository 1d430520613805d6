"""What Alerta says when it does not do as it is asked."""

from collections.abc import Iterator
from contextlib import contextmanager

from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotFound


class Refuse(Exception):
    """An answer that is no success, in Alerta's words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@contextmanager
def refusing(status: str = "") -> Iterator[None]:
    """What our actions refuse, as Alerta refuses it. `status` is the alert's own."""
    try:
        yield
    except NotFound:
        raise Refuse(404, "not found") from None
    except (IllegalMove, Conflict):
        raise Refuse(409, f"invalid action for current {status} status") from None
    except Invalid as error:
        raise Refuse(400, "; ".join(map(str, error.fields.values()))) from None
