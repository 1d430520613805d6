"""A request is announced to the team's leads, its answer to who asked, the hours to the person."""

import pytest
from tests.personas import Personas

from opale.delivery.resources.actions import answers, requests
from opale.delivery.resources.tests.test_resources_requests import BY, ask, fresh, lead
from opale.notifications.models import Notification
from opale.organisation.models import Person

pytestmark = pytest.mark.django_db
__all__ = ["lead"]


def told(person: Person) -> list[str]:
    rows = Notification.objects.filter(person=person).order_by("kind")
    found = [row.text for row in rows]
    rows.delete()
    return found


def test_a_request_is_told_to_those_whom_it_concerns(personas: Personas, lead: Person) -> None:
    asker = personas.people["project_manager"]
    row = ask(personas)
    assert told(lead)[0].startswith(f"20 hours requested from {row.team.name}: VPN of three sites")
    assert told(asker) == []
    row = ask(personas)
    waiting = Notification.objects.filter(person=lead, read_at=None)
    assert waiting.count() == 1
    answers.offer_names(row, [lead], by=personas.actor("build_engineer"))
    assert not waiting.exists()
    assert told(asker) == [f"{row.team.name} has answered your request “VPN of three sites”"]
    held = fresh(row)
    requests.accept_offer(held, held.offers.get(), by=BY)
    assert told(lead)[-1].startswith("You are reserved for VPN of three sites, from 1 Mar 2027")
