"""Demo resource requests of projects, and the leads' answers."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from opale.delivery.resources.actions.answers import counter_request, offer_names, refuse_request
from opale.delivery.resources.actions.requests import NewResourceRequest, create_request
from opale.delivery.resources.models import ResourceRequest
from opale.delivery.resources.queries.candidates import candidates
from opale.delivery.resources.queries.requests import need_of
from opale.demo.company import Staff
from opale.demo.demo_company import DemoCompany
from opale.demo.portfolio import Portfolio
from opale.kernel.actor import system
from opale.organisation.models import Skill
from opale.organisation.queries.identity import actor_of
from opale.organisation.rights import Function

AFTER = ("reservations",)
"""The modules that are loaded before this one."""


def load(company: DemoCompany) -> None:
    create_resource_requests(company.random(8), company.staff, company.portfolio, company.now)


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """One demo request: what it asks for, in how many weeks, its age in hours and its answer."""

    french: str
    english: str
    team: str
    skill: str
    level: int
    hours: int
    ahead: int
    weeks: int
    ago: int
    answer: str = ""


REQUESTS: Final = (
    RequestSpec("VPN trois sites : conception du routage", "VPN of three sites: routing design",
         "Ingénierie BUILD", "IP/MPLS", 2, 60, 3, 4, 5),
    RequestSpec("Plateforme web : durcissement Linux", "Web platform: hardening of Linux",
         "Ingénierie BUILD", "Linux", 2, 24, 2, 2, 30, "names"),
    RequestSpec("Bascule de nuit du pare-feu", "Night cut-over of the firewall",
         "Ingénierie BUILD", "Pare-feu", 2, 16, 1, 1, 52, "date"),
    RequestSpec("Brassage des deux baies", "Cabling of the two cabinets",
         "Provisioning", "Fibre", 1, 30, 2, 2, 3),
    RequestSpec("Expertise BGP pour un multi-opérateur", "BGP expertise for several carriers",
         "Ingénierie BUILD", "BGP", 5, 80, 1, 2, 70, "refusal"),
)  # fmt: skip


def create_resource_requests(
    rng: Random, staff: Staff, portfolio: Portfolio, now: datetime
) -> None:
    """Create the requests by the app's own actions, as people of BUILD."""
    skills = {skill.name: skill for skill in Skill.objects.all()}
    managers = [p for p in staff.by_function[Function.PROJECT_MANAGER] if p.user is not None]
    accounts = rng.sample(list(portfolio.accounts), len(REQUESTS))
    monday = now.date() - timedelta(days=now.date().weekday())
    for place, (wish, account) in enumerate(zip(REQUESTS, accounts, strict=True)):
        user = managers[place % len(managers)].user
        if user is None:
            continue
        french = account.customer.language == "fr"
        since = monday + timedelta(weeks=wish.ahead)
        asked = NewResourceRequest(
            team=staff.teams[wish.team],
            purpose=wish.french if french else wish.english,
            hours=Decimal(wish.hours),
            since=since,
            last=since + timedelta(weeks=wish.weeks, days=-3),
            skill=skills[wish.skill],
            level=wish.level,
            customer=account.customer,
        )
        row = create_request(asked, by=actor_of(user), at=now - timedelta(hours=wish.ago))
        _answer(row, wish, now - timedelta(hours=wish.ago // 2), french=french)


def _answer(row: ResourceRequest, wish: RequestSpec, at: datetime, *, french: bool) -> None:
    lead = row.team.manager.user
    by = actor_of(lead) if lead is not None else system("demo")
    if wish.answer == "names":
        found = candidates(need_of(row), seen_by=by, most=3)
        if found:
            offer_names(row, [one.person for one in found], by=by, at=at)
    elif wish.answer == "date":
        reason = "Deux d'entre nous sont absents." if french else "Two of us are away."
        counter_request(row, row.since + timedelta(weeks=2), reason=reason, by=by, at=at)
    elif wish.answer == "refusal":
        reason = (
            "Personne à ce niveau avant deux mois : passer par l'équipe du groupe."
            if french
            else "Nobody at this level for two months: ask the group's team."
        )
        refuse_request(row, reason, by=by, at=at)
