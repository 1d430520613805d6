"""The closed set of units, and how the texts before it became one of them."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from opale.infrastructure.domain.units import Unit, unit_label
from opale.infrastructure.models import CapacityPool
from opale.kernel.actor import system
from opale.kernel.attribution import attributed

pytestmark = pytest.mark.django_db
MIGRATION = import_module("opale.infrastructure.migrations.0008_units")


def test_texts_become_units_and_what_is_unknown_stays_in_the_name() -> None:
    before = {
        "Cabinets": " Baies",
        "Hall": "U",
        "Power": "KW",
        "Traffic": "Mbit/s",
        "Furniture": "chairs",
    }
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE known (name text, unit text) ON COMMIT DROP")
        cursor.executemany("INSERT INTO known VALUES (%s, %s)", list(before.items()))
        for sentence in (MIGRATION.UNIT_NAMED, MIGRATION.MAP):
            cursor.execute(
                sentence.replace("infrastructure_unit_named", "pg_temp.unit_named").replace(
                    "infrastructure_capacitypool", "pg_temp.known"
                )
            )
        cursor.execute("SELECT name, unit FROM known")
        after = dict(cursor.fetchall())
    assert after == {
        "Cabinets": Unit.RACK,
        "Hall": Unit.RACK_UNIT,
        "Power": Unit.POWER,
        "Traffic": Unit.MEGABITS,
        "Furniture (chairs)": Unit.PIECE,
    }


def test_a_pool_counts_in_one_of_the_units() -> None:
    with attributed(system("test")), pytest.raises(IntegrityError), transaction.atomic():
        CapacityPool.objects.create(name="Hall", unit="hands", capacity=1)


def test_a_unit_reads_as_it_follows_a_number() -> None:
    assert [unit_label(code) for code in ("U", "Mbps", "baies")] == ["U", "Mbit/s", "baies"]
