"""What a constraint of the database refuses is said in the words of the trade."""

import pytest
from django.db import IntegrityError, connection

from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.models import Fact, FactDelivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery() -> FactDelivery:
    fact = Fact.objects.create(name="lamps.Lit", body={}, actor="user:1", actor_name="Léa")
    return FactDelivery.objects.create(fact=fact, listener="shop.count")


def again(delivery: FactDelivery) -> None:
    FactDelivery.objects.create(fact=delivery.fact, listener=delivery.listener)


def test_the_named_constraint_is_refused_with_its_own_error(delivery: FactDelivery) -> None:
    with (
        pytest.raises(Conflict, match="done before"),
        translate_violations(fact_delivered_once=Conflict("done before"), another=Invalid("no")),
    ):
        again(delivery)


def test_the_transaction_around_it_goes_on(delivery: FactDelivery) -> None:
    with pytest.raises(Conflict), translate_violations(fact_delivered_once=Conflict()):
        again(delivery)
    assert FactDelivery.objects.count() == 1


def test_a_constraint_that_nobody_named_stays_what_it_is(delivery: FactDelivery) -> None:
    with pytest.raises(IntegrityError), translate_violations(another=Conflict()):
        again(delivery)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_what_is_not_refused_passes(delivery: FactDelivery) -> None:
    with translate_violations(fact_delivered_once=Conflict()):
        FactDelivery.objects.create(fact=delivery.fact, listener="street.shine")
    assert FactDelivery.objects.count() == 2
