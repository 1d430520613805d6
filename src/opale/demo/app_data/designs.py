"""Demo designs of the last weeks, in every state, by the demo's solution architects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from opale.customers.models import Contact, Offering
from opale.delivery.designs.actions import (
    designs,
    documents,
    lifecycle,
    orders,
    placements,
    reservations,
)
from opale.delivery.designs.models import Design, DesignCheck
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.queries import placements as placement_queries
from opale.delivery.designs.states import OPEN
from opale.delivery.projects.queries.workdays import today
from opale.demo.company import Staff
from opale.demo.demo_company import DemoCompany
from opale.demo.portfolio import ACCESS, NETWORK, Account, Portfolio
from opale.infrastructure.models import Site
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.queries.identity import actor_of
from opale.organisation.rights import Function
from opale.reservations.states import ReservationState

Options = Mapping[str, str]
AFTER = ("projects",)
"""The modules that are loaded before this one."""


def load(company: DemoCompany) -> None:
    create_designs(company.random(9), company.staff, company.portfolio, company.now)


@dataclass(frozen=True, slots=True)
class DesignSpec:
    """One demo design: its lines for the whole, those of each site, and its state.

    Units: `ago` and `ahead` are days before and after the present.
    """

    french: str
    english: str
    needs: tuple[str, str]
    whole: tuple[tuple[str, int, Options], ...] = ()
    sites: tuple[str, ...] = ()
    each: tuple[tuple[str, int, Options], ...] = ()
    ours: bool = False
    ago: int = 5
    ahead: int = 120
    probability: int = 50
    steps: tuple[str, ...] = ()
    reason: tuple[str, str] = ("", "")


DESIGNS: Final = (
    DesignSpec(
        "Deux baies en salle B", "Two cabinets in hall B",
        ("Migration de leur salle serveurs, double alimentation.",
         "Their server room moves in; two feeds."),
        sites=("",), each=(("colo-rack", 2, {"height_u": "42", "power_kw": "5"}),), ours=True,
        ago=20, ahead=75, probability=90, steps=("check", "reserve", "quote", "accept", "order"),
    ),
    DesignSpec(
        "Plateforme web infogérée", "Managed web platform",
        ("Trois environnements, disponibilité 99,95 %.", "Three environments, 99.95 % available."),
        whole=(("host-web", 1, {"availability": "99.95"}),),
        ago=40, ahead=90, probability=40, steps=("check", "quote", "decline"),
        reason=("Le client reste chez son hébergeur un an de plus.",
                "The customer stays with its present provider for another year."),
    ),
    DesignSpec(
        "Trunk SIP du siège", "SIP trunk of the head office",
        ("Trente canaux, portabilité des numéros.", "Thirty channels; the numbers are ported."),
        whole=(("voice-trunk", 1, {"channels": "30"}),),
        ago=30, ahead=60, probability=20, steps=("withdraw",),
        reason=("Le besoin est repris par le groupe du client.",
                "The customer's group takes care of it."),
    ),
    DesignSpec(
        "Accès Internet de deux entrepôts", "Internet access for two warehouses",
        ("Fibre et secours 4G sur chaque site.", "Fibre and 4G backup at each site."),
        sites=("Entrepôt nord", "Entrepôt sud"),
        each=(("inet-fibre", 1, {"bandwidth_mbps": "500"}), ("inet-backup", 1, {"access": "4G"})),
        ago=12, ahead=60, probability=60, steps=("check", "quote", "reopen", "more"),
        reason=("Le client double le débit.", "The customer wants twice the bandwidth."),
    ),
    DesignSpec(
        "Quarante baies pour un cloud privé", "Forty cabinets for a private cloud",
        ("Une seule salle, livraison par moitié.", "One hall, delivered in two halves."),
        sites=("",), each=(("colo-rack", 40, {"height_u": "47", "power_kw": "8"}),), ours=True,
        ago=4, ahead=240, probability=30, steps=("check",),
    ),
    DesignSpec(
        "Douze U pour la sauvegarde", "Twelve units for the backups",
        ("Loin de leur salle principale.", "Far from their main room."),
        sites=("",), each=(("colo-units", 1, {"height_u": "12", "power_kw": "3"}),), ours=True,
        ago=9, ahead=50, probability=70, steps=("place", "check", "reserve", "quote"),
    ),
    DesignSpec(
        "VPN de trois sites", "VPN of three sites",
        ("Le siège d'abord, 200 Mbit/s par site, bascule de nuit.",
         "The head office first, 200 Mbit/s a site, cut over at night."),
        whole=((NETWORK, 1, {}),), sites=("Siège", "Agence nord", "Agence sud"),
        each=((ACCESS, 1, {"bandwidth_mbps": "200", "access": "fibre"}),),
        ago=6, ahead=110, probability=60, steps=("check", "reserve"),
    ),
    DesignSpec(
        "Accès distant des commerciaux", "Remote access for the sales team",
        ("Vingt-cinq postes, authentification forte.", "Twenty-five seats, strong login."),
        whole=(("vpn-remote", 1, {"authentication": "MFA"}),),
        ago=1, ahead=45, probability=50,
    ),
)  # fmt: skip


def create_designs(rng: Random, staff: Staff, portfolio: Portfolio, now: datetime) -> None:
    """Create the designs by the app's own actions, as the architects of their customers."""
    offerings = {offering.code: offering for offering in portfolio.offerings}
    halls = list(Site.objects.filter(kind=Site.Kind.DATACENTRE).order_by("code"))
    architects = {
        person.pk: actor_of(person.user)
        for person in staff.by_function[Function.SOLUTION_ARCHITECT]
        if person.user is not None
    }
    accounts = [
        account
        for account in portfolio.accounts[1:]
        if account.customer.architect_id in architects
        and any(contact.may_order for contact in account.contacts)
    ]
    for told, account in zip(DESIGNS, rng.sample(accounts, len(DESIGNS)), strict=True):
        by = architects[account.customer.architect_id or 0]
        design = _draw_up(told, account, offerings, halls, by, now)
        for step in told.steps:
            design.refresh_from_db()
            _take(step, design, told, account, by, now)


def _draw_up(
    told: DesignSpec,
    account: Account,
    offerings: Mapping[str, Offering],
    halls: list[Site],
    by: Actor,
    now: datetime,
) -> Design:
    french = account.customer.language == "fr"
    made = now - timedelta(days=told.ago)
    with clock.travel(made - clock.now()):
        design = designs.create_design(
            account.customer,
            told.french if french else told.english,
            by=by,
            requirements=told.needs[0 if french else 1],
            wished_on=(now + timedelta(days=told.ahead)).date(),
            probability=told.probability,
        )
        for code, quantity, options in told.whole:
            designs.add_line(design, offerings[code], by=by, quantity=quantity, options=options)
        first = None
        for name in told.sites:
            place = halls[0] if told.ours and halls else None
            named = name or (place.name if place else account.place)
            first = designs.add_site(
                design,
                named,
                by=by,
                place=place,
                address="" if place else account.place,
                like=first,
            )
            if name == told.sites[0]:
                for code, quantity, options in told.each:
                    designs.add_line(
                        design, offerings[code], by=by, site=first, quantity=quantity,
                        options=options,
                    )  # fmt: skip
    return design


def _take(
    step: str, design: Design, told: DesignSpec, account: Account, by: Actor, now: datetime
) -> None:
    french = account.customer.language == "fr"
    said = told.reason[0 if french else 1]
    if step == "check":
        lifecycle.check_design(design, by=by)
    elif step == "place":
        _place(design, by)
    elif step == "reserve":
        reservations.reserve_design(design, by=by, expires_at=now + timedelta(days=14))
    elif step == "quote":
        lifecycle.quote_design(design, by=by)
        name = "offre" if french else "offer"
        text = f"{design.reference} · {design.title} · v{design.version}\n"
        documents.attach_document(design, f"{name}-{design.reference}.txt", [text.encode()], by=by)
    elif step == "decline":
        lifecycle.decline_design(design, by=by, reason=said)
    elif step == "withdraw":
        lifecycle.withdraw_design(design, by=by, reason=said)
    elif step == "reopen":
        lifecycle.reopen_design(design, by=by, note=said)
    elif step == "more":
        for line in design.versions.get(number=design.version).lines.filter(
            offering__code="inet-fibre"
        ):
            designs.edit_line(line, by=by, options={"bandwidth_mbps": "1000"})
    elif step == "accept":
        _accept(design, next(one for one in account.contacts if one.may_order), by, now, french)
    else:
        orders.order_design(design, by=by)


def _place(design: Design, by: Actor) -> None:
    """Choose the first place where a line's units fit side by side."""
    version = design_queries.version_of(design, seen_by=by)
    for wanted in placement_queries.placeable(version, on=today()):
        for room in placement_queries.free_ranges_for(version, wanted, seen_by=by, on=today())[:1]:
            placements.place_line(wanted.line, wanted.unit, room.item, room.said, by=by)


def _accept(design: Design, contact: Contact, by: Actor, now: datetime, french: bool) -> None:
    text = "Bon pour accord." if french else "We accept."
    name = f"{'bon-pour-accord' if french else 'acceptance'}-{design.reference}.txt"
    paper = documents.attach_document(design, name, [text.encode()], by=by)
    documents.attach_acceptance(
        design,
        by=by,
        contact=contact,
        accepted_on=now.date(),
        document=paper,
        their_number=f"{'BC' if french else 'PO'}-{now:%y}{design.number % 10_000:04}",
    )


def recheck_designs() -> None:
    """Check the designs again, since later demo data took people's time, and renew their
    reservations."""
    found = [
        (design, actor_of(design.architect.user))
        for design in Design.objects.filter(state__in=OPEN).select_related("architect__user")
        if design.architect is not None
        and design.architect.user is not None
        and DesignCheck.objects.filter(version__design=design).exists()
    ]
    for design, by in found:
        version = design_queries.version_of(design, seen_by=by)
        held = design_queries.reservation_of(version, seen_by=by)
        if held is not None and held.state == ReservationState.TENTATIVE:
            lifecycle.check_design(design, by=by)
            reservations.reserve_design(design, by=by, expires_at=held.expires_at)
    for design, by in found:
        lifecycle.check_design(design, by=by)
