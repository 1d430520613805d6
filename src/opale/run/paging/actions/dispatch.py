"""Dispatch of pages: by mail through the outbox, by telephone, chat and browser by a job each.

Pages due for one contact at the same time become one message ("and 7 more"), as do those held back
by the contact's rate limit. Source: docs/rules/paging.md, "Leaving".
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from procrastinate.contrib.django import app

from opale.kernel import live_topics, locks
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.messaging.actions.outgoing import queue_mail
from opale.run.paging.actions.address_encryption import decrypt_address
from opale.run.paging.actions.mobilisations import TIMERS
from opale.run.paging.models import ContactMethod, Mobilisation, Page
from opale.run.paging.queries.contact_routes import OWN_MAIL
from opale.run.paging.queries.page_texts import page_text
from opale.run.paging.states import UNANSWERED, PageState

SEND_JOB: Final = "paging.send_page"
AT_ONCE: Final = 500
WINDOW: Final = timedelta(minutes=15)
MAX_PAGES_PER_WINDOW: Final[Mapping[str, int]] = {
    "mail": 10,
    "gateway": 5,
    "channel": 10,
    "push": 10,
}
"""Messages to one contact in a window; the rest waits and becomes one message."""
Kind = ContactMethod.Kind


def send_due_pages(*, by: Actor, at: datetime, lock: str) -> int:
    """Dispatch due pages in order; return how many, with those bundled."""
    with attributed(by):
        locks.take_locks(lock)
        due = Page.objects.filter(state=PageState.DUE, not_before__lte=at)
        rows = list(
            due.select_for_update(of=("self",))
            .select_related("mobilisation", "person__user", "person__company", "method")
            .order_by("due_at", "pk")[:AT_ONCE]
        )
        contacts: dict[str, list[Page]] = defaultdict(list)
        for page in rows:
            if page.mobilisation.state not in UNANSWERED:
                page.state = PageState.DROPPED
            else:
                contacts[page.contact_key].append(page)
        free = _free(contacts, at)
        for key, pages in contacts.items():
            if wait := free[key]:
                for page in pages:
                    page.not_before = wait
            else:
                _leave(pages, by=by, at=at)
        written = ["state", "left_at", "within", "not_before"]
        Page.objects.bulk_update(rows, written)
        TIMERS.set({wait for wait in free.values() if wait}, at=at)
        live_topics.publish(*{f"paging.mobilisation:{page.mobilisation_id}" for page in rows})
    return sum(page.state == PageState.LEAVING for page in rows)


def address_of_page(page: Page) -> str:
    """Return where a page goes: the method's address, or the one in the organisation."""
    if page.contact_key.startswith(OWN_MAIL):
        return page.person.email
    return decrypt_address(page.method.address) if page.method else ""


def _free(contacts: Mapping[str, Sequence[Page]], at: datetime) -> dict[str, datetime | None]:
    """Return for each contact when it takes another message; None for now."""
    left: dict[str, list[datetime]] = defaultdict(list)
    recent = Page.objects.filter(contact_key__in=contacts, left_at__gt=at - WINDOW, within=None)
    for page in recent.order_by("left_at").only("contact_key", "left_at"):
        if page.left_at is not None:
            left[page.contact_key].append(page.left_at)
    found: dict[str, datetime | None] = {}
    for key, pages in contacts.items():
        most = MAX_PAGES_PER_WINDOW[_kind(pages[0])]
        full = len(left[key]) >= most
        found[key] = left[key][-most] + WINDOW if full else None
    return found


def _kind(page: Page) -> str:
    return page.method.kind if page.method else Kind.MAIL


def _leave(pages: Sequence[Page], *, by: Actor, at: datetime) -> None:
    """Send one message to one contact: about the worst page, with all others beside it."""
    lead = min(pages, key=_badness)
    others: dict[int, Mobilisation] = {}
    for page in pages:
        page.state, page.left_at = PageState.LEAVING, at
        if page is not lead:
            page.within = lead
            others[page.mobilisation_id] = page.mobilisation
    others.pop(lead.mobilisation_id, None)
    if _kind(lead) == Kind.MAIL:
        words = page_text(lead, list(others.values()))
        queue_mail(
            by=by,
            origin=f"paging.page:{lead.pk}",
            to=[address_of_page(lead)],
            subject=words.short,
            body=words.body,
            language=words.language,
            automatic=True,
            urgent=True,
        )
    else:
        app.configure_task(SEND_JOB).defer(page_id=lead.pk)


def _badness(page: Page) -> tuple[bool, int, int, datetime]:
    about = page.mobilisation
    return not about.urgent, -about.severity, about.priority or 9, page.due_at
