"""Logins of the demo company, and the credentials of tools that send to it."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe

from django.utils import translation

from opale.demo.company import DESK, Staff
from opale.demo.letterhead import create_letterhead
from opale.demo.mailboxes import create_mailboxes
from opale.demo.portfolio import Portfolio
from opale.organisation.models import ApiToken, User
from opale.organisation.queries.identity import token_digest
from opale.organisation.rights import Function
from opale.run.events.domain.integration_keys import PREFIX_LENGTH, generate_key
from opale.run.events.models import Integration, IntegrationKey, QualificationRule
from opale.run.events.ports.tools import all_tools
from opale.run.events.queries.ingest_urls import ingest_path
from opale.run.events.states import Severity

FILE = "demo.json"
TOKEN_LIFETIME = timedelta(days=365)
ALERTMANAGER, TELEPHONE = "alertmanager", "cti"


@dataclass(slots=True)
class Credentials:
    integration_id: int
    integration_name: str
    telephone_id: int
    personas: dict[str, dict[str, str]] = field(default_factory=dict)
    integrations: dict[str, dict[str, str]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Replace `demo.json` atomically, readable by its owner alone."""
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{FILE}.partial"
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as output:
            content = {"personas": self.personas, "integrations": self.integrations}
            json.dump(content, output, ensure_ascii=False, indent=2)
        partial.replace(folder / FILE)


def create_logins(staff: Staff, portfolio: Portfolio, password: str, now: datetime) -> Credentials:
    """Create a login for each function, a second agent, one of the next shift, contacts of two
    customers, and an integration for each format.

    The API tokens and keys are generated here and cannot be read anywhere else later.
    """
    credentials = _integrate()
    tokens = []
    for name, user, role in _personas(staff, portfolio, now):
        secret = f"opale_{token_urlsafe(32)}"
        tokens.append(
            ApiToken(user=user, name="Demo", prefix=secret[:12], digest=token_digest(secret),
                     created_at=now, expires_at=now + TOKEN_LIFETIME)
        )  # fmt: skip
        credentials.personas[name] = {
            "login": user.email, "password": password, "api_token": secret, "role": role,
        }  # fmt: skip
    ApiToken.objects.bulk_create(tokens)
    return credentials


def _personas(staff: Staff, portfolio: Portfolio, now: datetime) -> Iterator[tuple[str, User, str]]:
    for function in Function:
        holders = staff.by_function.get(function)
        if holders and holders[0].user:
            # The first agent leads the present shift, the second has the triage duty.
            holder = holders[1] if function == Function.DESK_AGENT else holders[0]
            if holder.user:
                yield str(function), holder.user, str(function)
    lead, *_agents, other = staff.by_team[DESK][:4]
    next_shift = min((one for one in staff.shifts if one.starts > now), key=lambda one: one.starts)
    # Who arrives at the next change of shift, and accepts its handover.
    arriving = next_shift.lead
    for name, person in (
        ("desk_lead", lead), ("desk_agent_2", other), ("desk_agent_arriving", arriving),
    ):  # fmt: skip
        if person.user:
            yield name, person.user, str(Function.DESK_AGENT)
    for name, account in zip(
        ("customer_contact", "foreign_contact"), portfolio.with_logins, strict=True
    ):
        if user := account.contacts[0].user:
            yield name, user, str(Function.CUSTOMER_CONTACT)


def _integrate() -> Credentials:
    """Create an integration for every tool that has a connector."""
    with translation.override("fr"):
        made = {slug: _integration(str(tool.name), slug) for slug, tool in all_tools().items()}
    alertmanager = made[ALERTMANAGER][0]
    QualificationRule.objects.create(
        integration=alertmanager,
        name="Critique depuis une minute",
        minimum_severity=Severity.CRITICAL,
        open_for=timedelta(minutes=1),
    )
    known = {slug: {"url": ingest_path(slug, key), "key": key} for slug, (_, key) in made.items()}
    # The port of the running gateway.
    create_letterhead()
    mail = {"lmtp": {"url": "lmtp://", "key": create_mailboxes()}}
    return Credentials(
        alertmanager.pk, alertmanager.name, made[TELEPHONE][0].pk, integrations=known | mail
    )


def _integration(name: str, format: str) -> tuple[Integration, str]:  # noqa: A002  # as the model
    integration = Integration.objects.create(name=name, format=format)
    key = generate_key()
    IntegrationKey.objects.create(
        integration=integration, prefix=key[:PREFIX_LENGTH], digest=token_digest(key)
    )
    return integration, key
