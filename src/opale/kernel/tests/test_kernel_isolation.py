"""The portal role: taken for one block, given back however the block ends."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from opale.kernel.isolation import as_application, as_customers, isolate
from opale.kernel.tests.lamps import Lamp, make_lamp, make_table

STAFF = ("opale_app", "")


def session() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, coalesce(current_setting('opale.customers', true), '')"
        )
        role, customers = cursor.fetchone()
    return role, customers


def seen() -> list[int | None]:
    return list(Lamp.objects.order_by("pk").values_list("customer_id", flat=True))


@pytest.fixture
def lamps(db: None) -> None:
    make_table()
    statements = isolate("lamps_lamp").sql
    assert isinstance(statements, str)
    for customer_id in (None, 1, 2, 12):
        make_lamp(customer_id=customer_id)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE opale_owner")
        cursor.execute(statements)
        cursor.execute("SET ROLE opale_app")


def test_the_block_runs_as_the_portal_for_the_named_customers(db: None) -> None:
    assert session() == STAFF
    with as_customers([7, 5]):
        assert session() == ("opale_portal", "5,7")
    assert session() == STAFF


def test_the_login_is_named_for_the_block_alone(db: None) -> None:
    def login() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('opale.login', true), '')")
            (named,) = cursor.fetchone()
        return str(named)

    with as_customers([7], login=12):
        with as_customers([7]):
            assert login() == ""
        assert login() == "12"
    assert login() == ""


@pytest.mark.django_db(transaction=True)
def test_who_only_reads_gives_the_settings_back_with_the_end_of_the_transaction() -> None:
    with CaptureQueriesContext(connection) as asked, as_customers([7], login=12, reads=True):
        assert session() == ("opale_portal", "7")
    assert len([one for one in asked if "opale.customers" in one["sql"]]) == 2, "taken, and seen"
    assert session() == STAFF
    with pytest.raises(ValueError), as_customers([7], reads=True):
        raise ValueError
    assert session() == STAFF
    with transaction.atomic():
        with as_customers([7], reads=True):
            assert session() == ("opale_portal", "7")
        assert session() == STAFF, "the transaction goes on"


def test_an_action_in_a_customers_request_runs_as_the_application_and_no_longer(db: None) -> None:
    with as_customers([5]):
        with as_application():
            assert session() == ("opale_app", "5")
        assert session() == ("opale_portal", "5")
        with pytest.raises(ValueError), as_application():
            raise ValueError
        assert session() == ("opale_portal", "5")
    with as_application():
        assert session() == STAFF
    assert session() == STAFF


def test_the_role_is_given_back_after_a_failure(db: None) -> None:
    with pytest.raises(ValueError), as_customers([5]):
        raise ValueError
    assert session() == STAFF


def test_the_role_is_given_back_after_a_refusal_of_the_database(db: None) -> None:
    with pytest.raises(DatabaseError), as_customers([5]), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM procrastinate_jobs")
    assert session() == STAFF


def test_a_block_inside_a_block_gives_back_the_outer_one(db: None) -> None:
    with as_customers([5]):
        with as_customers([6]):
            assert session() == ("opale_portal", "6")
        assert session() == ("opale_portal", "5")
        with pytest.raises(ValueError), as_customers([7]):
            raise ValueError
        assert session() == ("opale_portal", "5")
    assert session() == STAFF


@pytest.mark.django_db(transaction=True)
def test_nothing_stays_on_the_connection() -> None:
    with as_customers([5]):
        pass
    assert session() == STAFF
    with pytest.raises(ValueError), as_customers([5]):
        raise ValueError
    assert session() == STAFF


@pytest.mark.usefixtures("lamps")
def test_the_database_shows_only_rows_of_the_named_customers() -> None:
    assert seen() == [None, 1, 2, 12]
    with as_customers([1]):
        assert seen() == [1]
    with as_customers([2, 12]):
        assert seen() == [2, 12]


@pytest.mark.usefixtures("lamps")
def test_for_no_customer_there_is_no_row() -> None:
    with as_customers([]):
        assert seen() == []


@pytest.mark.usefixtures("lamps")
def test_the_portal_may_only_read_unless_it_was_granted_more() -> None:
    with pytest.raises(DatabaseError), as_customers([1]), transaction.atomic():
        Lamp.objects.update(state="on")
    assert not Lamp.objects.filter(state="on").exists()


@pytest.mark.usefixtures("lamps")
def test_even_the_owner_is_bound_by_a_policy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'lamps_lamp'")
        assert cursor.fetchone() == (True,)
