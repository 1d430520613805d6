"""Demo discussions of colleagues on records of BUILD and on what runs, the latest of today."""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sin
from typing import Any, Final

from opale.customers.models import Customer
from opale.delivery.designs.models import Design
from opale.delivery.orders.models import Order
from opale.delivery.projects.models import Project
from opale.demo.company import Staff
from opale.demo.demo_company import DemoCompany
from opale.discussions.actions import add_comment, attach_file, set_watching
from opale.discussions.queries import get_record
from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.organisation.queries.identity import actor_of
from opale.organisation.rights import Function
from opale.ui.markdown import mention_of

AFTER = ("orders", "projects", "reservations", "resources", "designs", "desk")
"""The modules that are loaded before this one."""
F = Function


@dataclass(frozen=True, slots=True)
class Said:
    """One demo comment: `hours` before the present; `{function}` in its text mentions a person."""

    by: Function
    hours: float
    text: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """Discussion on the first record that `pick` returns, with somebody who only watches it."""

    record_type: str
    pick: Callable[[], Any]
    watched_by: Function
    said: tuple[Said, ...]


THREADS: Final = (
    Thread(
        "project", lambda: Project.objects.order_by("number").first(), F.SERVICE_MANAGER,
        (
            Said(F.PROJECT_MANAGER, 52, "Le client confirme la coupure **jeudi de 6 h à 7 h**."
                 "\n\n- accès au local : badge à demander la veille\n- leur équipe sera sur place"),
            Said(F.BUILD_ENGINEER, 27, "Mesure de ce matin sur le lien du siège, avant bascule :"
                 " l'affaiblissement est bon.", "mesure-lien-siege.png"),
            Said(F.PROJECT_MANAGER, 3, "{build_engineer} peux-tu préparer le retour arrière ?"
                 " La configuration à garder est `rtr-siege-2026-11`."),
        ),
    ),
    Thread(
        "design", lambda: Design.objects.order_by("number").first(), F.PROJECT_MANAGER,
        (
            Said(F.PROJECT_MANAGER, 30, "Does the second feed fit the power budget of this room?"),
            Said(F.SOLUTION_ARCHITECT, 26, "> Does the second feed fit the power budget?\n\n"
                 "It does: 4 kW of 6 kW are used.\n\n| feed | used |\n|---|---|\n| A | 2 kW |\n"
                 "| B | 2 kW |"),
            Said(F.SOLUTION_ARCHITECT, 2, "{project_manager} please have the customer confirm the"
                 " cabinet height before I submit it."),
        ),
    ),
    Thread(
        "order", lambda: Order.objects.order_by("number").first(), F.BUILD_ENGINEER,
        (
            Said(F.PROJECT_MANAGER, 49, "L'opérateur annonce six semaines pour l'accès du siège."),
            Said(F.PROVISIONER, 5, "{project_manager} le bon de commande est parti, leur numéro"
                 " arrive demain."),
        ),
    ),
    Thread(
        "customer", lambda: Customer.objects.filter(left_on=None).order_by("pk").first(),
        F.PROJECT_MANAGER,
        (
            Said(F.SERVICE_MANAGER, 72, "They freeze changes from **20 December to 4 January**:"
                 " nothing but incidents."),
            Said(F.DESK_AGENT, 6, "{service_manager} their new IT manager asks who signs the"
                 " monthly report now."),
        ),
    ),
    Thread(
        "item",
        lambda: ConfigurationItem.objects.filter(kind="router").order_by("pk").first(),
        F.RUN_ENGINEER,
        (
            Said(F.CORE_ENGINEER, 40, "Ventilateur 2 remplacé, l'ancien est au stock avec son"
                 " étiquette de retour."),
            Said(F.RUN_ENGINEER, 4, "{core_engineer} la température remonte depuis ce matin :",
                 "temperature.png"),
        ),
    ),
)  # fmt: skip


def load(company: DemoCompany) -> None:
    create_discussions(company.staff, company.now)


def create_discussions(staff: Staff, now: datetime) -> None:
    """Write the discussions as their authors do, at their moments."""
    people = {F(name): held[0] for name, held in staff.by_function.items() if held}
    for thread in THREADS:
        if (row := thread.pick()) is None:
            continue
        watcher = _actor(people[thread.watched_by])
        set_watching(
            get_record(thread.record_type, row.pk, seen_by=watcher), by=watcher, watching=True
        )
        for said in thread.said:
            by = _actor(people[said.by])
            with clock.travel(now - timedelta(hours=said.hours) - clock.now()):
                _comment(thread.record_type, row.pk, said, people, by=by)


def _comment(
    record_type: str, record_id: int, said: Said, people: Mapping[Function, Person], *, by: Actor
) -> None:
    record = get_record(record_type, record_id, seen_by=by)
    files = []
    if said.picture:
        files.append(attach_file(record, said.picture, [curve()], by=by).pk)
    names = {str(one): mention_of(person.pk, person.name) for one, person in people.items()}
    add_comment(record, said.text.format_map(names), by=by, file_ids=files)


def _actor(person: Person) -> Actor:
    if person.user is None:
        raise ValueError(f"{person.name} has no login")
    return actor_of(person.user)


def curve(width: int = 480, height: int = 160) -> bytes:
    """Return a PNG picture of a measured curve, black on white."""
    line = [int(height * (0.5 + 0.3 * sin(x / 37) + 0.08 * sin(x / 5))) for x in range(width)]
    rows = b"".join(
        b"\x00" + bytes(20 if abs(line[x] - y) < 2 else 250 for x in range(width))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
