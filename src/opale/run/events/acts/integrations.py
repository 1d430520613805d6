"""Acts of integrations: activity, test alerts, labels, limits, keys and qualification rules."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import HOME, Place, Subject, button, form, place, remove
from opale.kernel.actor import Actor
from opale.run.events.actions import integrations, sample_alerts
from opale.run.events.acts.alerts import ALERT
from opale.run.events.forms.integrations import (
    IntegrationForm,
    LabelMappingForm,
    QualificationRuleForm,
    RateLimitForm,
)
from opale.run.events.models import Integration, IntegrationKey, QualificationRule
from opale.run.events.queries import alerts as queries
from opale.run.events.queries.ingest_urls import ingest_url
from opale.run.events.rights import ADMINISTER
from opale.run.events.shapes.integrations import IntegrationOut, NewKeyOut, RuleOut


def place_of_integration(integration: Integration) -> Place:
    return reverse("events_integration", args=[integration.pk]), integration.name


def get_key(key_id: int, *, seen_by: Actor, integration: Integration) -> IntegrationKey:
    return queries.get_key(key_id, of=integration.pk, seen_by=seen_by)


def get_rule(rule_id: int, *, seen_by: Actor, integration: Integration) -> QualificationRule:
    return queries.get_rule(rule_id, of=integration.pk, seen_by=seen_by)


def toggle(integration: Integration, *, by: Actor) -> bool:
    """Hear an integration no more, or again; return whether it is heard."""
    active = not integration.active
    integrations.edit_integration(integration, active=active, by=by)
    return active


def new_key(integration: Integration, key: str) -> NewKeyOut:
    return NewKeyOut(integration_id=integration.pk, key=key, url=ingest_url(integration, key))


def create(*, by: Actor, **terms: str) -> NewKeyOut:
    """Create an integration, with its first key."""
    return new_key(*integrations.create_integration(by=by, **terms))


def add_key(integration: Integration, *, by: Actor, at: datetime) -> NewKeyOut:
    """Add a key; the former ones end after a while."""
    return new_key(integration, integrations.add_key(integration, by=by, at=at))


INTEGRATIONS: Subject[Integration] = Subject(
    name="integrations", page="events/integrations/", endpoint="/integrations",
    home=place("events_integrations", _("Integrations")),
)  # fmt: skip
INTEGRATION = Subject(
    name="integration", model=Integration, get=queries.get_integration, shape=IntegrationOut,
    page="events/integrations/<int:integration_id>/",
    endpoint="/integrations/{int:integration_id}", home=place_of_integration,
    region=HOME,
)  # fmt: skip
KEY = Subject(
    name="key", model=IntegrationKey, get=get_key, within=INTEGRATION,
    page="keys/<int:key_id>/", endpoint=f"{INTEGRATION.endpoint}/keys/{{int:key_id}}",
    home=lambda key: place_of_integration(key.integration),
)  # fmt: skip
RULE = Subject(
    name="qualification_rule", model=QualificationRule, get=get_rule, within=INTEGRATION,
    page="rules/<int:rule_id>/", endpoint=f"{INTEGRATION.endpoint}/rules/{{int:rule_id}}",
    home=lambda rule: place_of_integration(rule.integration),
)  # fmt: skip
ACTS = (
    form(
        INTEGRATIONS, create, "create_integration", ADMINISTER, IntegrationForm, noun="",
        page=None, made=NewKeyOut, secret=True,
    ),
    button(
        INTEGRATION, add_key, "add_integration_key", ADMINISTER, noun="keys", page=None,
        made=NewKeyOut, secret=True,
    ),
    button(
        INTEGRATION, toggle, "toggle_integration", ADMINISTER, noun=None, page="activity",
        tone="ghost", undo="toggle_integration",
        said=lambda _row, active: gettext("Integration enabled.")
        if active
        else gettext("Integration disabled."),
    ),
    button(
        INTEGRATION, sample_alerts.raise_test_alert, "raise_test_alert", ADMINISTER,
        noun=None, page="test", made=ALERT, said=_("Test alert opened."),
        undo="end_test_alert",
    ),
    button(
        INTEGRATION, sample_alerts.end_test_alert, "end_test_alert", ADMINISTER,
        noun=None, page="test/end", said=_("Test alert cleared."),
    ),
    button(
        INTEGRATION, integrations.set_label_mapping, "name_integration_labels", ADMINISTER,
        noun="labels", verb="PUT", of=LabelMappingForm, said=_("Labels saved."),
        text="Which labels of its events name what they are about, the most telling first. Those"
        " that are left out stay as they are.",
    ),
    button(
        INTEGRATION, integrations.set_rate_limit, "limit_integration", ADMINISTER, noun=None,
        page="limit", of=RateLimitForm, said=_("Rate limit saved."),
    ),
    button(
        INTEGRATION, integrations.add_rule, "add_qualification_rule", ADMINISTER, noun="rules",
        of=QualificationRuleForm, made=RuleOut, names={"seconds": "open_for_seconds"},
        said=_("Rule added."),
    ),
    remove(
        RULE, integrations.remove_rule, "remove_qualification_rule", ADMINISTER, page="removal",
        label=_("Delete"), tone="ghost", said=_("Rule deleted."),
    ),
    remove(
        KEY, integrations.expire_key, "expire_integration_key", ADMINISTER,
        page="end", label=_("Revoke"), tone="ghost",
        said=_("Key revoked."),
    ),
)  # fmt: skip
