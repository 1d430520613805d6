"""Create, edit, pause, test and delete webhooks."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.isolation import as_application
from opale.webhooks import ports, queries, rights
from opale.webhooks.actions.deliveries import publish, queue, require_use
from opale.webhooks.domain import http_post, signing
from opale.webhooks.models import Delivery, Webhook, WebhooksQuerySet
from opale.webhooks.ports import Event, EventContent

OVERLAP = timedelta(hours=24)
MOST = 20
"""Webhooks of one login."""


def create_webhook(
    *, by: Actor, name: str, url: str, events: Collection[str], customer_id: int | None = None
) -> tuple[Webhook, str]:
    """Make a webhook of the actor's own; return it with the secret, shown only once.

    Errors: NotAllowed, Invalid, Conflict (too many), Unavailable (other addresses are checked).
    """
    if by.user_id is None or not by.can(rights.USE):
        raise NotAllowed
    allowed = queries.events_for(by)
    fields = _checked(allowed, name=name, url=url, events=events)
    if customer_id is not None and not _is_narrowed(allowed, fields["events"], customer_id, by):
        raise Invalid(
            customer_id=_("This customer does not exist, or you don't have access to it.")
        )
    secret = signing.new_secret()
    with as_application(), attributed(by):
        if Webhook.objects.filter(owner_id=by.user_id).count() >= MOST:
            limit = {"limit": MOST}
            raise Conflict(_("A login has at most %(limit)s webhooks: delete one first.") % limit)
        webhook = Webhook.objects.create(
            owner_id=by.user_id,
            customer_id=customer_id,
            secret=signing.encrypt_secret(secret),
            created_by=by.name[:200],
            **fields,
        )
        publish(webhook)
    return webhook, secret


def edit_webhook(webhook: Webhook, *, by: Actor, paused: bool | None = None, **fields: Any) -> None:
    """Change `name`, `url` or `events`, pause or resume; the owner's rights apply, whoever does it.

    Errors: NotFound, NotAllowed, Invalid, Unavailable (other addresses are checked).
    """
    if fields:
        if by.token_id is not None and "url" in fields:
            _refuse_wider_than_token(webhook, by)
        holder = queries.rights_holder_of(webhook, seen_by=by)
        fields = _checked(queries.events_for(holder), **fields)
        with as_application(), attributed(by):
            if not _own(webhook, by).update(**fields):
                raise NotFound
            publish(webhook)
    if paused is not None:
        (pause_webhook if paused else resume_webhook)(webhook, by=by)


def delete_webhook(webhook: Webhook, *, by: Actor) -> None:
    """Delete a webhook with its deliveries. Errors: NotFound, NotAllowed."""
    with as_application(), attributed(by):
        _locked(webhook, by).delete()
        publish(webhook)


def pause_webhook(webhook: Webhook, *, by: Actor) -> None:
    """Pause a webhook: events meanwhile are stored for a replay. Errors: NotFound, NotAllowed."""
    with as_application(), attributed(by):
        set_pause(_locked(webhook, by), Webhook.Pause.ASKED)


def resume_webhook(webhook: Webhook, *, by: Actor) -> None:
    """Resume a webhook, with its failures reset. Errors: NotFound, NotAllowed."""
    with as_application(), attributed(by):
        locked = _locked(webhook, by)
        locked.pause, locked.paused_at, locked.failing_since = "", None, None
        locked.save(update_fields=["pause", "paused_at", "failing_since"])
        publish(webhook)


def rotate_secret(webhook: Webhook, *, by: Actor) -> str:
    """Return a new secret, shown only once; the old one signs beside it for OVERLAP.

    Errors: NotFound, NotAllowed.
    """
    if by.token_id is not None:
        _refuse_wider_than_token(webhook, by)
    secret = signing.new_secret()
    with as_application(), attributed(by):
        locked = _locked(webhook, by)
        locked.previous_secret, locked.secret = locked.secret, signing.encrypt_secret(secret)
        locked.previous_until = clock.now() + OVERLAP
        locked.save(update_fields=["previous_secret", "secret", "previous_until"])
        publish(webhook)
    return secret


def ping_webhook(webhook: Webhook, *, by: Actor) -> Delivery:
    """Send an event without content, to test the receiver. Errors: NotFound, NotAllowed."""
    with as_application(), attributed(by):
        locked = _locked(webhook, by)
        return queue(
            locked, queries.PING, EventContent({"webhook_id": locked.pk}, None), clock.now()
        )


def _is_narrowed(
    allowed: list[Event], events: Collection[str], customer_id: int, by: Actor
) -> bool:
    """Return whether there is this customer, and one of the events could be about it."""
    scopes = [by.scope(event.right) for event in allowed if event.name in events]
    reached = any(
        scope is not None and (not scope.customers or customer_id in scope.customers)
        for scope in scopes
    )
    with as_application():  # contacts see their own customer alone
        return reached and ports.customer_exists(customer_id)


def _refuse_wider_than_token(webhook: Webhook, by: Actor) -> None:
    """Refuse to lead events elsewhere, or to sign them, that the token's scopes leave out.

    Errors: NotAllowed.
    """
    if set(webhook.events) - {event.name for event in queries.events_for(by)}:
        raise NotAllowed


def _checked(allowed: list[Event], **fields: Any) -> dict[str, Any]:
    """Return the fields to write. Errors: Invalid."""
    wrong: dict[str, str] = {}
    if "name" in fields:
        fields["name"] = fields["name"].strip()
        if not 0 < len(fields["name"]) <= 100:
            wrong["name"] = _("Enter a name for the receiver.")
    if "url" in fields:
        fields["url"] = fields["url"].strip()
        if said := _wrong_with(fields["url"]):
            wrong["url"] = said
    if "events" in fields:
        fields["events"] = sorted(set(fields["events"]))
        known = {event.name for event in allowed}
        if unknown := sorted(set(fields["events"]) - known):
            wrong["events"] = _("You don't have permission for these events: %(names)s.") % {
                "names": ", ".join(unknown)
            }
        elif not fields["events"]:
            wrong["events"] = _("Choose at least one event.")
    if wrong:
        raise Invalid(**wrong)
    return fields


def _wrong_with(url: str) -> str:
    if len(url) > 500:
        return _("At most 500 characters.")
    try:
        http_post.check_address(url)
    except http_post.BadAddress:
        return _("Enter a full address starting with https:// or http://, without a password.")
    except http_post.UnknownName:
        return _("This host name cannot be resolved: check the spelling, or wait for its DNS.")
    except http_post.PrivateAddress:
        return _(
            "This address is on a private network. Enter a public one, or ask your administrator "
            "to allow private ones (OPALE_WEBHOOKS_ALLOW_PRIVATE)."
        )
    return ""


def _own(webhook: Webhook, by: Actor) -> WebhooksQuerySet[Webhook]:
    require_use(by)
    return Webhook.objects.visible_to(by).filter(pk=webhook.pk)


def _locked(webhook: Webhook, by: Actor) -> Webhook:
    found = _own(webhook, by).select_for_update().first()
    if found is None:
        raise NotFound
    return found


def set_pause(webhook: Webhook, why: Webhook.Pause) -> None:
    """Pause a webhook that is locked already."""
    webhook.pause, webhook.paused_at = why, clock.now()
    webhook.save(update_fields=["pause", "paused_at"])
    publish(webhook)
