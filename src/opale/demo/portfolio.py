"""Customers of the demo company: contacts, contracts, support plans, services and their items."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from opale.customers.forms.offerings import read_option
from opale.customers.models import (
    Contact,
    Contract,
    ContractedHours,
    ContractedPlan,
    ContractOption,
    Coverage,
    Customer,
    Family,
    Measure,
    Offering,
    PlanTarget,
    Service,
    SoldCommitment,
    Stream,
    SupportPlan,
    SupportPlanVersion,
)
from opale.demo.company import Staff
from opale.demo.names import (
    CustomerName,
    PersonName,
    customers,
    people,
    telephone,
    towns,
    unused_number,
)
from opale.organisation.models import User, WorkingCalendar
from opale.organisation.rights import Function
from opale.run.desk.domain.clocks import Promise

MATRIX = {
    "1": {"1": 1, "2": 2, "3": 3},
    "2": {"1": 2, "2": 3, "3": 4},
    "3": {"1": 3, "2": 4, "3": 4},
}
PREMIUM_MATRIX = {
    "1": {"1": 1, "2": 1, "3": 2},
    "2": {"1": 1, "2": 2, "3": 3},
    "3": {"1": 2, "2": 3, "3": 4},
}
# Minutes promised by priority, 1 to 5; without a number there is no promise.
TARGETS: dict[str, dict[Measure, tuple[int, ...]]] = {
    "corporate": {
        Measure.ACKNOWLEDGE: (30, 60, 120, 240, 480),
        Measure.FIRST_RESPONSE: (60, 120, 240, 480, 960),
        Measure.RESTORE: (240, 480, 960, 2400, 4800),
        Measure.RESOLVE: (1440, 2880, 7200, 14400, 14400),
    },
    "solution": {
        Measure.ACKNOWLEDGE: (15, 30, 60, 240, 480),
        Measure.FIRST_RESPONSE: (30, 60, 120, 480, 960),
        Measure.UPDATE: (240, 480),
        Measure.RESTORE: (240, 480, 1440, 4320, 7200),
        Measure.RESOLVE: (4320, 7200, 14400, 20160, 28800),
    },
}
# Euros a month, by offering.
FEES = {
    "colo-rack": (650, 950), "colo-units": (90, 240), "inet-fibre": (180, 620),
    "inet-backup": (60, 140), "vpn-mpls": (220, 780), "vpn-remote": (40, 120),
    "vpn-network": (80, 160), "host-vm": (110, 480), "host-web": (350, 1400),
    "voice-trunk": (45, 160),
}  # fmt: skip
GTR_TERMS = {"per_hour": "2", "cap": "20"}
# A contract in English has its clause in both languages: half of those who read it here are French.
GTR_PENALTY = {
    "fr": "2 % de la redevance mensuelle par heure entamée, 20 % au plus",
    "en": "2 % of the monthly fee per hour begun, at most 20 % / "
    "2 % de la redevance mensuelle par heure entamée, 20 % au plus",
}
AVAILABILITY_TERMS = {
    "steps": [
        {"below": "99.9", "percent": "5"},
        {"below": "99.5", "percent": "10"},
        {"below": "99", "percent": "20"},
    ],
    "cap": "20",
}
AVAILABILITY_PENALTY = {
    "fr": "5 % sous 99,9 %, 10 % sous 99,5 %, 20 % sous 99 %",
    "en": "5 % below 99.9 %, 10 % below 99.5 %, 20 % below 99 % / "
    "5 % sous 99,9 %, 10 % sous 99,5 %, 20 % sous 99 %",
}
PLANS = {
    "corporate": ("Corporate", Stream.CORPORATE, Coverage.CUSTOMER_HOURS),
    "solution": ("Solution", Stream.SOLUTION, Coverage.ALWAYS),
}
# code, family, English, French, topic of its texts
OFFERINGS = (
    ("colo-rack", Family.COLOCATION, "Colocation, full rack", "Colocation, baie entière"),
    ("colo-units", Family.COLOCATION, "Colocation, rack units", "Colocation, unités de baie"),
    ("inet-fibre", Family.CONNECTIVITY, "Internet access over fibre", "Accès Internet fibre"),
    ("inet-backup", Family.CONNECTIVITY, "Internet access, backup line", "Accès Internet secours"),
    ("vpn-mpls", Family.VPN, "MPLS VPN access", "Accès VPN MPLS"),
    ("vpn-remote", Family.VPN, "Remote access", "Accès distant"),
    ("host-vm", Family.MANAGED_HOSTING, "Managed virtual machine", "Machine virtuelle infogérée"),
    ("host-web", Family.MANAGED_HOSTING, "Managed web platform", "Plateforme web infogérée"),
    ("voice-trunk", Family.OTHER, "Telephony trunk", "Trunk téléphonique"),
    ("vpn-network", Family.VPN, "Private network", "Réseau privé"),
)
# The options of offerings, as people write them in the catalogue.
OPTIONS = {
    "colo-rack": (
        "height_u*: Height / Hauteur (U) [1..52]",
        "power_kw*: Power / Puissance (kW) [0.5..20.0]",
        "feeds: Power feeds / Voies d'alimentation [A | B | A+B]",
        "room: Room / Salle",
        "row: Row / Rangée",
    ),
    "colo-units": (
        "height_u*: Height / Hauteur (U) [1..20]",
        "power_kw*: Power / Puissance (kW) [0.1..6.0]",
    ),
    "inet-fibre": ("bandwidth_mbps*: Bandwidth / Débit (Mbit/s) [10..100000]",),
    "inet-backup": ("access*: Access / Accès [4G | 5G | copper = Copper / Cuivre]",),
    "vpn-mpls": (
        "bandwidth_mbps*: Bandwidth / Débit (Mbit/s) [2..10000]",
        "access: Access / Accès [fibre = Fibre / Fibre | 4G | 5G | copper = Copper / Cuivre]",
        "nte: Equipment / Équipement [router = Router / Routeur | switch = Switch / Commutateur]",
    ),
    "vpn-remote": (
        "authentication*: Login / Authentification [MFA | certificate = Certificate / Certificat]",
    ),
    "host-vm": (
        "vcpu*: Processors / Processeurs [1..64]",
        "memory_gib*: Memory / Mémoire (GiB) [1..512]",
        "disk_gib: Disk / Disque (GiB) [10..20000]",
        "network: Network / Réseau",
    ),
    "host-web": ("availability*: Availability / Disponibilité (%) [99.00..99.99]",),
    "voice-trunk": ("channels*: Channels / Canaux [1..1000]",),
}
TOPICS = {
    Family.COLOCATION: "colocation",
    Family.CONNECTIVITY: "internet",
    Family.VPN: "vpn",
    Family.MANAGED_HOSTING: "hosting",
    Family.OTHER: "telephony",
}
# How often each offering is bought, in the order of OFFERINGS.
APPETITE = (2, 3, 6, 2, 6, 2, 5, 3, 2, 0)
# An access is a part of the network that joins it with others.
NETWORK, ACCESS = "vpn-network", "vpn-mpls"
LARGE_CUSTOMER_SHARE = 0.08


@dataclass(slots=True)
class Account:
    """One customer with its contacts, contracts and services."""

    customer: Customer
    place: str
    contacts: list[Contact] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    plan_of: dict[str, str] = field(default_factory=dict)
    premium: bool = False
    gtr: dict[str, timedelta] = field(default_factory=dict)
    gti: dict[str, timedelta] = field(default_factory=dict)
    network: Service | None = None


@dataclass(slots=True)
class Portfolio:
    versions: dict[str, SupportPlanVersion] = field(default_factory=dict)
    targets: list[PlanTarget] = field(default_factory=list)
    offerings: list[Offering] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    # By calendar, plan, Premium, time to restore and to acknowledge: shared by all services that
    # are sold alike.
    promises: dict[
        tuple[str, str, bool, timedelta | None, timedelta | None],
        dict[int, tuple[Promise, ...]],
    ] = field(default_factory=dict)

    @property
    def with_logins(self) -> tuple[Account, Account]:
        """Return a French and an English customer, neither of them the largest."""
        french, english = (
            next(a for a in self.accounts[1:] if a.customer.language == language)
            for language in ("fr", "en")
        )
        return french, english


def create_portfolio(
    rng: Random, staff: Staff, *, count: int, now: datetime, encoded: str
) -> Portfolio:
    """Write plans, catalogue, customers, contacts, contracts and services.

    `encoded` is the password of the two contacts who may log in.
    """
    portfolio = Portfolio()
    _write_plans(portfolio, now)
    portfolio.offerings = Offering.objects.bulk_create(
        Offering(
            code=code,
            family=family,
            name_en=english,
            name_fr=french,
            options=[read_option(line) for line in OPTIONS.get(code, ())],
        )
        for code, family, english, french in OFFERINGS
    )
    _write_customers(rng, staff, portfolio, count, now)
    _write_contacts(rng, portfolio, encoded)
    _write_services(rng, portfolio, now)
    _write_contracts(rng, portfolio, now)
    return portfolio


def _write_plans(portfolio: Portfolio, now: datetime) -> None:
    since = (now - timedelta(days=1095)).date()
    plans = SupportPlan.objects.bulk_create(
        SupportPlan(code=code, name_en=name, name_fr=name) for code, (name, *_) in PLANS.items()
    )
    for plan in plans:
        _name, stream, coverage = PLANS[plan.code]
        portfolio.versions[plan.code] = SupportPlanVersion(
            plan=plan, period=(since, None), stream=stream, coverage=coverage,
            matrix=MATRIX, premium_matrix=PREMIUM_MATRIX,
            exceptional_interventions=coverage == Coverage.CUSTOMER_HOURS,
        )  # fmt: skip
    SupportPlanVersion.objects.bulk_create(portfolio.versions.values())
    portfolio.targets = PlanTarget.objects.bulk_create(
        PlanTarget(
            version=version, premium=premium, measure=measure, priority=priority,
            target=timedelta(minutes=minutes / (2 if premium else 1)),
            coverage=Coverage.ALWAYS if premium else version.coverage,
        )
        for code, version in portfolio.versions.items()
        for premium in (False, True)
        for measure, row in TARGETS[code].items()
        for priority, minutes in enumerate(row, start=1)
    )  # fmt: skip


def _write_customers(
    rng: Random, staff: Staff, portfolio: Portfolio, count: int, now: datetime
) -> None:
    architects = staff.by_function[Function.SOLUTION_ARCHITECT]
    managers = staff.by_function[Function.SERVICE_MANAGER]
    places = {language: towns(rng, language, 200) for language in ("fr", "en")}
    for index, name in enumerate(customers(rng, count)):
        portfolio.accounts.append(
            Account(
                Customer(
                    code=f"C{index + 1:05d}",
                    name=name.name,
                    language=name.language,
                    time_zone="Europe/Paris" if name.language == "fr" else "Europe/London",
                    calendar=_calendar(rng, staff, name),
                    architect=architects[index % len(architects)],
                    service_manager=managers[index % len(managers)],
                    domains=[name.domain],
                    created_at=now - timedelta(days=rng.randint(200, 2500)),
                ),
                place=rng.choice(places[name.language]),
            )
        )
    Customer.objects.bulk_create((a.customer for a in portfolio.accounts), batch_size=2000)


def _calendar(rng: Random, staff: Staff, name: CustomerName) -> WorkingCalendar:
    if name.language == "en":
        return staff.calendars["UK office hours"]
    return staff.calendars["Commerces France" if rng.random() < 0.2 else "Bureaux France"]


def _write_contacts(rng: Random, portfolio: Portfolio, encoded: str) -> None:
    size = min(len(portfolio.accounts) * 4, 3000)
    pool: dict[str, Sequence[PersonName]] = {
        language: people(rng, language, size) for language in ("fr", "en")
    }
    taken: set[str] = set()
    for account in portfolio.accounts:
        customer = account.customer
        domain = customer.domains[0]
        country = "FR" if customer.language == "fr" else "GB"
        chosen = rng.sample(range(size), rng.choice((2, 3, 3, 4)))
        for rank, index in enumerate(chosen):
            # Some contacts prefer the other language.
            other = "en" if customer.language == "fr" else "fr"
            language = other if rank and rng.random() < 0.08 else customer.language
            name = pool[language][index]
            phone = unused_number(telephone(rng, country), taken)
            account.contacts.append(
                Contact(
                    customer=customer, name=name.full, email=f"{name.slug}@{domain}",
                    phone=phone, phone_e164=phone.replace(" ", ""),
                    language=language, may_open=True, may_order=rank == 0,
                    may_approve=rank < 2, may_enter=rank in {1, 2},
                )
            )  # fmt: skip
    _give_logins(portfolio.with_logins, encoded)
    Contact.objects.bulk_create(
        (contact for account in portfolio.accounts for contact in account.contacts),
        batch_size=4000,
    )


def _give_logins(accounts: Sequence[Account], encoded_password: str) -> None:
    """Create logins for the first contact of these customers."""
    for account in accounts:
        contact = account.contacts[0]
        contact.user = User.objects.create(
            email=contact.email,
            password=encoded_password,
            kind=User.Kind.CONTACT,
            language=contact.language,
            time_zone=account.customer.time_zone,
        )


def _write_services(rng: Random, portfolio: Portfolio, now: datetime) -> None:
    number = 0
    for index, account in enumerate(portfolio.accounts):
        wanted = 12 if index == 0 else min(1 + int(rng.expovariate(1 / 2.2)), 12)
        for _ in range(wanted):
            (offering,) = rng.choices(portfolio.offerings, weights=APPETITE)
            number += 1
            french = account.customer.language == "fr"
            place = account.place if rng.random() < 0.6 else rng.choice(portfolio.accounts).place
            account.services.append(
                Service(
                    customer=account.customer, offering=offering, reference=f"S-{number:06d}",
                    name=f"{offering.name_fr if french else offering.name_en} {place}",
                    state=Service.State.ACTIVE,
                    started_on=(now - timedelta(days=rng.randint(190, 1000))).date(),
                    monthly_fee=Decimal(Random(number).randint(*FEES[offering.code])),
                )
            )  # fmt: skip
        _join_accesses(portfolio, account)
    Service.objects.bulk_create(
        (account.network for account in portfolio.accounts if account.network), batch_size=4000
    )
    Service.objects.bulk_create(
        (service for account in portfolio.accounts for service in account.services),
        batch_size=4000,
    )


def _join_accesses(portfolio: Portfolio, account: Account) -> None:
    """Create the network of a VPN, sold as a service, with its accesses as parts."""
    accesses = [service for service in account.services if service.offering.code == ACCESS]
    if not accesses:
        return
    network = next(offering for offering in portfolio.offerings if offering.code == NETWORK)
    french = account.customer.language == "fr"
    account.network = Service(
        customer=account.customer, offering=network, reference=f"{accesses[0].reference}-N",
        name=f"{network.name_fr if french else network.name_en} {account.customer.name}"[:200],
        state=Service.State.ACTIVE, started_on=min(s.started_on for s in accesses if s.started_on),
        monthly_fee=Decimal(FEES[NETWORK][0]),
    )  # fmt: skip
    for service in accesses:
        service.parent = account.network


def _write_contracts(rng: Random, portfolio: Portfolio, now: datetime) -> None:
    contracts: list[Contract] = []
    plans: list[ContractedPlan] = []
    options: list[ContractOption] = []
    commitments: list[SoldCommitment] = []
    hours: list[ContractedHours] = []
    for index, account in enumerate(portfolio.accounts):
        signed = (now - timedelta(days=rng.randint(1000, 1090))).date()
        contract = Contract(
            customer=account.customer, number=f"CT-{signed.year}-{index + 1:05d}",
            signed_on=signed, **_term(Random(index), signed),
        )  # fmt: skip
        contracts.append(contract)
        account.premium = index == 0 or rng.random() < 0.12
        plans += _plans(rng, portfolio, account, contract)
        if account.premium:
            options.append(
                ContractOption(customer=account.customer, contract=contract,
                               kind=ContractOption.Kind.PREMIUM, period=contract.period)
            )  # fmt: skip
        commitments += _commitments(rng, account, contract)
        if rng.random() < 0.4:
            hours.append(
                ContractedHours(customer=account.customer, contract=contract,
                                hours=Decimal(rng.choice((20, 40, 60, 120))),
                                period=((now - timedelta(days=200)).date(), None))
            )  # fmt: skip
    Contract.objects.bulk_create(contracts, batch_size=4000)
    ContractedPlan.objects.bulk_create(plans, batch_size=4000)
    ContractOption.objects.bulk_create(options, batch_size=4000)
    SoldCommitment.objects.bulk_create(commitments, batch_size=4000)
    ContractedHours.objects.bulk_create(hours, batch_size=4000)


def _term(rng: Random, signed: date) -> dict[str, Any]:
    """Return the term and notice of a contract; some are open-ended."""
    (months,) = rng.choices((36, 42, 48, 60, None), weights=(30, 25, 15, 10, 20))
    if months is None:
        return {"period": (signed, None), "notice_months": rng.choice((None, 3))}
    year, month = divmod(signed.year * 12 + signed.month - 1 + months, 12)
    ends = date(year, month + 1, min(signed.day, 28))
    notices = (1, 1, 1, 1, 3) if months == 36 else (3, 3, 6)
    return {"period": (signed, ends), "notice_months": rng.choice(notices)}


def _plans(
    rng: Random, portfolio: Portfolio, account: Account, contract: Contract
) -> Iterator[ContractedPlan]:
    if account.network:
        yield ContractedPlan(
            customer=account.customer, contract=contract, service=account.network,
            plan=portfolio.versions["corporate"].plan, period=contract.period,
        )  # fmt: skip
    for service in account.services:
        always = {Family.COLOCATION, Family.MANAGED_HOSTING}
        solution = service.offering.family in always or rng.random() < 0.35
        code = "solution" if solution else "corporate"
        account.plan_of[service.reference] = code
        yield ContractedPlan(
            customer=account.customer, contract=contract, service=service,
            plan=portfolio.versions[code].plan, period=contract.period,
        )  # fmt: skip


def _commitments(rng: Random, account: Account, contract: Contract) -> Iterator[SoldCommitment]:
    """Yield a time to restore for some circuits, and an availability for some contracts."""
    for service in account.services:
        if service.offering.code in {"inet-fibre", "vpn-mpls"} and rng.random() < 0.4:
            target = timedelta(hours=rng.choice((4, 4, 6, 8)))
            account.gtr[service.reference] = target
            yield SoldCommitment(
                customer=account.customer, contract=contract, service=service,
                measure=Measure.RESTORE, target=target, coverage=Coverage.ALWAYS,
                penalty=GTR_PENALTY[account.customer.language],
                penalty_terms=GTR_TERMS, period=contract.period,
            )  # fmt: skip
            if rng.random() < 0.5:
                account.gti[service.reference] = timedelta(minutes=15)
                yield SoldCommitment(
                    customer=account.customer, contract=contract, service=service,
                    measure=Measure.ACKNOWLEDGE, target=timedelta(minutes=15),
                    coverage=Coverage.ALWAYS, period=contract.period,
                )  # fmt: skip
    if rng.random() < 0.3:
        yield SoldCommitment(
            customer=account.customer, contract=contract, measure=Measure.AVAILABILITY,
            percent="99.9", coverage=Coverage.ALWAYS,
            penalty=AVAILABILITY_PENALTY[account.customer.language],
            penalty_terms=AVAILABILITY_TERMS, period=contract.period,
        )  # fmt: skip
