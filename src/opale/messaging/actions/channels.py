"""Channels: set up by an administrator; messages are stored first and retried until accepted.

Source: docs/rules/channels.md.
"""

from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.encryption import decrypt, encrypt
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.locks import take_locks
from opale.kernel.states import perform, record_moves
from opale.messaging import rights
from opale.messaging.actions.mailboxes import PURPOSE
from opale.messaging.domain.channel_delivery import DeliveryRefused, channel_scheme, deliver_message
from opale.messaging.models import Channel, ChannelMessage, ChannelMessageQuerySet
from opale.messaging.states import GIVE_UP, HAND_OVER, RETRY, MailState

CHANNEL_JOB = "messaging.send_to_channel"
CHANNELS = "messaging.channels"
"""The live topic of the list and of each channel."""
CHANNEL_SENDER = system("channels")
CHANNEL_CLAIM = timedelta(minutes=2)
CHANNEL_WAITS = tuple(timedelta(minutes=m) for m in (0.25, 1, 2, 5, 10, 20, 40))
"""Pauses before each new attempt: a channel's message is worthless hours later."""
MAX_CONCURRENT_MESSAGES = 2
"""Attempts at one channel at the same time: a slow one leaves senders to the others."""
CHANNEL_OVERDUE = timedelta(minutes=10)
KEPT_FOR = timedelta(days=30)
AT_ONCE = 1000


def create_channel(*, by: Actor, name: str, address: str) -> Channel:
    """Create a channel. Errors: NotAllowed, Invalid, Conflict (the name is taken)."""
    _refuse(by)
    fields = _checked(name=name, address=address)
    with attributed(by):
        try:
            with transaction.atomic():
                made = Channel.objects.create(**fields)
        except IntegrityError:
            raise Conflict(_("A channel with this name already exists.")) from None
        live_topics.publish(CHANNELS)
    return made


def edit_channel(
    channel: Channel,
    *,
    by: Actor,
    name: str | None = None,
    address: str = "",
    is_on: bool | None = None,
) -> None:
    """Change the named fields; an address that is "" is left unchanged.

    Errors: NotFound, NotAllowed, Invalid, Conflict.
    """
    _refuse(by)
    fields = _checked(name=channel.name if name is None else name, address=address)
    if is_on is not None:
        fields["is_on"] = is_on
    with attributed(by):
        held = _held(channel, by)
        try:
            with transaction.atomic():
                Channel.objects.filter(pk=held.pk).update(**fields)
        except IntegrityError:
            raise Conflict(_("A channel with this name already exists.")) from None
        live_topics.publish(CHANNELS)


def switch_channel(channel: Channel, *, by: Actor) -> bool:
    """Switch a channel off, or on again; return whether it is on. Errors: NotFound, NotAllowed."""
    is_on = not channel.is_on
    edit_channel(channel, by=by, is_on=is_on)
    return is_on


def delete_channel(channel: Channel, *, by: Actor) -> None:
    """Delete a channel and the record of its messages. Errors: NotFound, NotAllowed."""
    _refuse(by)
    with attributed(by):
        _held(channel, by).delete()
        live_topics.publish(CHANNELS)


def try_channel(channel: Channel, *, by: Actor) -> ChannelMessage:
    """Send a test message, which keeps the answer. Errors: NotFound, NotAllowed."""
    _refuse(by)
    with attributed(by):
        held = _held(channel, by)
        said = _("%(name)s sent this test from Opale.") % {"name": by.name}
        return _queue(held, "messaging.test", _("Test from Opale"), said, "", by=by)


def queue_channel_message(
    channel: Channel, *, by: Actor, origin: str, title: str, body: str, key: str
) -> ChannelMessage | None:
    """Put a message into the outbox, inside the transaction that decides it.

    None where the same message was sent (`key`) or the channel is off.
    """
    with attributed(by):
        if not channel.is_on or ChannelMessage.objects.filter(key=key).exists():
            return None
        return _queue(channel, origin, title, body, key, by=by)


def send_to_channel(message_id: int) -> None:
    """Make one attempt, outside any transaction. Idempotent."""
    message = _claim(message_id)
    if message is None:
        return
    try:
        address = decrypt(message.channel.address, purpose=PURPOSE)
        answer = deliver_message(address, message.title, message.body)
    except InvalidToken:
        _record_refusal(message, DeliveryRefused(_UNREADABLE, final=True))
    except DeliveryRefused as refusal:
        _record_refusal(message, refusal)
    else:
        now = clock.now()
        rows = ChannelMessage.objects.filter(pk=message.pk)
        done = {"sent_at": now, "claimed_until": None, "answer": answer[:2000]}
        with attributed(CHANNEL_SENDER):
            perform(HAND_OVER, rows, by=CHANNEL_SENDER, at=now, **done)
            live_topics.publish(CHANNELS)
    _wake_next(message.channel)


_UNREADABLE = "The secret key of Opale was replaced: write the address of the channel again."


def retry_channel_message(message: ChannelMessage, *, by: Actor) -> None:
    """Send again a message that was given up. Errors: NotFound, NotAllowed, IllegalMove."""
    now = clock.now()
    with attributed(by):
        rows = ChannelMessage.objects.visible_to(by).filter(pk=message.pk)
        perform(RETRY, rows, by=by, at=now, attempts=0, next_attempt_at=now, claimed_until=None)
        _defer(message.pk)
        live_topics.publish(CHANNELS)


def wake_overdue_channel_messages() -> int:
    """Queue overdue messages again, and delete old ones."""
    now = clock.now()
    queued = ChannelMessage.objects.filter(state=MailState.QUEUED)
    overdue = queued.filter(next_attempt_at__lt=now - CHANNEL_OVERDUE).order_by("next_attempt_at")
    with transaction.atomic():
        rows = overdue.select_for_update(skip_locked=True)
        found = list(rows.values_list("pk", flat=True)[:AT_ONCE])
        ChannelMessage.objects.filter(pk__in=found).update(next_attempt_at=now)
        for message_id in found:
            _defer(message_id)
    old = ChannelMessage.objects.filter(created_at__lt=now - KEPT_FOR).order_by("pk")
    old.filter(pk__in=list(old.values_list("pk", flat=True)[:AT_ONCE])).delete()
    return len(found)


def _refuse(by: Actor) -> None:
    if not by.can(rights.MAILBOXES):
        raise NotAllowed


def _checked(*, name: str, address: str) -> dict[str, object]:
    """Return the columns to write. Errors: Invalid."""
    name, address = " ".join(name.split()), address.strip()
    wrong: dict[str, str] = {}
    if not 0 < len(name) <= 100:
        wrong["name"] = _("Enter a name for the destination.")
    if address and not channel_scheme(address):
        wrong["address"] = _(
            "Opale does not support this kind of address: see the list of supported services."
        )
    if wrong:
        raise Invalid(**wrong)
    if not address:
        return {"name": name}
    return {
        "name": name,
        "address": encrypt(address, purpose=PURPOSE),
        "scheme": channel_scheme(address),
    }


def _held(channel: Channel, by: Actor) -> Channel:
    rows = Channel.objects.visible_to(by).filter(pk=channel.pk)
    found = rows.select_for_update(of=("self",)).first()
    if found is None:
        raise NotFound
    return found


def _queue(
    channel: Channel, origin: str, title: str, body: str, key: str, *, by: Actor
) -> ChannelMessage:
    now = clock.now()
    message = ChannelMessage.objects.create(
        channel=channel,
        key=key,
        origin=origin,
        title=" ".join(title.split())[:300],
        body=body,
        created_at=now,
        next_attempt_at=now,
    )
    record_moves(ChannelMessage, "queue", {message.pk: ""}, MailState.QUEUED, by=by, at=now)
    _defer(message.pk)
    live_topics.publish(CHANNELS)
    return message


def _defer(message_id: int, *, after: timedelta = timedelta()) -> None:
    schedule = {"seconds": int(after.total_seconds())} if after else None
    app.configure_task(CHANNEL_JOB, schedule_in=schedule).defer(message_id=message_id)


def _claim(message_id: int) -> ChannelMessage | None:
    """Claim a message for one attempt; durable, so never inside another transaction."""
    now = clock.now()
    with transaction.atomic(durable=True):
        queued = ChannelMessage.objects.filter(pk=message_id, state=MailState.QUEUED)
        message = queued.select_related("channel").first()
        if message is None:
            return None
        take_locks(f"messaging.channel:{message.channel_id}")
        under_way = _to(message.channel).filter(claimed_until__gt=now).exclude(pk=message.pk)
        if under_way.count() >= MAX_CONCURRENT_MESSAGES:
            # Those under way send it when one of them is over.
            return None
        free = queued.filter(Q(claimed_until=None) | Q(claimed_until__lte=now))
        if not free.update(claimed_until=now + CHANNEL_CLAIM, attempts=F("attempts") + 1):
            _defer(message_id, after=CHANNEL_CLAIM)
            return None
    message.attempts += 1
    return message


def _wake_next(channel: Channel) -> None:
    """Send the next messages that wait for the same channel."""
    now = clock.now()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    due = _to(channel).filter(free, next_attempt_at__lte=now)
    # More than one: whatever ends at the same moment wakes the same ones.
    found = due.order_by("next_attempt_at", "pk").values_list("pk", flat=True)
    for message_id in found[:MAX_CONCURRENT_MESSAGES]:
        _defer(message_id)


def _to(channel: Channel) -> ChannelMessageQuerySet:
    """Return the messages that wait for a channel, and those under way to it."""
    return ChannelMessage.objects.filter(channel=channel, state=MailState.QUEUED)


def _record_refusal(message: ChannelMessage, refusal: DeliveryRefused) -> None:
    now, answer = clock.now(), str(refusal)[:2000]
    rows = ChannelMessage.objects.filter(pk=message.pk)
    with attributed(CHANNEL_SENDER):
        if refusal.final or message.attempts > len(CHANNEL_WAITS) or not message.key:
            # A test is tried once: whoever sent it reads the answer.
            done = {"claimed_until": None, "answer": answer}
            perform(GIVE_UP, rows, by=CHANNEL_SENDER, at=now, **done)
        else:
            wait = CHANNEL_WAITS[message.attempts - 1]
            rows.filter(state=MailState.QUEUED).update(
                answer=answer, claimed_until=None, next_attempt_at=now + wait
            )
            _defer(message.pk, after=wait)
        live_topics.publish(CHANNELS)
