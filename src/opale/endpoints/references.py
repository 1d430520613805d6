"""References in a body: an id that does not exist for the actor makes the body invalid."""

from typing import Protocol, TypeVar

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotFound

R = TypeVar("R", covariant=True)


class Getter(Protocol[R]):
    """Protocol of an app's `queries.get_<thing>`."""

    def __call__(self, pk: int, /, *, seen_by: Actor) -> R: ...


def resolve_reference(get: Getter[R], pk: int, *, field: str, seen_by: Actor) -> R:
    """Return the row of the id in `field`. Errors: Invalid, for hidden and missing alike."""
    try:
        return get(pk, seen_by=seen_by)
    except NotFound:
        unknown = _("No record has the number %(number)s.") % {"number": pk}
        raise Invalid(**{field: unknown}) from None
