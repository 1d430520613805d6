"""Each row that an alert refers to is there, though no foreign key of a column says so."""

import pytest
from django.db import IntegrityError, connection, models, transaction

from opale.run.events.actions import retention
from opale.run.events.models import Alert
from opale.run.events.tests.builders import alert_of, at, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db

NOBODY = 10**12
REFERENCES = [one for one in Alert._meta.concrete_fields if isinstance(one, models.ForeignKey)]


@pytest.fixture
def alert() -> Alert:
    retention.create_partition(at(3600).date())
    integration, sender = make_integration()
    hand_in(sender, fires(0))
    return alert_of(integration)


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda one: one.name)
def test_an_alert_refers_to_nothing_that_is_not_there(
    reference: models.ForeignKey[object], alert: Alert
) -> None:
    column = str(reference.column)
    refused = pytest.raises(IntegrityError, match=f"{column} of events_alert: not in")
    with refused, transaction.atomic():
        Alert.objects.filter(pk=alert.pk).update(**{column: NOBODY})
    setattr(alert, column, NOBODY)
    alert.pk, alert.identity = None, "another"
    with refused, transaction.atomic():
        alert.save(force_insert=True)
    assert Alert.objects.count() == 1


@pytest.mark.parametrize("reference", REFERENCES, ids=lambda one: one.name)
def test_what_an_alert_refers_to_is_not_deleted(reference: models.ForeignKey[object]) -> None:
    target = reference.related_model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgdeferrable FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s",
            [target, f"events_alert_{reference.column}"],
        )
        assert cursor.fetchone() == (True,)
