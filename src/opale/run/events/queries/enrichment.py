"""The item, service, customer and site that an alert is about, found from its labels.

Source: docs/rules/alerts.md, "What an alert is about".
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from opale.customers.queries.lookups import (
    ServiceMatch,
    codes_of_customers,
    customers_by_codes,
    references_of_services,
    services_by_references,
)
from opale.infrastructure.queries.lookups import (
    ItemMatch,
    SiteMatch,
    codes_of_sites,
    items_by_names,
    names_of_items,
    sites_by_codes,
)
from opale.run.events.domain.label_mapping import LabelMapping

KEPT_SECONDS: Final = 10.0
KEPT_NAMES: Final = 20_000
MAX_NAME_LENGTH: Final = 200
MAX_CACHED_LENGTH: Final = 500
"""The most letters of all naming labels together that are cached: longer ones hardly recur."""

T = TypeVar("T")


class Subject(msgspec.Struct, frozen=True):
    """The subject of an alert, as far as there is no doubt."""

    item_id: int | None = None
    service_id: int | None = None
    customer_id: int | None = None
    site_id: int | None = None


NO_SUBJECT: Final = Subject()


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a subject's parts; "" for what it does not have."""

    item: str = ""
    service: str = ""
    customer: str = ""
    site: str = ""


def item_names(labels: Mapping[str, str], naming: Sequence[str]) -> list[str]:
    """Return the names of items that labels give, in order of precedence.

    `web01.example.net:9100` is looked for whole, then without its port, then as `web01`.
    """
    names: dict[str, None] = {}
    for value in label_values(labels, naming):
        host = value.rpartition(":")[0] if value.rpartition(":")[2].isdigit() else value
        names |= dict.fromkeys((value, host, host.partition(".")[0]))
    names.pop("", None)
    return list(names)


def label_values(labels: Mapping[str, str], naming: Sequence[str]) -> list[str]:
    """Return the values of these labels, in their order."""
    if labels.keys().isdisjoint(naming):  # as most are
        return []
    found = [labels[label].strip() for label in naming if label in labels]
    return [text for text in found if 0 < len(text) <= MAX_NAME_LENGTH]


@dataclass(slots=True)
class NamesToResolve:
    """The names in the labels of a batch, to be looked up."""

    items: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)
    sites: set[str] = field(default_factory=set)

    def add(self, labels: Mapping[str, str], naming: LabelMapping) -> None:
        self.items.update(item_names(labels, naming.items))
        self.services.update(label_values(labels, naming.services))
        self.customers.update(label_values(labels, naming.customers))
        self.sites.update(label_values(labels, naming.sites))


class ResolvedNames:
    """The meanings of names, as when they were first looked up. Nothing is dropped: what was looked
    up for a batch is there until the batch is written.
    """

    def __init__(self) -> None:
        self.items: dict[str, ItemMatch | None] = {}
        self.services: dict[str, ServiceMatch | None] = {}
        self.customers: dict[str, int | None] = {}
        self.sites: dict[str, SiteMatch | None] = {}
        self.names: dict[Subject, Names] = {}
        self._under: dict[LabelMapping, LabelResolver] = {}

    def __len__(self) -> int:
        named = len(self.items) + len(self.services) + len(self.customers) + len(self.sites)
        return named + len(self.names) + sum(len(one.known) for one in self._under.values())

    def under(self, naming: LabelMapping) -> "LabelResolver":
        """Return the resolver of labels under this mapping."""
        return self._under.setdefault(naming, LabelResolver(self, naming))

    def look_up(self, wanted: NamesToResolve) -> None:
        """Look up the names that are not known yet, by one query for all of a kind."""
        items = {name for name in wanted.items if name not in self.items}
        services = {text for text in wanted.services if text not in self.services}
        customers = {text for text in wanted.customers if text not in self.customers}
        sites = {text for text in wanted.sites if text not in self.sites}
        found_items = items_by_names(items)
        found_services = services_by_references(services)
        found_customers = customers_by_codes(customers)
        found_sites = sites_by_codes(sites)
        self.items |= {name: found_items.get(name) for name in items}
        self.services |= {text: found_services.get(text) for text in services}
        self.customers |= {text: found_customers.get(text) for text in customers}
        self.sites |= {text: found_sites.get(text) for text in sites}

    def subject(self, labels: Mapping[str, str], naming: LabelMapping) -> Subject:
        """Return the subject of the labels; where customers contradict each other, none of them."""
        item = _first(self.items, item_names(labels, naming.items))
        service = _first(self.services, label_values(labels, naming.services))
        named = _first(self.customers, label_values(labels, naming.customers))
        site = _first(self.sites, label_values(labels, naming.sites))
        item_id = item.item_id if item else None
        site_id = item.site_id if item and item.site_id else site.site_id if site else None
        customers = {match.customer_id for match in (item, service, site) if match} | {named}
        customers.discard(None)
        if len(customers) > 1:
            return Subject(item_id, site_id=site_id)
        service_id = service.service_id if service else item.service_id if item else None
        return Subject(item_id, service_id, next(iter(customers), None), site_id)


class LabelResolver:
    """Resolver of labels under one mapping; the same values are resolved once."""

    def __init__(self, names: ResolvedNames, naming: LabelMapping) -> None:
        self._names, self.naming = names, naming
        self.known: dict[tuple[str | None, ...], Subject] = {}

    def known_subject(self, labels: Mapping[str, str]) -> Subject | None:
        """Return the subject, where labels with the same values were read before, else None."""
        return self.known.get(self._said(labels))

    def subject(self, labels: Mapping[str, str]) -> Subject:
        """Return the subject; the names in the labels must have been looked up."""
        said = self._said(labels)
        found = self.known.get(said)
        if found is None:
            found = self._names.subject(labels, self.naming)
            if len(repr(said)) <= MAX_CACHED_LENGTH:
                self.known[said] = found
        return found

    def _said(self, labels: Mapping[str, str]) -> tuple[str | None, ...]:
        return tuple(map(labels.get, self.naming.labels))


class NameCache:
    """Cache of names for some seconds: a storm asks for the same names again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known = ResolvedNames()
        self._forget_at = 0.0

    def now(self) -> ResolvedNames:
        with self._lock:
            if time.monotonic() > self._forget_at or len(self._known) > KEPT_NAMES:
                self._known = ResolvedNames()
                self._forget_at = time.monotonic() + KEPT_SECONDS
            return self._known

    def names(self, subjects: Iterable[Subject]) -> dict[Subject, Names]:
        """Return the names of the subjects, by one query for all of a kind that are not known."""
        known, wanted = self.now().names, set(subjects)
        if missing := [subject for subject in wanted if subject not in known]:
            items = names_of_items({s.item_id for s in missing if s.item_id})
            services = references_of_services({s.service_id for s in missing if s.service_id})
            customers = codes_of_customers({s.customer_id for s in missing if s.customer_id})
            sites = codes_of_sites({s.site_id for s in missing if s.site_id})
            known |= {
                subject: Names(
                    items.get(subject.item_id or 0, ""),
                    services.get(subject.service_id or 0, ""),
                    customers.get(subject.customer_id or 0, ""),
                    sites.get(subject.site_id or 0, ""),
                )
                for subject in missing
            }
        return {subject: known[subject] for subject in wanted}

    def forget(self) -> None:
        with self._lock:
            self._forget_at = 0.0


def _first(known: Mapping[str, T | None], names: Iterable[str]) -> T | None:
    return next((match for name in names if (match := known.get(name)) is not None), None)


NAME_CACHE = NameCache()
