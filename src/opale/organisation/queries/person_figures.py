"""Whether lists and reports may be counted by person, now and before."""

from opale.kernel.actor import Actor
from opale.kernel.isolation import is_customer_request
from opale.kernel.reference_cache import cached
from opale.organisation.models import PersonFigures, PersonFiguresQuerySet


def person_figures(*, seen_by: Actor) -> PersonFiguresQuerySet:
    """Return all decisions, the newest first."""
    return PersonFigures.objects.visible_to(seen_by).order_by("-id")


def are_people_counted() -> bool:
    """Return whether lists may be counted by person; never in a request of a customer."""
    return not is_customer_request() and _last_decision()


@cached(1)
def _last_decision() -> bool:
    last = PersonFigures.objects.order_by("-id").first()
    return last is not None and last.allowed
