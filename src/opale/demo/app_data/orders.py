"""Demo orders of the last weeks, as people of BUILD enter and lead them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from opale.customers.models import Offering, Service
from opale.delivery.orders.actions.moves import cancel_order, move_order
from opale.delivery.orders.actions.orders import NewLine, NewOrder, create_order
from opale.delivery.orders.models import Order
from opale.delivery.orders.states import MOVES
from opale.demo.company import Staff
from opale.demo.demo_company import DemoCompany
from opale.demo.portfolio import Account, Portfolio
from opale.kernel.actor import Actor
from opale.organisation.queries.identity import actor_of
from opale.organisation.rights import Function

K = Order.Kind


def load(company: DemoCompany) -> None:
    create_orders(company.random(6), company.staff, company.portfolio, company.now)


@dataclass(frozen=True, slots=True)
class OrderSpec:
    """One demo order: its offerings, its age, its wanted day and its state.

    Units: `ago` and `ahead` are days before and after the present.
    """

    kind: str
    lines: tuple[tuple[str, int, Mapping[str, Any]], ...]
    french: str
    english: str
    ago: int
    ahead: int
    moves: tuple[str, ...] = ()
    reason: tuple[str, str] = ("", "")
    level: str = Order.Level.PRODUCT


ORDERS: Final = (
    OrderSpec(
        K.NEW,
        (("vpn-network", 1, {}), ("vpn-mpls", 3, {"bandwidth_mbps": 200, "access": "fibre"})),
        "VPN de trois sites, l'accès du siège en premier. Mise en service échelonnée.",
        "VPN for three sites, the head office first. Sites go live one after the other.",
        21, 38, ("start",),
    ),
    OrderSpec(
        K.NEW,
        (("colo-rack", 1, {"height_u": 42, "power_kw": 4, "feeds": "A+B"}),),
        "Une baie 42U, double alimentation, dans la salle de leurs deux autres baies.",
        "One 42U cabinet with two feeds, in the room of their other two.",
        6, 12, ("start",),
    ),
    OrderSpec(
        K.NEW,
        (("inet-fibre", 1, {"bandwidth_mbps": 1000}), ("inet-backup", 1, {"access": "4G"})),
        "Accès Internet 1 Gbit/s avec secours 4G pour le nouvel entrepôt.",
        "Internet access at 1 Gbit/s with 4G backup for the new warehouse.",
        3, 45,
    ),
    OrderSpec(
        K.MODIFICATION,
        (("inet-fibre", 1, {"bandwidth_mbps": 2000}),),
        "Passage de 500 Mbit/s à 2 Gbit/s avant la saison.",
        "From 500 Mbit/s to 2 Gbit/s before the season.",
        14, 20, ("start", "hold"),
        ("Le lien de l'opérateur est saturé jusqu'à son extension.",
         "The carrier's link is full until it is extended."),
    ),
    OrderSpec(
        K.MOVE,
        (("vpn-mpls", 1, {"bandwidth_mbps": 100}),),
        "Déménagement de l'agence : même débit, nouvelle adresse au 1er du mois.",
        "The branch moves: same bandwidth, new address from the first of the month.",
        9, 33, ("wait",),
        ("Le client confirme la date de remise des clés.",
         "The customer confirms when it gets the keys."),
    ),
    OrderSpec(
        K.TERMINATION,
        (("colo-units", 1, {}),),
        "Résiliation de l'hébergement mutualisé, matériel à restituer.",
        "End of the shared colocation; the hardware goes back to the customer.",
        4, 60,
    ),
    OrderSpec(
        K.NEW,
        (("host-vm", 4, {"vcpu": 4, "memory_gib": 16, "disk_gib": 200}),),
        "Quatre machines virtuelles pour la préproduction, sauvegardées chaque nuit.",
        "Four virtual machines for staging, backed up every night.",
        28, -2, ("start", "complete"),
    ),
    OrderSpec(
        K.NEW,
        (("host-web", 1, {"availability": "99.95"}), ("host-vm", 2, {"vcpu": 8, "memory_gib": 32})),
        "Plateforme web infogérée de la nouvelle boutique, ouverture avant les soldes.",
        "Managed web platform of the new shop, open before the sales.",
        35, 25, ("start",),
    ),
    OrderSpec(
        K.NEW,
        (("voice-trunk", 1, {"channels": 30}),),
        "Trunk SIP de 30 canaux, portabilité des 60 numéros.",
        "SIP trunk of 30 channels; the 60 numbers are ported.",
        40, -6, ("start", "complete"),
    ),
    OrderSpec(
        K.NEW,
        (("inet-fibre", 1, {"bandwidth_mbps": 10000}),),
        "10 Gbit/s pour le site de la vallée.",
        "10 Gbit/s for the site in the valley.",
        18, 30, ("reject",),
        ("Aucun opérateur n'a de fibre à cette adresse.",
         "No carrier has fibre at this address."),
    ),
    OrderSpec(
        K.NEW,
        (("vpn-remote", 25, {"authentication": "MFA"}),),
        "Accès distants pour l'équipe commerciale.",
        "Remote access for the sales team.",
        12, 5, ("start", "assess_cancellation"),
        ("Le client change de solution, une partie est déjà livrée aux pilotes.",
         "The customer changes its mind; some pilots have theirs already."),
    ),
    OrderSpec(
        K.NEW,
        (("colo-rack", 2, {"height_u": 47, "power_kw": 6}),),
        "Deux baies pour la migration du cœur de réseau.",
        "Two cabinets for the move of the core network.",
        25, 15, ("start", "cancel"),
        ("Projet reporté à l'an prochain par le client.",
         "Put off until next year by the customer."),
    ),
    OrderSpec(
        K.MODIFICATION,
        (("host-vm", 1, {"memory_gib": 64}),),
        "Mémoire portée à 64 Gio sur la base de données.",
        "Memory of the database raised to 64 GiB.",
        2, 7,
    ),
    OrderSpec(
        K.NEW,
        (("vpn-mpls", 1, {"bandwidth_mbps": 200, "access": "fibre", "nte": "router"}),),
        "Livraison du premier accès du VPN : liaison opérateur, routeur, recette.",
        "Delivery of the first access of the VPN: carrier's circuit, router, acceptance.",
        19, 30, ("start",), level=Order.Level.SERVICE,
    ),
    OrderSpec(
        K.NEW,
        (("colo-rack", 1, {"height_u": 42, "power_kw": 4, "room": "B2", "row": "4"}),),
        "Préparation de la baie : ferrures, bandeaux, étiquettes, badge.",
        "Preparing the cabinet: rails, power strips, labels, badge.",
        5, 10, ("start",), level=Order.Level.SERVICE,
    ),
    OrderSpec(
        K.TERMINATION,
        (("colo-units", 1, {}),),
        "Démontage et restitution, effacement attesté des disques.",
        "Removal and return; the disks are wiped, with a certificate.",
        3, 58, level=Order.Level.SERVICE,
    ),
    OrderSpec(
        K.NEW,
        (("host-vm", 4, {"vcpu": 4, "memory_gib": 16, "network": "staging"}),),
        "Création des machines virtuelles et de leurs sauvegardes.",
        "Creating the virtual machines and their backups.",
        27, -3, ("start", "complete"), level=Order.Level.SERVICE,
    ),
)  # fmt: skip


def create_orders(rng: Random, staff: Staff, portfolio: Portfolio, now: datetime) -> None:
    """Create the orders by BUILD's own actions, as the people who lead them."""
    offerings = {offering.code: offering for offering in portfolio.offerings}
    leaders = [
        actor_of(person.user)
        for function in (Function.SOLUTION_ARCHITECT, Function.PROJECT_MANAGER)
        for person in staff.by_function[function]
        if person.user is not None
    ]
    accounts = _buyers(rng, portfolio)
    for told in ORDERS:
        account = _fitting(accounts, told)
        if account is None:
            continue
        _take(told, account, offerings, rng.choice(leaders), now, rng)


def _take(
    told: OrderSpec,
    account: Account,
    offerings: Mapping[str, Offering],
    by: Actor,
    now: datetime,
    rng: Random,
) -> None:
    ordered = (now - timedelta(days=told.ago)).replace(minute=rng.randrange(60), second=0)
    wanted = (now + timedelta(days=told.ahead)).replace(hour=8, minute=0, second=0)
    french = account.customer.language == "fr"
    lines = tuple(
        NewLine(
            offering=offerings[code],
            service=_service(account, code) if told.kind != K.NEW else None,
            quantity=quantity,
            characteristics=said,
            wanted_text=_later(wanted, place) if place else "",
        )
        for place, (code, quantity, said) in enumerate(told.lines)
    )
    new = NewOrder(
        level=told.level,
        kind=told.kind,
        customer=account.customer,
        contact=next((one for one in account.contacts if one.may_order), None),
        external_id=f"{'BC' if french else 'PO'}-{ordered:%y}{rng.randrange(1000, 9999)}",
        description=told.french if french else told.english,
        ordered_text=ordered.isoformat(),
        wanted_text=wanted.isoformat(),
        lines=lines,
    )
    order, at = create_order(new, by=by, at=ordered), ordered
    for name in told.moves:
        at = min(at + timedelta(days=1, hours=rng.randrange(5)), now)
        reason = told.reason[0 if french else 1]
        if name == "cancel":
            cancel_order(order, by=by, at=at, reason=reason)
        else:
            move_order(order, MOVES[name], by=by, at=at, reason=reason)


def _buyers(rng: Random, portfolio: Portfolio) -> list[Account]:
    """Return the customers in random order, each once before any is repeated."""
    accounts = list(portfolio.accounts)
    rng.shuffle(accounts)
    return accounts


def _fitting(accounts: list[Account], told: OrderSpec) -> Account | None:
    """Return the next customer that has the service to be changed, and move it to the end."""
    code = told.lines[0][0]
    able = (one for one in accounts if told.kind == K.NEW or _service(one, code) is not None)
    found = next(able, None)
    if found is not None:
        accounts.remove(found)
        accounts.append(found)
    return found


def _service(account: Account, code: str) -> Service | None:
    return next(_services(account, code), None)


def _services(account: Account, code: str) -> Iterator[Service]:
    return (
        one
        for one in account.services
        if one.offering.code == code and one.state == Service.State.ACTIVE
    )


def _later(wanted: datetime, place: int) -> str:
    return (wanted + timedelta(days=7 * place)).isoformat()
