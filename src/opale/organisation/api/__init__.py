"""Endpoints of the organisation: companies, teams, people, skills, calendars, tokens."""

from ninja import Router

from opale.organisation.api import people, reference, skills, teams, tokens

router = Router(tags=["organisation"])
for part in (teams, people, skills, reference, tokens):
    router.add_router("", part.router)
