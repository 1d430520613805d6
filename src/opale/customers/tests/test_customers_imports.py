"""Files that are written at once, behind, refused, and taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import DjangoAssertNumQueries
from tests.personas import MAKER, Personas, make_personas

from opale.customers.actions.customers import create_contact, edit_customer
from opale.customers.actions.exchange import CUSTOMERS, SERVICES
from opale.customers.models import Customer, Service
from opale.customers.tests.builders import make_offering
from opale.endpoints.exchange import import_undo, imports
from opale.endpoints.exchange.import_run import preview
from opale.endpoints.exchange.import_undo import undo_import
from opale.endpoints.exchange.imports import submit_file
from opale.endpoints.exchange.tables import Table
from opale.endpoints.models import FileImport
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import travel
from opale.kernel.errors import Conflict, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.organisation.actions.tokens import revoke_token
from opale.organisation.models import ApiToken, Membership

MANAGER = "service_manager"
HEAD = "code;name;language;time_zone;calendar"
State = FileImport.State
# Each line is tried for the preview and written, each time within savepoints.
PER_ROW, PER_FILE = 20, 60


@pytest.fixture
def house(db: None) -> Personas:
    return make_personas()


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is long enough to be written by a job."""
    for module in (imports, import_undo):
        monkeypatch.setattr(module, "IMMEDIATE", 0)


def line(code: str, name: str, language: str = "fr") -> str:
    return f"{code};{name};{language};Europe/Paris;Office hours"


def send(
    by: Actor, *lines: str, table: Table = CUSTOMERS, head: str = HEAD, shown: str = "session"
) -> FileImport:
    content = "\n".join([head, *lines]).encode()
    found = preview(table, content, by=by)
    return submit_file(table, content, found, by=by, credential=shown)


def undo(sent: FileImport, by: Actor) -> FileImport:
    return undo_import(sent.pk, by=by, credential="session")


def fresh(sent: FileImport) -> FileImport:
    return FileImport.objects.get(pk=sent.pk)


def test_a_small_file_is_written_at_once(house: Personas) -> None:
    sent = send(house.actor(MANAGER), line("NEW", "New"), line("ACME", "Acme 2"))
    assert (sent.state, sent.done, sent.total) == (State.WRITTEN, 2, 2)
    assert sent.counts == {"new": 1, "changed": 1, "unchanged": 0, "wrong": 0}
    assert fresh(sent).content is None
    assert Customer.objects.filter(code="NEW").exists()


def test_a_row_of_a_file_asks_little_of_the_database(
    house: Personas, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """What makes a long file slow: what a row asks, over what any file does. A zone is known."""
    rows = 30
    with django_assert_max_num_queries(PER_ROW * rows + PER_FILE):
        send(house.actor(MANAGER), *(line(f"N{n}", f"New {n}") for n in range(rows)))
    assert Customer.objects.filter(code__startswith="N").count() == rows
    assert clock.time_zones() is clock.time_zones()


def test_a_long_file_is_written_by_a_job(house: Personas, behind: None) -> None:
    sent = send(house.actor(MANAGER), line("NEW", "New"))
    assert sent.state == State.WAITING
    assert not Customer.objects.filter(code="NEW").exists()
    job = ProcrastinateJob.objects.get(task_name=imports.CARRY_JOB)
    assert (job.queue_name, job.args) == ("planner", {"import_id": sent.pk})
    imports.run_import(sent.pk)
    imports.run_import(sent.pk)  # given to another worker once more
    assert fresh(sent).state == State.WRITTEN
    made = Customer.objects.get(code="NEW")
    (creation,) = revisions(Customer, id=made.pk)
    assert (creation.actor_name, creation.reason) == ("Service Manager", "file import")


def test_a_long_file_names_every_line_that_was_refused(
    house: Personas, behind: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("opale.endpoints.exchange.import_run.PREVIEWED_LINES", 0)
    head = HEAD + ";domains"
    wrong = [line(f"N{n}", "New") + ";gmail.com" for n in (1, 2)]
    sent = send(house.actor(MANAGER), line("OK", "Good") + ";", *wrong, head=head)
    assert sent.state == State.WAITING
    imports.run_import(sent.pk)
    refused = fresh(sent)
    assert (refused.state, refused.counts["wrong"], refused.done) == (State.REFUSED, 2, 0)
    assert [(fault["line"], fault["column"]) for fault in refused.faults] == [
        (3, "domains"),
        (4, "domains"),
    ]
    assert not Customer.objects.filter(code="OK").exists()


def test_a_job_writes_with_the_rights_of_its_moment(house: Personas, behind: None) -> None:
    sent = send(house.actor(MANAGER), line("NEW", "New"))
    with attributed(MAKER):
        Membership.objects.filter(person=house.people[MANAGER]).delete()
    imports.run_import(sent.pk)
    assert fresh(sent).state == State.REFUSED
    assert not Customer.objects.filter(code="NEW").exists()


def test_a_job_of_a_token_ends_with_the_token(house: Personas, behind: None) -> None:
    house.token(MANAGER)
    token = ApiToken.objects.get()
    by = house.actor(MANAGER)
    first, second = (
        send(by, line(code, "New"), shown=f"token:{token.pk}") for code in ("ONE", "TWO")
    )
    imports.run_import(first.pk)
    revoke_token(token.pk, by=by)
    imports.run_import(second.pk)
    assert (fresh(first).state, fresh(second).state) == (State.WRITTEN, State.REFUSED)


def test_a_job_that_breaks_leaves_a_refused_import(
    house: Personas, behind: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_options: Any) -> None:
        raise RuntimeError

    sent = send(house.actor(MANAGER), line("NEW", "New"))
    monkeypatch.setattr(imports, "execute_import", broken)
    with pytest.raises(RuntimeError):
        imports.run_import(sent.pk)
    assert fresh(sent).state == State.REFUSED


def test_only_who_may_edit_the_rows_sends_a_file(house: Personas) -> None:
    with pytest.raises(NotAllowed):
        send(house.actor("build_engineer"), line("NEW", "New"))


def test_an_import_is_taken_back_to_what_was_before(house: Personas) -> None:
    by = house.actor(MANAGER)
    sent = send(by, line("NEW", "New"), line("ACME", "Acme 2", "en"))
    taken = undo(sent, by)
    assert (taken.state, taken.kept_back) == (State.TAKEN_BACK, [])
    assert not Customer.objects.filter(code="NEW").exists()
    house.customer.refresh_from_db()
    assert house.customer.name == "Acme"
    assert revisions(Customer, id=house.customer.pk)[0].reason == "import undone"
    with pytest.raises(Conflict):
        undo(sent, by)


def test_what_somebody_went_on_with_stays_and_is_listed(house: Personas) -> None:
    by = house.actor(MANAGER)
    sent = send(by, *(line(code, code.title()) for code in ("ONE", "TWO", "SIX", "ACME", "BETA")))
    one, two = (Customer.objects.get(code=code) for code in ("ONE", "TWO"))
    edit_customer(one, by=by, name="Changed since")
    create_contact(two, by=by, name="Zoe")
    edit_customer(house.customer, by=by, language="en")
    taken = undo(sent, by)
    assert {kept["row"] for kept in taken.kept_back} == {"ONE", "TWO", "ACME"}
    codes = set(Customer.objects.values_list("code", flat=True))
    assert codes == {"ONE", "TWO", "ACME", "BETA"}
    house.customer.refresh_from_db()
    house.other_customer.refresh_from_db()
    assert (house.customer.language, house.other_customer.language) == ("en", "en")


def test_rows_that_name_each_other_are_taken_back_together(house: Personas) -> None:
    by = house.actor(MANAGER)
    head = "reference;customer;name;offering;parent"
    offering = make_offering().code
    sent = send(
        by,
        f"PART;ACME;Part;{offering};WHOLE",
        f"WHOLE;ACME;Whole;{offering};",
        table=SERVICES,
        head=head,
    )
    assert Service.objects.get(reference="PART").parent is not None
    assert undo(sent, by).kept_back == []
    assert not Service.objects.exists()


def test_a_long_import_is_taken_back_by_a_job(house: Personas, behind: None) -> None:
    by = house.actor(MANAGER)
    sent = send(by, line("NEW", "New"))
    imports.run_import(sent.pk)
    assert undo(sent, by).state == State.TAKING_BACK
    import_undo.run_undo(sent.pk)
    assert fresh(sent).state == State.TAKEN_BACK
    assert not Customer.objects.filter(code="NEW").exists()


def test_an_import_is_seen_by_its_sender_and_the_administrator(house: Personas) -> None:
    sent = send(house.actor(MANAGER), line("NEW", "New"))
    assert imports.get_import(sent.pk, seen_by=house.actor("administrator")) == sent
    for name in ("solution_architect", "customer_contact", "anonymous"):
        with pytest.raises(NotFound):
            imports.get_import(sent.pk, seen_by=house.actor(name))
        with pytest.raises(NotFound):
            undo(sent, house.actor(name))


def test_an_import_is_taken_back_and_remembered_for_two_weeks(house: Personas) -> None:
    by = house.actor(MANAGER)
    sent = send(by, line("NEW", "New"))
    assert imports.delete_expired() == 0
    with travel(timedelta(days=15)):
        with pytest.raises(Conflict):
            undo(sent, by)
        assert imports.delete_expired() > 0
    assert not FileImport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_how_far_a_job_is_can_be_seen_while_it_writes(
    behind: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_personas()
    sent = send(house.actor(MANAGER), line("ONE", "One"), line("TWO", "Two"))
    monkeypatch.setattr("opale.endpoints.exchange.import_run.STEP", 1)
    seen: list[tuple[int, int, bool]] = []
    create = CUSTOMERS.create

    def watched(values: Any, by: Actor) -> Any:
        beside = connection.copy()
        with beside.cursor() as cursor:
            cursor.execute(
                "SELECT done, total, EXISTS (SELECT FROM customers_customer WHERE code = 'ONE')"
                " FROM endpoints_fileimport WHERE id = %s",
                [sent.pk],
            )
            seen.append(cursor.fetchone())
        beside.close()
        return create(values, by)

    object.__setattr__(CUSTOMERS, "create", watched)
    try:
        imports.run_import(sent.pk)
    finally:
        object.__setattr__(CUSTOMERS, "create", create)
    assert seen == [(0, 2, False), (1, 2, False)]
    assert fresh(sent).state == State.WRITTEN
