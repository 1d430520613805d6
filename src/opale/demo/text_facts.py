"""Facts that a text may mention: places, hosts, circuits, times and people of one ticket."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

ERRORS = (
    "kernel: EXT4-fs error (device sd{a}): ext4_find_entry: inode #{n}: reading directory lblock 0",
    "%BGP-5-ADJCHANGE: neighbor 10.{a}.{b}.1 Down - hold time expired",
    "%LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/{a}, changed state to down",
    "%LINK-3-UPDOWN: Interface TenGigE0/0/0/{a}, changed state to down",
    "nginx: upstream timed out (110: Connection timed out), upstream: 10.{a}.{b}.20:8080",
    "postgres: FATAL: remaining connection slots are reserved, pid {n}",
    "mysqld: Got timeout reading communication packets, connection {n}",
    "sshd[{n}]: error: maximum authentication attempts exceeded from 10.{a}.{b}.9 port 22",
    "charon: giving up after 5 retransmits, peer not responding, SPI {h}",
    "racoon: phase1 negotiation failed due to time up, {h}",
    "SIP/2.0 503 Service Unavailable, Call-ID: {h}@10.{a}.{b}.5",
    "SIP/2.0 408 Request Timeout, CSeq: {n} REGISTER",
    "smartd: Device: /dev/sd{a}, {b} currently unreadable (pending) sectors",
    "backup: job {n} ended with status 2 (partially complete), 0x{h}",
    "E-{n}: spooler stopped, queue {h}",
    "dhcpd: no free leases on subnet 10.{a}.{b}.0/24",
    "HTTP 502 Bad Gateway, request id {h}",
    "TLS alert: certificate expired, serial {h}",
    "ups: on battery, load {a} %, runtime {b} min",
    "snmpd: linkDown ifIndex={n} ifAdminStatus=up ifOperStatus=down",
)
OF_NETWORKS = tuple(line for line in ERRORS if line[0] == "%" or line.startswith("snmpd"))
OF_SYSTEMS = tuple(line for line in ERRORS if line not in OF_NETWORKS)
PORTS = ("22", "25", "80", "123", "179", "389", "443", "445", "587", "993", "1433", "1521", "3306",
         "3389", "5060", "5432", "8080", "8443", "9100")  # fmt: skip
MONTHS = {
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
           "octobre", "novembre", "décembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December"),
}  # fmt: skip


LASTING = frozenset(
    [
        "site",
        "town",
        "person",
        "company",
        "host",
        "circuit",
        "domain",
        "error",
        "phone",
        "ip",
        "port",
        "vlan",
        "rack",
        "nb",
        "date",
    ]
)
"""Facts that belong to a ticket and not to a sentence."""


@dataclass(frozen=True, slots=True)
class Names:
    """Names for texts that mention a person, a place or a company."""

    people: tuple[str, ...]
    towns: tuple[str, ...]
    companies: tuple[str, ...]


@dataclass(slots=True)
class Scene:
    """One ticket's facts at one moment. Facts that are not `known` are invented, plausibly.

    `you` is whom the text speaks to.

    Units: `minute` is the local minute of the day, `month` counts from 1.
    """

    rng: Random
    names: Names
    language: str
    minute: int = 600
    day: int = 15
    month: int = 6
    known: Mapping[str, str] = field(default_factory=dict)
    you: str = ""

    # Facts once mentioned stay the same in all messages of a ticket.
    story: tuple[str, int] | None = None
    told: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Reset the scene for another ticket."""
        self.story = None
        self.told.clear()

    def fact(self, name: str) -> str:
        if known := self.known.get(name):
            return known
        if name not in LASTING:
            return INVENT[name](self)
        if name not in self.told:
            self.told[name] = INVENT[name](self)
        return self.told[name]

    def below(self, limit: int) -> int:
        return int(self.rng.random() * limit)

    def clock(self, shift: int) -> str:
        minute = (self.minute + shift) % 1440
        hour, rest = divmod(minute, 60)
        if self.language == "fr":
            return f"{hour}h{rest:02d}" if rest else f"{hour}h"
        return f"{hour:02d}:{rest:02d}"

    def date(self, shift: int) -> str:
        month, day = divmod((self.month - 1) * 30 + min(self.day, 30) - 1 + shift, 30)
        if self.language == "fr":
            return f"{'1er' if day == 0 else day + 1} {MONTHS['fr'][month % 12]}"
        return f"{day + 1} {MONTHS['en'][month % 12]}"


def _host(scene: Scene) -> str:
    kind = ("srv", "rtr", "sw", "fw", "db", "web", "esx", "app", "bkp", "vpn")[scene.below(10)]
    return f"{kind}-{scene.names.towns[scene.below(60)][:3].lower()}-{scene.below(900) + 1:02d}"


def _error(scene: Scene) -> str:
    lines = OF_NETWORKS if "circuit" in scene.known else OF_SYSTEMS
    line = lines[scene.below(len(lines))]
    number = scene.below(1 << 30)
    return line.format(a=number % 47 + 1, b=number % 250 + 1, n=number % 99_991, h=f"{number:x}")


def _phone(scene: Scene) -> str:
    number = scene.below(1_000_000)
    if scene.language == "fr":
        return f"01 99 00 {number // 100 % 100:02d} {number % 100:02d}"
    return f"020 7946 0{number % 1000:03d}"


def _circuit(scene: Scene) -> str:
    return f"CIR-{scene.names.towns[scene.below(60)][:3].upper()}-{scene.below(900_000) + 100_000}"


def _domain(scene: Scene) -> str:
    head = scene.names.companies[scene.below(len(scene.names.companies))].split()[-1].lower()
    return f"{('www', 'shop', 'portal', 'mail', 'erp')[scene.below(5)]}.{head}.example"


def _hello(scene: Scene) -> str:
    hour = scene.minute // 60 % 24
    if scene.language == "fr":
        return "Bonjour" if 5 <= hour < 18 else "Bonsoir"
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


INVENT: Mapping[str, Callable[[Scene], str]] = {
    "site": lambda s: s.names.towns[s.below(len(s.names.towns))],
    "town": lambda s: s.names.towns[s.below(len(s.names.towns))],
    "person": lambda s: s.names.people[s.below(len(s.names.people))],
    "you": lambda s: s.you or s.names.people[s.below(len(s.names.people))],
    "hello": _hello,
    "company": lambda s: s.names.companies[s.below(len(s.names.companies))],
    "host": _host,
    "circuit": _circuit,
    "domain": _domain,
    "error": _error,
    "phone": _phone,
    "ip": lambda s: f"10.{s.below(250)}.{s.below(250)}.{s.below(253) + 1}",
    "port": lambda s: PORTS[s.below(len(PORTS))],
    "vlan": lambda s: str(s.below(3900) + 100),
    "rack": lambda s: f"{'ABCDEFGH'[s.below(8)]}{s.below(40) + 1:02d}",
    "ref": lambda s: f"{('REF', 'DI', 'INC', 'CHG')[s.below(4)]}-{s.below(900_000) + 100_000}",
    "nb": lambda s: str(s.below(7) + 2),
    "n": lambda s: str(s.below(38) + 3),
    "pct": lambda s: str(s.below(80) + 12),
    "ms": lambda s: str((s.below(70) + 12) * 5),
    "time": lambda s: s.clock((s.below(40) + 2) * 5),
    "was": lambda s: s.clock(-s.below(90) - 1),
    "date": lambda s: s.date(s.below(20) + 1),
    "past": lambda s: s.date(-s.below(25) - 1),
}
