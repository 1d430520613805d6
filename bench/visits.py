"""What the benchmark of pages asks for: every page that people open daily, and the API's lists.

Addresses are drawn from the database of the installation, many of each kind and from the whole of
it, so that neither one ticket nor the newest ones are measured.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, LiteralString
from urllib.parse import quote

import psycopg

from opale.ui import keyset

DAILY = timedelta(milliseconds=45)
TICKET = timedelta(milliseconds=40)
TYPED = timedelta(milliseconds=50)
ANY = timedelta(milliseconds=150)
KNOWN = 200
MANY = 20


@dataclass(frozen=True, slots=True)
class Visit:
    """Addresses of one kind with the limit of their 95th percentile.

    `turn` asks for the page after, as the page itself links to it. `partial` is asked for as htmx
    does, `api` as a program does.
    """

    name: str
    limit: timedelta
    addresses: Sequence[str]
    turn: bool = False
    partial: bool = False
    api: bool = False


def visits(connection: psycopg.Connection[Any]) -> Iterator[Visit]:
    known = KnownRows(connection)
    yield from _desk(known)
    yield from _alerts(known)
    yield from _customers(known)
    yield from _infrastructure(known)
    yield from _organisation(known)
    yield from _search(known)
    yield from _api(known)


class KnownRows:
    """What there is to ask for."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def some(self, column: LiteralString, table: LiteralString, form: str) -> list[str]:
        """Addresses of rows from anywhere in the table."""
        query = f"SELECT {column} FROM {table} ORDER BY random() LIMIT {KNOWN}"
        return self.first(query, form)

    def places(self) -> list[str]:
        """Pages of the list of all tickets, from anywhere in its length."""
        rows = self._connection.execute(
            f"SELECT received_at, id FROM desk_ticket ORDER BY random() LIMIT {MANY}"
        )
        order = keyset.Order(("-received_at", "-id"))
        at = (SimpleNamespace(received_at=moment, id=key) for moment, key in rows)
        return [f"/desk/all/?after={keyset.cursor(one, order)}" for one in at]

    def first(self, query: LiteralString, form: str) -> list[str]:
        rows = self._connection.execute(query).fetchall()
        if not rows:
            raise SystemExit(f"Nothing was found for {form}: is it a demo company?")
        return [form.format(quote(str(value))) for (value,) in rows]


LONGEST = "SELECT number FROM desk_ticket JOIN (SELECT ticket_id FROM desk_message GROUP BY 1"
LONGEST += " ORDER BY count(*) DESC LIMIT 1) AS longest ON ticket_id = desk_ticket.id"
# A confidential ticket is not there for who has nothing to do with it; a merged one is a way on.
SHOWN = "desk_ticket WHERE NOT confidential AND state <> 'merged'"
OPEN = f"{SHOWN} AND state IN ('new', 'in_progress', 'pending', 'held')"
LARGEST = "SELECT code FROM customers_customer JOIN (SELECT customer_id FROM desk_ticket GROUP BY 1"
LARGEST += " HAVING customer_id IS NOT NULL ORDER BY count(*) DESC LIMIT 1) AS largest"
LARGEST += " ON customer_id = customers_customer.id"
CARRYING = "SELECT lower_id FROM infrastructure_dependency GROUP BY 1 ORDER BY count(*) DESC"
BUSIEST = "SELECT item_id FROM desk_ticket WHERE item_id IS NOT NULL GROUP BY 1"
BUSIEST += " ORDER BY count(*) DESC"
PROMISED = "desk_commitment JOIN desk_ticket AS ticket ON ticket.id = ticket_id"
PROMISED += " AND measure = 'acknowledge' AND NOT confidential"
# One word of a name, long enough that somebody would type it.
WORD = "substring(%s FROM '\\m[[:alpha:]]{4,}')"


def _word(of: LiteralString) -> LiteralString:
    return WORD.replace("%s", of)


def _desk(known: KnownRows) -> Iterator[Visit]:
    queues = ["/desk/", "/desk/open/", "/desk/mine/"]
    yield Visit("now", DAILY, ["/"])
    yield Visit("queue", DAILY, queues)
    yield Visit("queue, next page", DAILY, queues, turn=True)
    yield Visit("queue, due and waiting", DAILY, ["/desk/due/", "/desk/waiting/"])
    yield Visit("due next", DAILY, ["/desk/due-next/"])
    yield Visit("all tickets", DAILY, ["/desk/all/"])
    yield Visit("all tickets, next page", DAILY, ["/desk/all/", *known.places()], turn=True)
    yield Visit("ticket", TICKET, known.some("number", SHOWN, "/tickets/{}/"))
    yield Visit("ticket, open", TICKET, known.some("number", OPEN, "/tickets/{}/"))
    yield Visit("ticket, longest", DAILY, known.first(LONGEST, "/tickets/{}/"))
    clocks = known.some("ticket.number", PROMISED, "/tickets/{}/clocks/acknowledge/")
    yield Visit("clock explained", ANY, clocks)
    yield Visit("new ticket", ANY, ["/tickets/new/"])


def _alerts(known: KnownRows) -> Iterator[Visit]:
    words = known.some(_word("title"), f"events_alert WHERE {_word('title')} <> ''", "?q={}")
    yield Visit("alert board", DAILY, ["/alerts/"])
    yield Visit("alert board, next page", DAILY, ["/alerts/?view=cleared"], turn=True)
    views = ("standing", "closed")
    narrowed = [f"/alerts/{word}&view={view}" for word in words for view in views]
    yield Visit("alert board, searched", ANY, narrowed)
    yield Visit("alert", DAILY, known.some("id", "events_alert", "/alerts/{}/"))


def _customers(known: KnownRows) -> Iterator[Visit]:
    customers = known.some(_word("name"), f"customers_customer WHERE {_word('name')} <> ''", "{}")
    services = known.some(_word("name"), f"customers_service WHERE {_word('name')} <> ''", "{}")
    filters = ("?language=fr", "?plan=corporate&language=en")
    largest = known.first(LARGEST, "/customers/{}/")
    codes = known.some("code", "customers_customer", "/customers/{}/")
    references = known.some("reference", "customers_service", "/services/{}/")
    yield Visit("customers", ANY, ["/customers/"])
    yield Visit("customers, next page", ANY, ["/customers/"], turn=True)
    yield Visit("customers, filtered", ANY, [f"/customers/{one}" for one in filters])
    yield Visit("customers, searched", ANY, [f"/customers/?q={one}" for one in customers])
    yield Visit("customer", ANY, codes)
    yield Visit("customer, largest", ANY, largest)
    tickets = [f"{one}tickets/" for one in [*codes[:MANY], *largest]]
    yield Visit("  its tickets", ANY, tickets, partial=True)
    yield Visit("  its sites", ANY, [f"{one}sites/" for one in codes], partial=True)
    yield Visit("services", ANY, ["/services/"])
    yield Visit("services, next page", ANY, ["/services/"], turn=True)
    yield Visit("services, searched", ANY, [f"/services/?q={one}" for one in services])
    yield Visit("service", ANY, references)
    yield Visit("  its tickets", ANY, [f"{one}tickets/" for one in references], partial=True)
    yield Visit("  its items", ANY, [f"{one}items/" for one in references], partial=True)
    contracts = known.some("number", "customers_contract", "/contracts/{}/")
    yield Visit("contract", ANY, contracts)
    yield Visit("catalogue and plans", ANY, ["/catalogue/", "/plans/"])


def _infrastructure(known: KnownRows) -> Iterator[Visit]:
    items = known.some("id", "infrastructure_configurationitem", "/items/{}/")
    carrying = known.first(f"{CARRYING} LIMIT {MANY}", "/items/{}/")
    busiest = known.first(f"{BUSIEST} LIMIT {MANY}", "/items/{}/")
    names = known.some("left(name, 5)", "infrastructure_configurationitem", "/items/?q={}")
    filters = ("?kind=router", "?state=maintenance", "?kind=circuit&state=in_service")
    yield Visit("items", ANY, ["/items/"])
    yield Visit("items, next page", ANY, ["/items/"], turn=True)
    yield Visit("items, filtered", ANY, [f"/items/{one}" for one in filters])
    yield Visit("items, searched", ANY, names)
    yield Visit("item", ANY, items)
    yield Visit("item, carrying most", ANY, carrying)
    yield Visit("  who is hit", ANY, [f"{one}impact/" for one in items], partial=True)
    yield Visit("  who is hit, most", ANY, [f"{one}impact/" for one in carrying], partial=True)
    yield Visit("  its tickets", ANY, [f"{one}tickets/" for one in busiest], partial=True)
    sites = known.some("code", "infrastructure_site", "/sites/{}/")
    yield Visit("sites", ANY, ["/sites/", "/sites/?q=lyon", "/sites/?kind=datacentre"])
    yield Visit("site", ANY, sites)


def _organisation(known: KnownRows) -> Iterator[Visit]:
    people = known.some("id", "organisation_person", "{}")
    names = known.some("split_part(name, ' ', 1)", "organisation_person", "/people/?q={}")
    yield Visit("people", ANY, ["/people/", "/people/?function=desk_agent"])
    yield Visit("people, searched", ANY, names)
    yield Visit("person", ANY, [f"/people/{one}/" for one in people])
    yield Visit("  their duties", ANY, [f"/shifts/people/{one}/" for one in people], partial=True)
    yield Visit("teams", ANY, ["/teams/"])
    yield Visit("team", ANY, known.some("id", "organisation_team", "/teams/{}/"))
    yield Visit("roster", ANY, ["/shifts/"])
    yield Visit("mail", ANY, ["/mail/"])


def _search(known: KnownRows) -> Iterator[Visit]:
    """The palette and the pickers, asked while somebody types."""
    words = known.some(_word("subject"), f"{OPEN} AND {_word('subject')} <> ''", "{}")
    customers = known.some("left(name, 6)", "customers_customer", "{}")
    services = known.some("reference", "customers_service", "{}")
    items = known.some("left(name, 6)", "infrastructure_configurationitem", "{}")
    people = known.some("left(name, 4)", "organisation_person", "{}")
    contacts = known.some("left(name, 5)", "customers_contact", "{}")
    numbers = known.some("number", SHOWN, "{}")

    def asked(name: str, path: str, words: Sequence[str]) -> Visit:
        return Visit(name, TYPED, [f"{path}?q={word}" for word in words], partial=True)

    yield asked("palette, a number", "/ui/palette/", numbers)
    yield asked("palette, a word", "/ui/palette/", words)
    yield asked("palette, a customer", "/ui/palette/", customers)
    yield asked("palette, an item", "/ui/palette/", items)
    yield asked("palette, two letters", "/ui/palette/", ["ro", "li", "vp", "ac", "de"])
    yield asked("picker of customers", "/customers/pick/", ["", *customers])
    yield asked("picker of services", "/services/pick/", ["", *services])
    yield asked("picker of items", "/items/pick/", ["", *items])
    yield asked("picker of people", "/people/pick/", ["", *people])
    yield asked("picker of contacts", "/tickets/pick/contact/", ["", *contacts])
    yield Visit("rail", DAILY, ["/ui/rail/?at=/desk/"], partial=True)


def _api(known: KnownRows) -> Iterator[Visit]:
    numbers = known.some("number", SHOWN, "/api/v1/tickets/{}")
    longest = known.first(LONGEST, "/api/v1/tickets/{}/messages")
    titles = known.some(_word("title"), f"events_alert WHERE {_word('title')} <> ''", "?q={}")
    words = known.some(_word("subject"), f"{OPEN} AND {_word('subject')} <> ''", "?q={}")

    def asked(name: str, addresses: Sequence[str], *, turn: bool = False) -> Visit:
        return Visit(f"API: {name}", ANY, addresses, turn=turn, api=True)

    yield asked("tickets", ["/api/v1/tickets", "/api/v1/tickets?view=open"])
    yield asked("tickets, next page", ["/api/v1/tickets"], turn=True)
    yield asked("tickets, searched", [f"/api/v1/tickets{one}" for one in words])
    yield asked("ticket", numbers)
    yield asked("messages, longest", longest, turn=True)
    yield asked("alerts, searched", [f"/api/v1/alerts{one}" for one in titles])
    yield asked("customers, items", ["/api/v1/customers", "/api/v1/items"], turn=True)
