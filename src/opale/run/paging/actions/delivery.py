"""Delivery of pages by telephone, chat and browser, a job each; every result is recorded.

Source: docs/rules/paging.md, "Leaving".
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

import msgspec
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override
from procrastinate.contrib.django import app

from opale.kernel import clock, live_topics
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.locks import take_locks
from opale.messaging.actions.outgoing import queue_mail
from opale.messaging.domain.channel_delivery import DeliveryRefused, deliver_message
from opale.messaging.models import OutgoingMail
from opale.messaging.states import MailState
from opale.run.paging.actions.address_encryption import decrypt_address, encrypt_address
from opale.run.paging.actions.dispatch import SEND_JOB
from opale.run.paging.actions.mobilisations import TIMERS
from opale.run.paging.actions.verification_codes import verification_code
from opale.run.paging.actions.web_push import Subscription, generate_push_key, send_push
from opale.run.paging.models import ContactMethod, Mobilisation, Page, PageQuerySet, PushKey
from opale.run.paging.queries.page_texts import page_text
from opale.run.paging.states import UNANSWERED, PageState

SENDER: Final = system("pages")
CLAIM_TIME: Final = timedelta(minutes=1)
RETRY_DELAYS: Final = tuple(timedelta(seconds=s) for s in (5, 15, 30, 60))
"""Pauses before each new attempt; after the last the page has failed."""
ORIGIN: Final = "paging.page:"
AT_ONCE: Final = 500
MOST_FOR_PERSON: Final = 2
MOST_BY_GATEWAY: Final = 4
"""Messages under way at the same time: receivers that are slow leave senders to the others."""
Kind = ContactMethod.Kind


def send_page(page_id: int) -> None:
    """Make one attempt, outside any transaction. Idempotent; sends nothing once answered."""
    page = _claim(page_id)
    if page is None or page.method is None:
        return
    others = Mobilisation.objects.filter(pages__within=page).exclude(pk=page.mobilisation_id)
    words = page_text(page, list(others.distinct()))
    try:
        answer = send_by_method(page.method, words.short, words.body, words.url)
    except InvalidToken:
        _note_failed([page], "The secret key of Opale was replaced: add the contact again.")
    except DeliveryRefused as refusal:
        if refusal.final or page.attempts > len(RETRY_DELAYS):
            _note_failed([page], str(refusal))
        else:
            _again(page, str(refusal))
    else:
        _note_sent([page], answer)
    _wake_next(page.method)


def send_contact_message(method: ContactMethod, kind: str) -> None:
    """Send a verification code (`code`) or a test (`trial`), and keep the answer."""
    with override(method.person.reading_language):
        code = verification_code(method)
        said = (
            _("%(code)s is your Opale on-call verification code.") % {"code": code}
            if kind == "code"
            else _("This is a test page.")
        )
        title = "Opale"
    url = settings.BASE_URL + "/paging/contacts/"
    try:
        answer = send_by_method(method, title, said, url)
    except (DeliveryRefused, InvalidToken) as refusal:
        answer = f"{type(refusal).__name__}: {refusal}"
    with attributed(SENDER):
        ContactMethod.objects.filter(pk=method.pk).update(
            told_at=clock.now(), told_answer=answer[:500]
        )
        live_topics.publish(f"paging.contacts:{method.person_id}")


def update_sent_mails() -> int:
    """Record what the outbox knows of mailed pages; return how many were settled."""
    leaving = Page.objects.filter(state=PageState.LEAVING, within=None)
    found = list(
        leaving.filter(Q(method=None) | Q(method__kind=Kind.MAIL)).order_by("left_at")[:AT_ONCE]
    )
    if not found:
        return 0
    origins = {f"{ORIGIN}{page.pk}": page for page in found}
    settled = 0
    for mail in OutgoingMail.objects.filter(origin__in=origins):
        page = origins[mail.origin]
        # A complaint proves receipt; any other return means that nobody was woken.
        missed = [one.answer for one in mail.returns if not one.is_complaint]
        if mail.state == MailState.FAILED or missed:
            _note_failed([page], mail.last_error or "; ".join(missed))
            settled += 1
        elif mail.state == MailState.SENT:
            _note_sent([page], "")
            settled += 1
    return settled


def get_push_key() -> PushKey:
    """Return the push keys of this installation, made at first use."""
    found = PushKey.objects.order_by("pk").first()
    if found is None:
        private, public = generate_push_key()
        found, _made = PushKey.objects.get_or_create(
            pk=1, defaults={"private": encrypt_address(private), "public": public}
        )
    return found


def mail_contact_message(method: ContactMethod, kind: str) -> None:
    """Mail a code or test through the outbox, inside the caller's transaction."""
    with override(method.person.reading_language):
        code = verification_code(method)
        said = (
            _("%(code)s is your Opale on-call verification code.") % {"code": code}
            if kind == "code"
            else _("This is a test page.")
        )
        queue_mail(
            by=SENDER,
            origin=f"paging.method:{method.pk}",
            to=[decrypt_address(method.address)],
            subject=said,
            body=said,
            language=method.person.reading_language,
            automatic=True,
            urgent=True,
        )


def send_by_method(method: ContactMethod, title: str, body: str, url: str) -> str:
    """Send a message to a device or a chat, and return what it answers. Errors: DeliveryRefused."""
    address = decrypt_address(method.address)
    if method.kind == Kind.PUSH:
        key = get_push_key()
        return send_push(
            msgspec.json.decode(address, type=Subscription),
            {"title": title, "body": body, "url": url},
            private=decrypt_address(key.private),
            public=key.public,
            contact=settings.BASE_URL,
        )
    if method.gateway is not None:
        address = decrypt_address(method.gateway.template).replace("{to}", quote(address, safe="+"))
        body = f"{title}\n{url}"
        title = ""
    return deliver_message(address, title, body)


def _claim(page_id: int) -> Page | None:
    now = clock.now()
    with transaction.atomic(durable=True):
        rows = Page.objects.filter(pk=page_id, state=PageState.LEAVING)
        page = rows.select_related(
            "mobilisation", "person__user", "person__company", "method__gateway"
        ).first()
        if page is None:
            return None
        if page.mobilisation.state not in UNANSWERED:
            rows.update(state=PageState.DROPPED)
            return None
        free = rows.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
        if page.method is not None and _is_busy(page, page.method, now):
            # Sent when one before it is over, or looked at again.
            _defer(page_id, after=CLAIM_TIME)
            return None
        if not free.update(claimed_until=now + CLAIM_TIME, attempts=F("attempts") + 1):
            _defer(page_id, after=CLAIM_TIME)
            return None
        page.attempts += 1
    return page


def _is_busy(page: Page, method: ContactMethod, now: datetime) -> bool:
    """Return whether as many messages as are allowed are under way to the receiver of a page."""
    if method.gateway_id:
        name, most = f"paging.gateway:{method.gateway_id}", MOST_BY_GATEWAY
    else:
        name, most = f"paging.person:{method.person_id}", MOST_FOR_PERSON
    take_locks(name)
    under_way = _pages_to(method).filter(claimed_until__gt=now).exclude(pk=page.pk)
    return under_way.count() >= most


def _wake_next(method: ContactMethod) -> None:
    """Send the next pages that wait for the same receiver."""
    waiting = _pages_to(method).filter(
        within=None, claimed_until=None, attempts=0, mobilisation__state__in=UNANSWERED
    )
    # More than one: whatever ends at the same moment wakes the same ones.
    found = waiting.order_by("left_at", "pk").values_list("pk", flat=True)
    for page_id in found[:MOST_FOR_PERSON]:
        _defer(page_id, after=timedelta())


def _pages_to(method: ContactMethod) -> PageQuerySet:
    """Return the pages that leave by the same gateway, or to the same person in another way."""
    leaving = Page.objects.filter(state=PageState.LEAVING).exclude(method__kind=Kind.MAIL)
    if method.gateway_id:
        return leaving.filter(method__gateway=method.gateway_id)
    return leaving.filter(method__gateway=None, method__person=method.person_id)


def _again(page: Page, answer: str) -> None:
    with attributed(SENDER):
        Page.objects.filter(pk=page.pk).update(claimed_until=None, answer=answer[:2000])
        _defer(page.pk, after=RETRY_DELAYS[page.attempts - 1])


def _defer(page_id: int, *, after: timedelta) -> None:
    schedule = {"seconds": int(after.total_seconds())}
    app.configure_task(SEND_JOB, schedule_in=schedule).defer(page_id=page_id)


def _note_sent(pages: Sequence[Page], answer: str) -> None:
    _note(pages, PageState.SENT, answer, sent_at=clock.now())


def _note_failed(pages: Sequence[Page], answer: str) -> None:
    """Record pages as failed; where none of a step was sent, begin the next step now."""
    with attributed(SENDER):
        _note(pages, PageState.FAILED, answer, sent_at=None)
        for page in pages:
            _hasten(page, clock.now())


def _note(
    pages: Sequence[Page], state: PageState, answer: str, *, sent_at: datetime | None
) -> None:
    keys = [page.pk for page in pages]
    with attributed(SENDER):
        rows = Page.objects.filter(Q(pk__in=keys) | Q(within__in=keys), state=PageState.LEAVING)
        rows.update(state=state, sent_at=sent_at, claimed_until=None, answer=answer[:2000])
        live_topics.publish(*{f"paging.mobilisation:{page.mobilisation_id}" for page in pages})


def _hasten(page: Page, at: datetime) -> None:
    held = Mobilisation.objects.select_for_update(of=("self",)).get(pk=page.mobilisation_id)
    if held.state not in UNANSWERED or page.step == 0 or held.next_at is None or held.next_at <= at:
        return
    same = Page.objects.filter(mobilisation=held, round=page.round)
    if same.filter(step=page.step).exclude(state=PageState.FAILED).exists():
        return
    if same.filter(step__gt=page.step).exists():
        return
    held.next_at = at
    held.save(update_fields=["next_at"])
    TIMERS.set([at], at=at)
