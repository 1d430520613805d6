"""Infrastructure of the demo company: sites, shared equipment and the items behind services."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from random import Random

from opale.customers.models import Family, Service
from opale.demo.names import slug
from opale.demo.portfolio import Account, Portfolio
from opale.demo.suppliers import CARRIERS
from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem, Site

K = ConfigurationItem.Kind
# code, name, city, country, time zone
DATACENTRES = (
    ("LYO1", "Lyon Gerland 1", "Lyon", "FR", "Europe/Paris"),
    ("LYO2", "Lyon Vaise 2", "Lyon", "FR", "Europe/Paris"),
    ("LDS1", "Leeds Holbeck 1", "Leeds", "GB", "Europe/London"),
)
POPS = (
    ("PAR-P", "Paris Nord", "Paris", "FR", "Europe/Paris"),
    ("MRS-P", "Marseille Port", "Marseille", "FR", "Europe/Paris"),
    ("LON-P", "London Docks", "London", "GB", "Europe/London"),
    ("CAS-P", "Casablanca Centre", "Casablanca", "MA", "Africa/Casablanca"),
)
RACKS_PER_ROOM = 24


@dataclass(slots=True)
class Estate:
    sites: list[Site] = field(default_factory=list)
    items: list[ConfigurationItem] = field(default_factory=list)
    links: list[tuple[ConfigurationItem, ConfigurationItem, str]] = field(default_factory=list)
    service_items: list[ServiceItem] = field(default_factory=list)
    routers: list[ConfigurationItem] = field(default_factory=list)
    hypervisors: list[ConfigurationItem] = field(default_factory=list)
    racks: list[ConfigurationItem] = field(default_factory=list)
    # What the texts about a service may mention, and the item that its tickets name.
    facts: dict[str, dict[str, str]] = field(default_factory=dict)
    main_item: dict[str, ConfigurationItem] = field(default_factory=dict)

    def item(self, kind: str, name: str, **fields: object) -> ConfigurationItem:
        made = ConfigurationItem(name=name, kind=kind, **fields)
        self.items.append(made)
        return made

    def needs(
        self, upper: ConfigurationItem, lower: ConfigurationItem, redundancy: str = ""
    ) -> None:
        self.links.append((upper, lower, redundancy))


def create_estate(rng: Random, portfolio: Portfolio) -> Estate:
    """Write sites, items, dependencies and the items behind each service."""
    estate = Estate()
    estate.sites = [
        Site(code=code, name=name, kind=kind, city=city, country=country, time_zone=zone)
        for kind, rows in ((Site.Kind.DATACENTRE, DATACENTRES), (Site.Kind.POP, POPS))
        for code, name, city, country, zone in rows
    ]
    _backbone(rng, estate)
    for index, account in enumerate(portfolio.accounts):
        _customer_estate(rng, estate, account, index)
    Site.objects.bulk_create(estate.sites, batch_size=4000)
    ConfigurationItem.objects.bulk_create(estate.items, batch_size=2000)
    Dependency.objects.bulk_create(
        (Dependency(upper=u, lower=v, redundancy=group) for u, v, group in estate.links),
        batch_size=4000,
    )
    ServiceItem.objects.bulk_create(estate.service_items, batch_size=4000)
    return estate


def _backbone(rng: Random, estate: Estate) -> None:
    for site in estate.sites:
        code = site.code.lower().removesuffix("-p")
        pair = [
            estate.item(K.ROUTER, f"cr{n}-{code}", site=site, address=f"10.0.{len(estate.items)}.1",
                        serial=f"JN{rng.randrange(10**8):08d}")
            for n in (1, 2)
        ]  # fmt: skip
        estate.routers += pair
        if site.kind == Site.Kind.DATACENTRE:
            _room(rng, estate, site, code, pair)
    for n, router in enumerate(estate.routers):
        following = estate.routers[(n + 2) % len(estate.routers)]
        link = estate.item(K.LINK, f"bb-{router.name[4:]}-{following.name[4:]}-{n % 2 + 1}",
                           attributes={"bandwidth_mbps": 100_000})  # fmt: skip
        estate.needs(router, link, "uplink")
    for n, name in enumerate(("ns1", "ns2", "radius1", "radius2", "ntp1")):
        core = estate.item(K.CORE_SYSTEM, f"{name}.velorane.example", site=estate.sites[n % 3])
        estate.needs(core, estate.hypervisors[n], "")


def _room(
    rng: Random, estate: Estate, site: Site, code: str, pair: list[ConfigurationItem]
) -> None:
    feeds = [estate.item(K.POWER_FEED, f"feed-{way}-{code}", site=site) for way in "ab"]
    cooling = [estate.item(K.COOLING, f"crac{n}-{code}", site=site) for n in (1, 2)]
    for n in range(RACKS_PER_ROOM):
        rack = estate.item(K.RACK, f"{site.code}-{'ABCD'[n // 6]}{n % 6 + 1:02d}", site=site,
                           attributes={"units": 47, "power_kw": 6})  # fmt: skip
        estate.racks.append(rack)
        for feed in feeds:
            estate.needs(rack, feed, "power")
        for unit in cooling:
            estate.needs(rack, unit, "cooling")
    switches = [estate.item(K.SWITCH, f"sw{n}-{code}", site=site) for n in (1, 2)]
    for switch in switches:
        for router in pair:
            estate.needs(switch, router, "core")
    storage = estate.item(K.STORAGE, f"san1-{code}", site=site)
    for n in range(4):
        host = estate.item(K.HOST, f"esx{n + 1}-{code}", site=site,
                           address=f"10.1.{len(estate.items) % 250}.{n + 10}",
                           serial=f"CZ{rng.randrange(10**8):08d}")  # fmt: skip
        estate.hypervisors.append(host)
        estate.needs(host, rng.choice(estate.racks[-RACKS_PER_ROOM:]))
        estate.needs(host, storage)
        for switch in switches:
            estate.needs(host, switch, "network")


def _customer_estate(rng: Random, estate: Estate, account: Account, index: int) -> None:
    customer = account.customer
    head = f"{slug(customer.name.split()[-1])[:12]}{index + 1}"
    site = Site(
        code=f"X{index + 1:05d}", name=f"{customer.name}, {account.place}",
        kind=Site.Kind.CUSTOMER_SITE, customer=customer, city=account.place,
        country="FR" if customer.language == "fr" else "GB", time_zone=customer.time_zone,
    )  # fmt: skip
    estate.sites.append(site)
    for n, service in enumerate(account.services, start=1):
        facts = {"site": account.place, "company": customer.name}
        item = _stack(rng, estate, service, site, f"{head}-{n}", facts)
        estate.facts[service.reference] = facts
        estate.main_item[service.reference] = item
        estate.service_items.append(ServiceItem(customer=customer, service=service, item=item))


def _stack(
    rng: Random,
    estate: Estate,
    service: Service,
    site: Site,
    tail: str,
    facts: dict[str, str],
) -> ConfigurationItem:
    """Create the items that one service depends on, and return the top one."""
    customer, family = service.customer, service.offering.family
    number = len(estate.items)
    if family == Family.COLOCATION:
        rack = rng.choice(estate.racks)
        facts["rack"], facts["site"] = rack.name, str(rack.site.name if rack.site else "")
        top = estate.item(K.HOST, f"srv-{tail}", customer=customer, site=rack.site)
        estate.needs(top, rack)
    elif family == Family.MANAGED_HOSTING:
        host = rng.choice(estate.hypervisors)
        kind, prefix = (
            (K.APPLICATION, "www") if service.offering.code == "host-web"
            else (K.VIRTUAL_MACHINE, "vm")
        )  # fmt: skip
        top = estate.item(kind, f"{prefix}-{tail}", customer=customer, site=host.site,
                          address=str(ip_address("10.20.0.0") + number))  # fmt: skip
        facts["domain"] = f"www.{customer.domains[0]}"
        estate.needs(top, host)
    else:
        carriers = CARRIERS["FR" if customer.language == "fr" else "GB"]
        carried = {"bandwidth_mbps": 1000, "carrier": rng.choice(carriers)}
        circuit = estate.item(K.CIRCUIT, f"CIR-{site.code[1:]}-{100_000 + number}",
                              customer=customer, attributes=carried)  # fmt: skip
        top = estate.item(K.ROUTER, f"cpe-{tail}", customer=customer, site=site)
        facts["circuit"] = circuit.name
        estate.needs(top, circuit)
        estate.needs(circuit, rng.choice(estate.routers))
    facts["host"] = top.name
    return top
