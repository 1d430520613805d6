"""Demo requests of the catalogue, a few of each type, created by Opale's own actions in the last
hours."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from opale.customers.models import Contact, Service
from opale.infrastructure.models import Site
from opale.infrastructure.queries.items import sites_of_customer
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.organisation.queries.identity import actor_of
from opale.run.desk.actions.approvals import decide_approval
from opale.run.desk.actions.classifications import ClassificationInput, classify_ticket
from opale.run.desk.actions.ownership import take_ticket
from opale.run.desk.actions.requests import NewRequest, receive_request
from opale.run.desk.models import RequestType, Source, Ticket
from opale.run.desk.queries.requests import awaited_approval, contacts_with_authority
from opale.run.shifts.queries.duties import answerable, service_desk

LATEST, APART = timedelta(minutes=2), timedelta(minutes=11)
# Untriaged requests, counted from the newest: two within the target of triage, one past it.
UNSEEN = frozenset({1, 2, 4})
TAKEN = 0.8
AHEAD = {"datacentre-access": 15}
"""Days until what a request of this type asks for: clocks of dated requests run on their date."""
SECOND = timedelta(minutes=3)
Values = dict[str, Any]
# In order of arrival: code of the type, then how its form is filled in.
SAID = (
    "datacentre-access", "dns-change", "remote-hands", "bandwidth-change", "datacentre-access",
    "firewall-rule", "backup-restore", "datacentre-delivery", "new-address", "quote", "new-user",
    "vpn-site", "reverse-dns", "machine-resize", "remote-access-user",
)  # fmt: skip
BY_EMPLOYEES = ("equipment", "telephony", "network-access", "software-licence")
DOCUMENTS = ("CNI", "Passeport", "Titre de séjour")


class FormFiller:
    """Fills in request forms for customers who have the services concerned."""

    def __init__(self, rng: Random, now: datetime, *, by: Actor) -> None:
        self.rng = rng
        self.now = now
        self.by = by
        self._types = {kind.code: kind for kind in RequestType.objects.all()}
        self._services: dict[str, list[Service]] = {}
        self._contacts: dict[int, list[Contact]] = {}

    def record(self) -> None:
        codes = (*SAID, *BY_EMPLOYEES)
        for rank, code in zip(range(len(codes), 0, -1), codes, strict=True):
            at = self._moment(rank)
            with clock.travel(at - clock.now()):
                ask = self._for_employee if code in BY_EMPLOYEES else self._for_customer
                ticket = ask(code, at)
            if ticket is not None and rank not in UNSEEN:
                self._look_at(ticket, at)

    def _moment(self, rank: int) -> datetime:
        if rank <= 2:
            return self.now - LATEST - SECOND * (rank - 1)
        return self.now - APART * (rank - 1)

    def _look_at(self, ticket: Ticket, at: datetime) -> None:
        """Triage a request within minutes, as the agent on duty, who mostly takes it at once."""
        seen = at + timedelta(minutes=self.rng.randint(2, 7))
        holder = answerable(service_desk(), seen).person
        if holder.user is None:
            return
        by = actor_of(holder.user)
        with clock.travel(seen - clock.now()):
            held = Ticket.objects.select_related("customer", "contact", "service", "item").get(
                pk=ticket.pk
            )
            classify_ticket(held, ClassificationInput.of(held), by=by)
            if self.rng.random() < TAKEN:
                take_ticket(held, by=by)

    def _for_customer(self, code: str, at: datetime) -> Ticket | None:
        kind = self._types.get(code)
        if kind is None:
            return None
        chosen = list(self._of_family(kind.family))
        self.rng.shuffle(chosen)
        for service in chosen:
            values, contacts = self._values(code, service, at), self._known(service)
            if values is not None and contacts:
                return self._ask(kind, values, self.rng.choice(contacts), at)
        return None

    def _of_family(self, family: str) -> list[Service]:
        """Return the first services of a family, or of all families."""
        if family not in self._services:
            rows = Service.objects.filter(state=Service.State.ACTIVE)
            rows = rows.filter(offering__family=family) if family else rows
            known = rows.select_related("customer", "offering").order_by("id")
            self._services[family] = list(known[:60])
        return self._services[family]

    def _known(self, service: Service) -> list[Contact]:
        key = service.customer_id
        if key not in self._contacts:
            self._contacts[key] = list(Contact.objects.filter(customer=key).order_by("id"))
        return self._contacts[key]

    def _ask(self, kind: RequestType, values: Values, contact: Contact, at: datetime) -> Ticket:
        ticket = receive_request(
            NewRequest(request_type=kind, values=values, source=Source.PHONE, contact=contact),
            by=self.by,
            at=at,
        )
        approval = awaited_approval(ticket)
        if approval is None:
            return ticket
        asked = contacts_with_authority(approval.authority, contact.customer_id).first()
        # Some of the requested approvals have been given.
        if asked is not None and self.rng.random() < 0.5:
            decide_approval(ticket, granted=True, by=self.by, heard_from=asked)
        return ticket

    def _for_employee(self, code: str, at: datetime) -> Ticket | None:
        kind = self._types.get(code)
        people = list(Person.objects.filter(company__operates=True, left_on=None).order_by("id"))
        if kind is None or not people:
            return None
        said: dict[str, Values] = {
            "equipment": {"what": self.rng.choice(("laptop", "screen")), "occasion": "broken"},
            "telephony": {"what": "transfer", "number": f"01 99 00 {self.rng.randint(10, 99)} 12"},
            "network-access": {"what": "segment", "remarks": "VLAN 210"},
            "software-licence": {"product": "LibreOffice Draw", "users": 2},
        }
        return receive_request(
            NewRequest(
                request_type=kind,
                values=said[code],
                source=Source.PORTAL,
                employee=self.rng.choice(people),
            ),
            by=self.by,
            at=at,
        )

    def _values(self, code: str, service: Service, at: datetime) -> Values | None:
        """Return the answers, or None where this customer has no service to ask about."""
        if code.startswith("datacentre-") or code == "remote-hands":
            site = sites_of_customer(service.customer).filter(kind=Site.Kind.DATACENTRE).first()
            return None if site is None else self._at_site(code, site, service)
        fill: dict[str, Callable[[Service], Values]] = {
            "dns-change": self._zone,
            "bandwidth-change": lambda s: {
                "service": s.reference, "bandwidth_mbps": self.rng.choice((200, 500, 2000))},
            "new-address": lambda s: {
                "service": s.reference, "version": "4", "addresses": self.rng.choice((4, 16)),
                "used_for": "VPN"},
            "firewall-rule": lambda s: {
                "service": s.reference, "action": "open", "origin": "198.51.100.0/24",
                "destination": "10.20.0.15", "ports": "tcp/443"},
            "backup-restore": lambda s: {
                "service": s.reference, "what": "/srv/www/uploads", "where": "aside",
                "as_of": (at - timedelta(hours=30)).isoformat()},
            "quote": lambda s: {"wish": s.offering.family},
            "new-user": lambda s: {
                "name": self._person(s), "email": f"compta@{s.customer.domains[0]}",
                "language": s.customer.language, "may": "open"},
            "vpn-site": lambda s: {
                "address": "12 rue des Forges", "bandwidth_mbps": 100,
                "contact_on_site": self._person(s)},
            "reverse-dns": lambda s: {
                "address": f"203.0.113.{self.rng.randint(2, 250)}",
                "name": f"mail.{s.customer.domains[0]}"},
            "machine-resize": lambda s: {
                "service": s.reference, "memory_gib": 32, "disk_gib": self.rng.choice((500, 4096))},
            "remote-access-user": lambda s: {
                "who": [{"name": self._person(s), "company": s.customer.name}]},
        }  # fmt: skip
        return fill[code](service)

    def _at_site(self, code: str, site: Site, service: Service) -> Values:
        days = AHEAD.get(code) or self.rng.randint(1, 6)
        starts = (self.now + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        if code == "datacentre-access":
            return {
                "site": site.code,
                "starts": starts.isoformat(),
                "ends": (starts + timedelta(hours=self.rng.choice((4, 8, 30)))).isoformat(),
                "visitors": [self._visitor(service) for _ in range(self.rng.choice((1, 2, 3)))],
                "escort": self.rng.choice(("none", "provider")),
            }
        if code == "remote-hands":
            work = self.rng.choice(("look", "restart", "cable"))
            return {"site": site.code, "work": work, "place": "B12 / U20"}
        return {
            "site": site.code,
            "expected_on": starts.date().isoformat(),
            "parcels": self.rng.randint(1, 6),
            "carrier": "Transports Martin",
        }

    def _visitor(self, service: Service) -> Values:
        number = f"{self.rng.choice(DOCUMENTS)} {self.rng.randint(100_000, 999_999)}"
        return {
            "name": self._person(service),
            "company": service.customer.name,
            "identity": number,
        }

    def _zone(self, service: Service) -> Values:
        return {
            "zone": service.customer.domains[0],
            "managed": self.rng.random() < 0.7,
            "action": "add",
            "record": self.rng.choice(("www", "shop", "vpn")),
            "type": "CNAME",
            "value": f"lb.{service.customer.domains[0]}",
        }

    def _person(self, service: Service) -> str:
        return str(self.rng.choice([contact.name for contact in self._known(service)]))


def create_requests(rng: Random, now: datetime, *, by: Actor) -> None:
    """Create a few requests of each type, some of them waiting for an approval."""
    FormFiller(rng, now, by=by).record()
