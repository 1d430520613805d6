"""People at the desk as a telephone system names them: by extension, login, name or number."""

from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from operator import or_

from django.db.models import Q
from django.db.models.functions import Lower

from opale.kernel.actor import Actor
from opale.kernel.phone_numbers import e164
from opale.organisation.models import Person
from opale.organisation.queries.reference import home_country
from opale.run.telephone.models import Line


def people_called(names: Iterable[str]) -> dict[str, int]:
    """Return the person of each name that stands for exactly one.

    Lines that people set themselves count first, then mail addresses, names and numbers.
    """
    country = home_country()
    asked = {
        name: {name.strip().casefold(), e164(name, country)} - {""}
        for name in names
        if name.strip()
    }
    if not asked:
        return {}
    keys = set().union(*asked.values())
    lines = Line.objects.alias(folded=Lower("name")).filter(folded__in=keys)
    known = {line.name.casefold(): {line.person_id} for line in lines}
    found = _named(asked, known)
    rest = {name: keys for name, keys in asked.items() if name not in found}
    return found | _named(rest, _by_record(rest, country)) if rest else found


def _named(
    asked: Mapping[str, Collection[str]], known: Mapping[str, Collection[int]]
) -> dict[str, int]:
    people = {
        name: {pk for key in keys for pk in known.get(key, ())} for name, keys in asked.items()
    }
    return {name: next(iter(pks)) for name, pks in people.items() if len(pks) == 1}


def _by_record(asked: Mapping[str, Collection[str]], country: str) -> dict[str, set[int]]:
    """Return employees with one of these addresses, names or numbers."""
    keys = set().union(*asked.values())
    by_number = any(key.startswith("+") for key in keys)
    rows = Person.objects.filter(left_on=None)
    if not by_number:
        named = (Q(name__iexact=key) | Q(email__iexact=key) for key in sorted(keys))
        rows = rows.filter(reduce(or_, named))
    known: dict[str, set[int]] = {}
    for pk, name, email, phone in rows.values_list("pk", "name", "email", "phone"):
        number = e164(phone, country) if by_number and phone else ""
        for key in {name.casefold(), email.casefold(), number} - {""}:
            known.setdefault(key, set()).add(pk)
    return known


def lines_of(actor: Actor) -> list[str]:
    """Return the names by which telephone systems know this person."""
    if actor.person_id is None:
        return []
    mine = Line.objects.filter(person_id=actor.person_id)
    return list(mine.values_list("name", flat=True))
