"""Triage proposals for a new ticket, each with its evidence. Pure.

A customer is proposed on proof only: an address, a reference, a name that nobody else has. Services
are ranked by the names and words in the text and by the history of tickets. Without clear evidence
nothing is proposed: a wrong proposal costs more than an empty field.
Source: docs/rules/triage.md.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from typing import Final, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from opale.run.desk.domain.text_classification import (
    WordCounts,
    extract_words,
    normalize_log_weights,
    stem,
)

T = TypeVar("T")
V = TypeVar("V", covariant=True)

NAMES_READ = 80
LIKE = 0.35
"""Minimum trigram similarity of two similar subjects."""
SURE: Final = 0.6
"""A service is filled in when it has at least this share of the evidence."""
CLEAR: Final = 0.8
PLAIN: Final = 0.9
"""A kind is proposed from words when it has at least this share of their evidence."""
FEW = 5
CHOICE = 3
"""Up to so many services, each is shown, with or without evidence."""

SENTENCES: Final = {
    "address": _("%(address)s is the address of %(contact)s."),
    "domain": _("%(address)s is an address of this customer."),
    "colleague": _("%(address)s is the address of a colleague, %(name)s."),
    "mentioned": _("The text contains the address of %(contact)s, %(address)s."),
    "reference": _("The text contains the service reference %(name)s."),
    "item": _("The text mentions %(name)s, on which the service depends."),
    "owned_item": _("The text mentions %(name)s, which belongs to this customer."),
    "named_item": _("The text mentions %(name)s."),
    "only": _("The customer has only this service."),
    "one_of": _("One of the customer's %(of)s services."),
    "sold": _("The text mentions the product: %(name)s."),
    "only_family": _(
        "Keywords point to %(family)s (%(words)s), and the customer has only one such service."
    ),
    "family": _("Keywords point to %(family)s: %(words)s."),
    "place": _("The text mentions %(name)s."),
    "contact_before": _("%(count)s of this contact's last %(of)s tickets were about it."),
    "customer_before": _("%(count)s of this customer's last %(of)s tickets were about it."),
    "like": _("%(count)s of %(of)s similar tickets were."),
    "like_team": _("%(count)s of %(of)s similar tickets were escalated to this team."),
    "type_team": _("The request catalogue assigns it to this team."),
    "kind_words": _("Keywords as in other tickets of this type: %(words)s."),
    "monitoring": _("Reported by monitoring."),
    "plan": _("The service is on the %(plan)s plan."),
    "best_plan": _("The customer's highest plan is %(plan)s."),
    "known": _("Specified when the ticket was received."),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reason for a proposal; `facts` fill the placeholders of its sentence."""

    kind: str
    facts: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.kind]) % self.facts


@dataclass(frozen=True, slots=True)
class Proposal(Generic[V]):
    """A proposed value. `share` is its part of the evidence for all values, 0 to 1."""

    value: V
    evidence: tuple[Evidence, ...]
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Enquiry:
    """The text received, as a stranger would read it: no column of a ticket is looked at.

    `sender` is the mail address or telephone number of origin, if any.
    """

    subject: str
    body: str = ""
    sender: str = ""
    monitoring: bool = False

    @property
    def text(self) -> str:
        return f"{self.subject}\n{self.body}"


_NAME = re.compile(r"[^\W_][\w.@/-]*[^\W_]")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PRIVATE = re.compile(r"(10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.[\d.]+")


def extract_names(text: str) -> list[str]:
    """Return the words that may name or number a host, a circuit, a service or a rack."""
    found = (match.group() for match in _NAME.finditer(text))
    wanted = (
        name
        for name in found
        if 3 < len(name) <= 64 and any(c.isdigit() or c in ".-" for c in name)
    )
    return list(dict.fromkeys(wanted))[:NAMES_READ]


def is_private(name: str) -> bool:
    """Return whether many networks use the address, so that it proves nothing."""
    return bool(_PRIVATE.fullmatch(name))


def extract_addresses(text: str) -> list[str]:
    return list(dict.fromkeys(match.group().lower() for match in _MAIL.finditer(text)))[:10]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service of the customer. `places` are names that tell it from the others.

    `items` maps the names of the items it depends on to how many of the customer's services share
    them; `sold_as` holds the stems that only the name of its offering has, in any language.
    """

    id: int
    reference: str
    family: str
    family_name: str = ""
    places: frozenset[str] = frozenset()
    items: Mapping[str, int] = field(default_factory=dict)
    sold: str = ""
    sold_as: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PastTickets:
    """The services of the contact's and the customer's last tickets, and of the tickets with a
    similar subject."""

    of_contact: Sequence[int | None] = ()
    of_customer: Sequence[int | None] = ()
    alike: Sequence[int | None] = ()


def rank_services(
    enquiry: Enquiry, candidates: Sequence[Candidate], past: PastTickets, words: WordCounts
) -> list[Proposal[int]]:
    """Return the services of a customer, the likeliest first, each with its evidence."""
    text = enquiry.text
    names = {name.casefold().rstrip(".") for name in extract_names(text)}
    said = extract_words(text)
    stems = set(map(stem, said))
    families = sorted({candidate.family for candidate in candidates})
    spoken = words.shares(said, families, even=True)
    told = Counter(candidate.family for candidate in candidates)
    logs, why = {}, {}
    for candidate in candidates:
        speaks = [
            *_of_names(candidate, names),
            *_of_place(candidate, set(said)),
            *_of_sold(candidate, stems),
            *_of_words(candidate, spoken, told, lambda f: words.telling(said, f, families)),
            *_of_past(candidate, past),
        ]
        logs[candidate.id] = sum(weight for weight, _evidence in speaks)
        why[candidate.id] = tuple(e for _w, e in sorted(speaks, key=_heaviest) if e)
    shares = normalize_log_weights(logs)
    if len(candidates) == 1:
        (only,) = candidates
        why[only.id] = (*why[only.id], Evidence("only"))
    elif len(candidates) <= CHOICE:
        one_of = (Evidence("one_of", {"of": len(candidates)}),)
        why = {pk: evidence or one_of for pk, evidence in why.items()}
    ranked = sorted(candidates, key=lambda c: (-logs[c.id], c.id))
    return [Proposal(c.id, why[c.id], shares[c.id]) for c in ranked]


Speaks = tuple[float, Evidence | None]


def _heaviest(speaks: Speaks) -> float:
    return -speaks[0]


def _of_names(candidate: Candidate, names: set[str]) -> Iterable[Speaks]:
    if candidate.reference.casefold() in names:
        yield 8.0, Evidence("reference", {"name": candidate.reference})
    for item, sharers in candidate.items.items():
        if item.casefold() in names:
            yield 6.0 / sharers, Evidence("item", {"name": item})


def _of_place(candidate: Candidate, said: set[str]) -> Iterable[Speaks]:
    for place in sorted(candidate.places):
        parts = extract_words(place)
        if parts and said.issuperset(parts):
            yield 1.5, Evidence("place", {"name": place})


def _of_sold(candidate: Candidate, stems: set[str]) -> Iterable[Speaks]:
    if found := len(candidate.sold_as & stems):
        share = found / len(candidate.sold_as)
        yield share, Evidence("sold", {"name": candidate.sold}) if share >= 0.5 else None


def _of_words(
    candidate: Candidate,
    spoken: Mapping[str, float],
    told: Mapping[str, int],
    telling: Callable[[str], str],
) -> Iterable[Speaks]:
    share = spoken.get(candidate.family)
    if share is None:
        return
    evidence = None
    if share > CLEAR and (words := telling(candidate.family)):
        kind = "only_family" if told[candidate.family] == 1 else "family"
        evidence = Evidence(kind, {"family": candidate.family_name, "words": words})
    yield log(max(share, 1e-3)), evidence


def _of_past(candidate: Candidate, past: PastTickets) -> Iterable[Speaks]:
    for kind, services, weight in (
        ("contact_before", past.of_contact, 0.5),
        ("customer_before", past.of_customer, 0.5),
        ("like", past.alike, 2.0),
    ):
        count, of = sum(pk == candidate.id for pk in services), len(services)
        if count:
            clear = count > 1 and count * 4 >= of
            evidence = Evidence(kind, {"count": count, "of": of}) if clear else None
            yield weight * count / of, evidence


def majority(values: Sequence[T], least: float = 0.7) -> tuple[T, Evidence] | None:
    """Return the most common value of similar tickets if it clearly dominates enough of them."""
    if len(values) < FEW:
        return None
    ((value, count),) = Counter(values).most_common(1)
    if count < least * len(values):
        return None
    return value, Evidence("like", {"count": count, "of": len(values)})
