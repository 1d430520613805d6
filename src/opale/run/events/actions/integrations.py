"""Actions on integrations, their keys and their rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.run.events.domain.integration_keys import PREFIX_LENGTH, generate_key
from opale.run.events.domain.label_mapping import DEFAULT_LABEL_MAPPING, LabelMapping
from opale.run.events.models import Integration, IntegrationKey, QualificationRule
from opale.run.events.ports.tools import all_tools
from opale.run.events.queries.alerts import digest_of_key
from opale.run.events.rights import ADMINISTER
from opale.run.events.states import Severity

OVERLAP: Final = timedelta(days=7)
MAX_LABELS: Final = 30
MAX_EVENTS_PER_MINUTE: Final = 1_000_000
DEFAULT_LABELS: Final = {
    "item_labels": DEFAULT_LABEL_MAPPING.items,
    "service_labels": DEFAULT_LABEL_MAPPING.services,
    "customer_labels": DEFAULT_LABEL_MAPPING.customers,
    "site_labels": DEFAULT_LABEL_MAPPING.sites,
}


def create_integration(
    *,
    name: str,
    format: str,  # noqa: A002  # as the model names it
    by: Actor,
) -> tuple[Integration, str]:
    """Create an integration; return it with its key, which is shown this once.

    Errors: NotAllowed, Invalid(name, format).
    """
    _administering(by)
    if format not in all_tools():
        raise Invalid(format=_("No connector reads this format."))
    with attributed(by):
        integration = Integration(format=format, name=_free_name(name))
        integration.save(force_insert=True)
        key = _new_key(integration)
        _touch(integration)
    return integration, key


def edit_integration(
    integration: Integration, *, name: str | None = None, active: bool | None = None, by: Actor
) -> None:
    """Rename, enable or disable an integration. Errors: NotAllowed, Invalid(name)."""
    _administering(by)
    with attributed(by):
        held = Integration.objects.select_for_update().get(pk=integration.pk)
        if name is not None and name != held.name:
            held.name = _free_name(name)
        if active is not None:
            held.active = active
        held.save(update_fields=["name", "active"])
        _touch(held)


def set_rate_limit(integration: Integration, events_per_minute: int | None, *, by: Actor) -> None:
    """Set how many events each key may bring in a minute; None for no limit.

    It holds for what is received from some seconds later on.
    Errors: NotAllowed, Invalid(events_per_minute).
    """
    _administering(by)
    if events_per_minute is not None and not 0 < events_per_minute <= MAX_EVENTS_PER_MINUTE:
        raise Invalid(
            events_per_minute=_(
                "Enter a number between 1 and 1,000,000, or leave empty for no limit."
            )
        )
    with attributed(by):
        held = Integration.objects.select_for_update().get(pk=integration.pk)
        held.events_per_minute = events_per_minute
        held.save(update_fields=["events_per_minute"])
        _touch(held)


def set_label_mapping(integration: Integration, naming: LabelMapping, *, by: Actor) -> None:
    """Set which labels of its events name what they are about, in order of precedence.

    It holds for what is received from some seconds later on.
    Errors: NotAllowed, Invalid(item_labels, service_labels, customer_labels, site_labels).
    """
    _administering(by)
    labels = {
        "item_labels": naming.items,
        "service_labels": naming.services,
        "customer_labels": naming.customers,
        "site_labels": naming.sites,
    }
    if wrong := {name: fault for name, found in labels.items() if (fault := _label_fault(found))}:
        raise Invalid(**wrong)
    with attributed(by):
        held = Integration.objects.select_for_update().get(pk=integration.pk)
        for name, found in labels.items():
            usual = found == DEFAULT_LABELS[name]
            setattr(held, name, None if usual else list(found))
        held.save(update_fields=list(labels))
        _touch(held)


def set_parser_settings(
    integration: Integration, settings: Mapping[str, str], *, by: Actor
) -> None:
    """Set how its deliveries are read. It holds for what is received from some seconds later on.

    Errors: NotAllowed, Invalid (by the names of the settings).
    """
    _administering(by)
    tool = all_tools()[integration.format]
    told = {s.name: settings.get(s.name, s.default).strip() for s in tool.settings}
    if faults := tool.faults(told):
        raise Invalid(**faults)
    with attributed(by):
        held = Integration.objects.select_for_update().get(pk=integration.pk)
        held.settings = {s.name: told[s.name] for s in tool.settings if told[s.name] != s.default}
        held.save(update_fields=["settings"])
        _touch(held)


def add_key(
    integration: Integration, *, by: Actor, at: datetime, overlap: timedelta = OVERLAP
) -> str:
    """Add a key and return it, shown this once; older ones end after `overlap`.

    Errors: NotAllowed.
    """
    _administering(by)
    with attributed(by):
        ends = at + overlap
        older = IntegrationKey.objects.filter(integration=integration)
        older.filter(expires_at=None).update(expires_at=ends)
        older.filter(expires_at__gt=ends).update(expires_at=ends)
        key = _new_key(integration)
        _touch(integration)
    return key


def expire_key(key: IntegrationKey, *, by: Actor, at: datetime) -> None:
    """End a key now: deliveries under it are refused within seconds. Errors: NotAllowed."""
    _administering(by)
    with attributed(by):
        IntegrationKey.objects.filter(pk=key.pk).update(expires_at=at)
        _touch(key.integration)


def add_rule(
    integration: Integration,
    *,
    name: str,
    minimum_severity: Severity,
    open_for: timedelta,
    by: Actor,
) -> QualificationRule:
    """Add a rule by which alerts become incidents. Errors: NotAllowed, Invalid(name, open_for)."""
    _administering(by)
    _check_rule(integration, name, open_for)
    with attributed(by):
        rule = QualificationRule(
            integration=integration,
            name=name.strip(),
            minimum_severity=minimum_severity,
            open_for=open_for,
        )
        rule.save(force_insert=True)
        _touch(integration)
    return rule


def remove_rule(rule: QualificationRule, *, by: Actor) -> None:
    """Remove a rule. Errors: NotAllowed."""
    _administering(by)
    with attributed(by):
        QualificationRule.objects.filter(pk=rule.pk).delete()
        _touch(rule.integration)


def _administering(by: Actor) -> None:
    if not by.can(ADMINISTER):
        raise NotAllowed


def _free_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > 100:
        raise Invalid(name=_("A name has between 1 and 100 characters."))
    if Integration.objects.filter(name=name).exists():
        raise Invalid(name=_("Another integration has this name."))
    return name


def _label_fault(labels: Sequence[str]) -> str:
    if len(labels) > MAX_LABELS:
        return _("At most %(most)s labels.") % {"most": MAX_LABELS}
    if any(not 0 < len(label) <= 100 for label in labels):
        return _("The name of a label has between 1 and 100 characters.")
    return _("Enter each label only once.") if len(set(labels)) < len(labels) else ""


def _check_rule(integration: Integration, name: str, open_for: timedelta) -> None:
    others = QualificationRule.objects.filter(integration=integration)
    if not name.strip() or len(name) > 100:
        raise Invalid(name=_("A name has between 1 and 100 characters."))
    if others.filter(name=name.strip()).exists():
        raise Invalid(name=_("Another rule of this integration has this name."))
    if not timedelta() <= open_for <= timedelta(days=7):
        raise Invalid(open_for=_("Enter a duration between 0 seconds and 7 days."))


def _new_key(integration: Integration) -> str:
    key = generate_key()
    IntegrationKey.objects.create(
        integration=integration, prefix=key[:PREFIX_LENGTH], digest=digest_of_key(key)
    )
    return key


def _touch(integration: Integration) -> None:
    live_topics.publish(
        "events.integrations", f"events.integration:{integration.pk}", "events.rules"
    )
