"""A table of the tests' own: the kernel knows no room whose rows it could borrow."""

from datetime import UTC, datetime
from typing import ClassVar

from django.apps.registry import Apps
from django.db import connection, models

from opale.kernel.actor import Actor, Scope
from opale.kernel.owned import OwnedQuerySet
from opale.kernel.states import Move

AT = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)

LIGHT = Move("light", frozenset({"off"}), "on", "lamps.work")
BREAK = Move("break", frozenset({"off", "on"}), "broken", "lamps.work")
ADMIRE = Move("admire", frozenset({"on"}), "on", "lamps.work")


class LampQuerySet(OwnedQuerySet["Lamp"]):
    read_right = "lamps.read"


class Lamp(models.Model):
    reach_paths: ClassVar[dict[str, str]] = {
        "customers": "customer_id",
        "teams": "team_id",
        "person": "person_id",
    }

    state = models.CharField(max_length=10, default="off")
    customer_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    lit_by = models.CharField(max_length=64, blank=True)

    objects = LampQuerySet.as_manager()

    class Meta:
        app_label = "lamps"
        apps = Apps()  # not among the models of Opale


def make_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE opale_owner")
        with connection.schema_editor() as editor:
            editor.create_model(Lamp)
        cursor.execute("SET ROLE opale_app")


def make_lamp(state: str = "off", customer_id: int | None = None, **columns: int) -> Lamp:
    lamp = Lamp(state=state, customer_id=customer_id, **columns)
    lamp.save(force_insert=True)
    return lamp


def somebody(number: int = 1, **grants: Scope) -> Actor:
    """`somebody(read=EVERYTHING)` holds `lamps.read` everywhere."""
    return Actor(
        "person",
        f"user:{number}",
        f"Person {number}",
        {f"lamps.{right}": scope for right, scope in grants.items()},
        user_id=number,
        person_id=number,
    )
