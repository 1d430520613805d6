"""One whole Opale beside another: its gateway, its jobs, its own database; it does what it is told.

    python -m tests.whole_desk

What it is told stands in lines of JSON, `["do", {...}]`; each is answered by one. Its gateway takes
mail meanwhile as in production. Time is the pushed clock: jobs run when they are told to, those
that the house runs from time to time by `tick`.
"""

import asyncio
import inspect
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

import django

django.setup()

from django.db import connections  # noqa: E402  # imports models: Django must be ready
from django.utils.module_loading import autodiscover_modules  # noqa: E402
from procrastinate.contrib.django import app as configured  # noqa: E402
from procrastinate.contrib.django.models import ProcrastinateJob  # noqa: E402

from opale.cli import gateway, worker  # noqa: E402
from opale.customers.models import Contact  # noqa: E402
from opale.kernel import clock  # noqa: E402
from opale.kernel.actor import system  # noqa: E402
from opale.kernel.attribution import attributed  # noqa: E402
from opale.kernel.job_queue import worker_app  # noqa: E402
from opale.messaging.actions.mailboxes import create_mailbox  # noqa: E402
from opale.messaging.models import IncomingMail, Mailbox  # noqa: E402
from opale.run.desk.actions import lifecycle, messages, notices  # noqa: E402
from opale.run.desk.domain.notices import NOTICE_TYPES  # noqa: E402
from opale.run.desk.models import Message, Ticket  # noqa: E402
from opale.run.desk.queries import incoming_mail  # noqa: E402
from opale.run.desk.tests.builders import agent_of, make_house  # noqa: E402

DESK = system("desk")


def set_up(own: str, other: str) -> None:
    """A desk whose customer has the other desk's address, and wants to hear of everything."""
    house = make_house()
    with attributed(DESK):
        contact = Contact.objects.create(
            customer=house.customer, name="The other desk", email=other, language="en"
        )
    create_mailbox(by=DESK, address=own, name="Support", language="en", source="listener")
    notices.set_notice_choices(contact, {choice.name: True for choice in NOTICE_TYPES}, by=DESK)


def work() -> int:
    """Run what waits, and what that brings about, as the worker does; how many jobs."""
    done, ready = 0, ProcrastinateJob.objects.filter(status="todo", scheduled_at=None)
    queues = worker._queues("worker")
    while waiting := ready.filter(queue_name__in=queues).count():
        done += waiting
        with worker_app() as app:
            app.run_worker(
                queues=queues,
                wait=False,
                install_signal_handlers=False,
                listen_notify=False,
                delete_jobs="successful",
            )
    return done


def tick() -> None:
    """Run what the house runs from time to time."""
    at = int(clock.now().timestamp())
    for one in configured.periodic_registry.periodic_tasks.values():
        if not inspect.iscoroutinefunction(one.task.func):
            one.task.func(timestamp=at)


def write(other: str, text: str) -> None:
    """Somebody at the desk writes to the other one, on the newest ticket that it has."""
    ticket = _newest(other)
    messages.write_to_customer(ticket, text, by=agent_of(ticket.owner))


def end(other: str) -> None:
    """Somebody resolves that ticket and closes it, of which the other desk wants to hear."""
    lifecycle.resolve_ticket(_newest(other), by=DESK)
    lifecycle.close_ticket(_newest(other), by=DESK)


def _newest(other: str) -> Ticket:
    return Ticket.objects.filter(contact__email=other).latest("pk")


def seen() -> Mapping[str, object]:
    """What became of each mail, what was said by mail, and which breakers hold something back."""
    mails = IncomingMail.objects.order_by("pk")
    heard = Message.objects.filter(incoming__isnull=False).order_by("pk")
    now = clock.now()
    return {
        "outcomes": list(mails.values_list("outcome", flat=True)),
        "heard": list(heard.values_list("ticket__subject", "body")),
        "tickets": Ticket.objects.count(),
        "breakers": [one.kind for one in incoming_mail.breakers() if one.until > now],
        "mailboxes": Mailbox.objects.count(),
    }


ACTS: Mapping[str, Callable[..., object]] = {
    act.__name__: act for act in (set_up, work, tick, write, end, seen)
}


def follow(told: Any, answers: Any) -> None:
    """Do as the lines say, until there are no more."""
    try:
        for line in told:
            name, given = json.loads(line)
            print(json.dumps(ACTS[name](**given)), file=answers, flush=True)
    finally:
        connections.close_all()
        os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    autodiscover_modules("jobs")
    answers, sys.stdout = sys.stdout, sys.stderr
    threading.Thread(target=follow, args=(sys.stdin, answers), daemon=True).start()
    asyncio.run(gateway.listen())


if __name__ == "__main__":
    main()
