"""Authors of automations and recurring tickets: both act with the rights of theirs."""

from django.utils.translation import gettext as _

from opale.kernel.errors import Conflict
from opale.organisation.models import Person
from opale.organisation.queries.identity import actor_of_person, actors_of_people
from opale.run.automations.rights import WRITE


def check_author(author: Person) -> None:
    """Errors: Conflict (the author may no longer write automations: it would only fail)."""
    if not actor_of_person(author).can(WRITE):
        name = {"name": author.name}
        raise Conflict(
            _("Its author, %(name)s, may no longer write automations. Edit it to act in your name.")
            % name
        )


def people_who_write() -> list[Person]:
    """Return the people who may write automations now."""
    present = Person.objects.filter(left_on=None, user__is_active=True).select_related("user")
    people = list(present.order_by("pk"))
    actors = actors_of_people(people)
    return [person for person in people if actors[person.pk].can(WRITE)]
