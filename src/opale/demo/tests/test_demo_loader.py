"""The small demo company in a real database: one load, looked at from all sides."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from pytest_django.plugin import DjangoDbBlocker

from opale.customers.models import Contact, ContractedHours, Customer, SoldCommitment
from opale.demo.desk_work import CAUSES
from opale.demo.index_rebuild import CONSTRAINTS, INDEXES, UNOWNED
from opale.demo.loader import HISTORY, load_small
from opale.infrastructure.models import ConfigurationItem, Dependency, Supplier
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.models import StateMove
from opale.messaging.models import Mailbox, OutgoingMail
from opale.organisation.models import ApiToken, Company, Person, Team, User
from opale.organisation.queries.identity import actor_of, token_digest
from opale.organisation.rights import Function
from opale.run.desk.models import (
    Approval,
    Assignment,
    Attachment,
    Classification,
    Commitment,
    ExternalReference,
    Intervention,
    Merge,
    Message,
    Pause,
    ProposedAnswer,
    RequestDetails,
    Ticket,
    TicketLink,
    TimeEntry,
    Watcher,
)
from opale.run.desk.queries.clocks import clocks_of, commitments_of
from opale.run.desk.queries.digests import followers_with_news
from opale.run.events.models import Alert, IntegrationKey
from opale.run.events.ports.severities import SEVERITIES
from opale.run.events.queries.alerts import changes_around, count_by_severity
from opale.run.events.queries.timeline import MAX_ENTRIES, alert_timeline
from opale.run.shifts.queries.duties import answerable, service_desk
from opale.run.telephone.models import Call, Line

pytestmark = pytest.mark.xdist_group("demo-loading")

PASSWORD = "opale-for-tests"
LATENESS = timedelta(days=14)
Credentials = dict[str, dict[str, dict[str, str]]]
STATEMENTS_AT_MOST = 7_300
"""What the load asks of the database, of which it is slow or quick on every machine. From 2,150 to
2,440 with orders and patterns, to 3,600 with the projects that deliver them, to 4,540 with designs,
to 5,290 with their units by name and a last check, to 6,360 with policies, rules and discussions,
to 7,060 with automations and what is sent on schedule, to 7,240 with the tree of pools, each by
Opale's own actions, when this was written; how many tickets are in progress changes by hour."""


class Counted:
    """How many statements were sent within the block."""

    def __init__(self) -> None:
        self.statements = 0
        self.dropped: set[str] = set()
        self.structure: list[Any] = []

    def __call__(self, execute: Any, sql: Any, *words: Any) -> Any:
        self.statements += 1
        if str(sql).startswith("DROP INDEX "):
            self.dropped.add(sql.removeprefix("DROP INDEX "))
        return execute(sql, *words)


def structure() -> list[Any]:
    """Every constraint and index of the messages."""
    with connection.cursor() as cursor:
        cursor.execute(CONSTRAINTS, [["desk_message"]])
        found = cursor.fetchall()
        cursor.execute(INDEXES, [["desk_message"]])
        return sorted([*found, *cursor.fetchall()])


@pytest.fixture(scope="module")
def counted() -> Counted:
    return Counted()


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
    counted: Counted,
) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), transaction.atomic():
        counted.structure = structure()
        with connection.execute_wrapper(counted):
            load_small(folder, seed=7, password=PASSWORD)
        # What is deferred to the commit is checked now: the transaction is rolled back later.
        connection.check_constraints()
        yield folder
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def credentials(loaded: Path) -> Credentials:
    found: Credentials = json.loads((loaded / "demo.json").read_text())
    return found


def one(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_the_load_does_not_grow_unseen(loaded: Path, counted: Counted) -> None:
    """Four in five of its statements are those of actions: told one by one, worked out together."""
    assert counted.statements <= STATEMENTS_AT_MOST


def test_messages_are_indexed_and_held_as_before(loaded: Path, counted: Counted) -> None:
    """What the load took away for a moment: this session may become the owner of the tables."""
    assert counted.dropped >= {"message_words_by_block"}
    assert structure() == counted.structure
    with transaction.atomic():
        Message.objects.filter(pk=Message.objects.latest("id").pk).update(ticket_id=0)
        with pytest.raises(IntegrityError):
            connection.check_constraints()
        transaction.set_rollback(True)


def test_the_company_has_its_size(loaded: Path) -> None:
    assert Company.objects.count() == 3
    assert Team.objects.filter(company=None, virtual=True).count() == 2
    assert 55 <= Person.objects.count() <= 70
    assert Customer.objects.count() == 120
    for language in ("fr", "en"):
        assert Customer.objects.filter(language=language).count() >= 30
    kinds = {*ConfigurationItem.objects.values_list("kind", flat=True)}
    assert {"router", "link", "host", "circuit", "rack"} <= kinds
    assert Dependency.objects.count() > 500


def test_thirteen_months_have_mondays_and_nights(loaded: Path) -> None:
    paris = ZoneInfo("Europe/Paris")
    moments = Ticket.objects.filter(request_type=None).values_list("received_at", flat=True)
    local = [at.astimezone(paris) for at in moments]
    assert clock.now() - timedelta(days=401) < min(local) < clock.now() - timedelta(days=396)
    months = Counter((at.year, at.month) for at in local)
    assert min(months[month] for month in sorted(months)[1:-1]) > 100
    days = Counter(at.weekday() for at in local)
    assert days[0] > days[6] * 2
    assert 0 < sum(at.hour < 6 for at in local) < len(local) * 0.1


def test_only_its_owner_may_read_the_logins(loaded: Path) -> None:
    assert (loaded / "demo.json").stat().st_mode & 0o777 == 0o600


def test_every_function_has_a_persona_who_may_sign_in(credentials: Credentials) -> None:
    personas = credentials["personas"]
    staff = {str(function) for function in Function} - {"customer_contact"}
    assert staff <= set(personas)
    assert {"customer_contact", "foreign_contact"} <= set(personas)
    user = User.objects.get(email=personas["desk_agent"]["login"])
    assert user.check_password(personas["desk_agent"]["password"])
    assert actor_of(user).can("desk.work")


def test_the_contacts_belong_to_two_customers(credentials: Credentials) -> None:
    logins = [credentials["personas"][p]["login"] for p in ("customer_contact", "foreign_contact")]
    owners = Contact.objects.filter(user__email__in=logins).values_list("customer", flat=True)
    assert len({*owners}) == 2


def test_tokens_and_keys_are_those_of_the_database(credentials: Credentials) -> None:
    token = credentials["personas"]["run_engineer"]["api_token"]
    assert ApiToken.objects.filter(digest=token_digest(token)).exists()
    alertmanager = credentials["integrations"]["alertmanager"]
    assert alertmanager["url"].endswith(alertmanager["key"])
    assert IntegrationKey.objects.filter(digest=token_digest(alertmanager["key"])).exists()


def test_every_ticket_has_an_unbroken_chain_of_owners(loaded: Path) -> None:
    # The history, two causes of the provider's own, and a call that was merged.
    assert Ticket.objects.filter(request_type=None).count() == 3103
    assert one(UNOWNED) == 0


def test_stored_clocks_are_what_the_desk_would_compute(loaded: Path) -> None:
    tickets = list(Ticket.objects.exclude(customer=None).order_by("id"))
    now = Commitment.objects.values_list("computed_at", flat=True)[:1].get()
    for ticket in [*Random(1).sample(tickets, 60), *tickets[-30:]]:
        stored = {row.measure: row for row in commitments_of(ticket)}
        computed = clocks_of(ticket)
        assert stored.keys() == computed.keys(), ticket.number
        for measure, running in computed.items():
            row = stored[measure]
            assert (row.due_at, row.met_at, row.target, row.breached_at) == (
                running.due_at, running.met_at, running.promise.target, running.breached_at(now),
            ), (ticket.number, measure)  # fmt: skip


def test_shares_of_the_history_are_as_promised(loaded: Path) -> None:
    tickets = Ticket.objects.count()
    paused = Pause.objects.values("ticket").distinct().count()
    assert paused / tickets >= 0.3
    known = Ticket.objects.filter(received_at__gte=clock.now() - HISTORY)
    for rows, least, most in (
        (known, 0.05, 0.11),
        (Ticket.objects.exclude(pk__in=known), 0.1, 0.17),
    ):
        broken = rows.filter(commitments__breached_at__isnull=False).distinct().count()
        assert least <= broken / rows.count() <= most
    reopened = StateMove.objects.filter(subject="desk.ticket", move="reopen").count()
    assert 0.01 <= reopened / tickets <= 0.06


def test_nothing_happens_in_the_future(loaded: Path) -> None:
    now = clock.now()
    for column in ("received_at", "acknowledged_at", "restored_at", "resolved_at", "closed_at"):
        assert not Ticket.objects.filter(**{f"{column}__gt": now}).exists(), column
    assert not Message.objects.filter(at__gt=now).exists()


def test_there_is_work_now_and_somebody_to_do_it(loaded: Path) -> None:
    assert Ticket.objects.filter(state__in=["new", "in_progress", "pending"]).count() >= 10
    assert Alert.objects.filter(state="open").count() >= 8
    assert answerable(service_desk(), clock.now()).standing == "triage"
    assert answerable(service_desk(), clock.now() + timedelta(days=7)).standing == "triage"


def test_what_is_late_became_so_lately(loaded: Path) -> None:
    now = clock.now()
    open_now = Commitment.objects.filter(
        met_at=None, ticket__state__in=["new", "in_progress", "pending"]
    )
    assert not open_now.filter(due_at__lt=now - LATENESS).exists()
    assert open_now.filter(due_at__gt=now).count() >= 5


def test_the_storm_hit_one_backbone_router(loaded: Path) -> None:
    router = ConfigurationItem.objects.get(name="cr1-lyo1")
    assert Ticket.objects.filter(item=router, kind="incident").count() > 10


def test_messages_speak_the_language_of_their_ticket(loaded: Path) -> None:
    words = {"fr": "Cordialement", "en": "Regards"}
    for language, word in words.items():
        other = "en" if language == "fr" else "fr"
        found = Message.objects.filter(body__contains=f"\n{word},")
        assert found.filter(language=language).exists()
        assert not found.filter(language=other).exists()


def test_what_the_monitoring_said_is_for_colleagues(loaded: Path) -> None:
    said = Message.objects.filter(author="Prometheus Alertmanager")
    assert said.count() > 100
    assert {*said.values_list("direction", "visibility")} == {("note", "internal")}


def test_every_alert_has_the_deliveries_that_it_counts(loaded: Path) -> None:
    house = system("demo")
    assert {*Alert.objects.values_list("state", flat=True)} >= {"open", "closed"}
    for alert in (
        *Alert.objects.filter(state="open"),
        *Alert.objects.filter(state="closed").order_by("-id")[:20],
    ):
        told, _more = alert_timeline(alert, seen_by=house, limit=MAX_ENTRIES)
        received = [h for h in told if h.kind == "received"]
        assert len(received) == alert.count, alert.title
        assert SEVERITIES[alert.labels["severity"]] == alert.severity
    for ended in Alert.objects.filter(state="closed").order_by(F("closed_at") - F("cleared_at"))[
        :40
    ]:
        assert alert_timeline(ended, seen_by=house)[0][0].kind == "close", ended.title
    assert count_by_severity(house)


def test_some_alerts_show_what_was_changed_before(loaded: Path) -> None:
    house = system("demo")
    alert = Alert.objects.get(labels__alertname="BgpPrefixesDropped", state="open")
    (change,) = changes_around(alert, seen_by=house)
    assert change.at < alert.started_at


def test_triage_is_not_left_lying(loaded: Path) -> None:
    unseen = Commitment.objects.filter(
        measure="triage", met_at=None, ticket__state="new", ticket__request_type__isnull=False
    )
    late = unseen.filter(due_at__lt=clock.now())
    assert unseen.count() == 3
    assert late.count() == 1


def test_nothing_is_left_to_be_sent(loaded: Path) -> None:
    assert OutgoingMail.objects.exists()
    assert not OutgoingMail.objects.exclude(state="sent").exists()


def test_nothing_that_was_loaded_is_told_in_a_digest(loaded: Path) -> None:
    assert Watcher.objects.exists()
    assert followers_with_news(clock.now()) == (set(), set())


FICTION = re.compile(
    r"\+33 1 99 00 \d\d \d\d|\+33 6 39 98 \d\d \d\d|\+44 20 7946 0\d{3}|\+44 7700 900\d{3}"
)


def test_telephone_numbers_are_of_their_country_and_of_nobody(loaded: Path) -> None:
    for phone, zone in Contact.objects.values_list("phone", "customer__time_zone"):
        assert FICTION.fullmatch(phone), phone
        assert phone.startswith("+44" if zone == "Europe/London" else "+33")
    for phone in Person.objects.values_list("phone", flat=True):
        assert FICTION.fullmatch(phone), phone


def test_others_work_for_the_desk(loaded: Path) -> None:
    work = Assignment.objects.all()
    assert work.count() >= 15
    assert {*work.values_list("level", flat=True)} == {"level_2", "level_3", "group", "supplier"}
    assert {*work.values_list("state", flat=True)} >= {"requested", "accepted", "done", "returned"}
    assert work.filter(supplier__isnull=False, promised_at__gt=clock.now()).exists()
    assert ProposedAnswer.objects.filter(state="proposed").exists()
    carrier = Supplier.objects.filter(kind="carrier")[0]
    assert ConfigurationItem.objects.filter(attributes__carrier=carrier.name).exists()


def test_tickets_hang_together_and_are_marked(loaded: Path) -> None:
    families = TicketLink.objects.filter(kind="child_of").values("other").distinct()
    assert families.count() == 2
    assert Merge.objects.count() == 1
    assert ExternalReference.objects.exclude(supplier=None).exists()
    assert ExternalReference.objects.filter(supplier=None).exists()
    assert Watcher.objects.exclude(contact=None).exists()
    assert Ticket.objects.filter(confidential=True).count() == 1
    assert Attachment.objects.exclude(message=None).exists()
    assert Classification.objects.exclude(reason="").count() >= 4


def test_work_is_counted_and_sold(loaded: Path) -> None:
    assert ContractedHours.objects.exists()
    # In a night of the weekend few tickets are worked on.
    assert TimeEntry.objects.count() >= 2 * len(CAUSES)
    assert Intervention.objects.filter(ends__lte=clock.now()).exists()
    assert SoldCommitment.objects.filter(
        measure="acknowledge", service__parent__isnull=False
    ).exists()


def test_requests_of_the_catalogue_wait_on_the_desk(loaded: Path) -> None:
    told = RequestDetails.objects.values_list("request_type__code", flat=True)
    assert len(set(told)) >= 17
    assert Approval.objects.filter(state="asked").exists()
    assert {"request", "change", "order"} == set(
        RequestDetails.objects.values_list("route", flat=True)
    )


def test_the_telephone_rang(loaded: Path, credentials: Credentials) -> None:
    answered = Call.objects.exclude(ticket=None).select_related("ticket")
    assert answered.count() > 20
    for call in answered:
        assert call.ticket is not None
        assert (call.customer_id, call.contact_id) == (
            call.ticket.customer_id,
            call.ticket.contact_id,
        )
        assert call.length is not None
    waiting = Call.objects.filter(follow_up="open")
    assert waiting.exclude(contact=None).count() >= 3
    assert waiting.filter(contact=None).count() == 2
    assert Line.objects.count() >= 3
    assert not Contact.objects.exclude(phone="").filter(phone_e164="").exists()
    lmtp = credentials["integrations"]["lmtp"]
    assert lmtp["url"] == "lmtp://"
    assert Mailbox.objects.get(address=lmtp["key"]).is_on
    cti = credentials["integrations"]["cti"]
    assert cti["url"] == f"/ingest/cti/{cti['key']}"
    assert IntegrationKey.objects.filter(digest=token_digest(cti["key"])).exists()
