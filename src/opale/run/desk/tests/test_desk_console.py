"""The console: a ticket beside its list is the ticket's own page, and knows its neighbours."""

import re

import pytest
from tests.personas import Personas, make_personas

from opale.infrastructure.models import ConfigurationItem, Dependency, ServiceItem
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.actions.ownership import take_ticket
from opale.run.desk.models import Grade, Ticket
from opale.run.desk.tests.builders import make_incident, make_service

BESIDE = {"HX-Request": "true", "HX-Target": "o-beside"}
LIST = {"HX-Request": "true"}


@pytest.fixture
def personas(db: None) -> Personas:
    return make_personas()


def test_beside_the_list_stands_the_page_itself_without_its_frame(personas: Personas) -> None:
    ticket = make_incident(personas, "Link down")
    agent = personas.client("desk_agent")
    page = agent.get(f"/tickets/{ticket.number}/").content.decode()
    beside = agent.get(f"/tickets/{ticket.number}/", headers=BESIDE).content.decode()
    assert "o-rail" in page
    assert "o-rail" not in beside
    assert "<title>T-" in beside
    regions = re.compile(r'id="(desk-ticket-\d+-(?:head|timeline|side))"')
    assert set(regions.findall(beside)) == set(regions.findall(page)) != set()


def test_a_head_that_draws_itself_again_beside_the_list_stays_as_it_was(
    personas: Personas,
) -> None:
    ticket = make_incident(personas, "Link down")
    agent = personas.client("desk_agent")
    own = f"/tickets/{ticket.number}/head/"
    within = {"HX-Request": "true", "Opale-Beside": "1"}
    assert (
        "Open full page" in agent.get(f"/tickets/{ticket.number}/", headers=BESIDE).content.decode()
    )
    assert "Open full page" in agent.get(own, headers=within).content.decode()
    assert "Open full page" not in agent.get(own, headers={"HX-Request": "true"}).content.decode()


def test_after_a_form_the_pane_shows_the_ticket_and_says_what_was_done(
    personas: Personas,
) -> None:
    ticket = make_incident(personas, "Link down")
    agent = personas.client("desk_agent")
    take_ticket(ticket, by=personas.actor("desk_agent"))
    answer = agent.post(
        f"/tickets/{ticket.number}/resolution/", {"cause": "Fibre"}, follow=True, headers=BESIDE
    )
    assert answer.redirect_chain == [(f"/tickets/{ticket.number}/", 302)]
    assert "o-rail" not in answer.content.decode()
    assert "Ticket resolved." in answer.headers["HX-Trigger"]


def test_the_login_is_never_drawn_beside_a_list(personas: Personas) -> None:
    ticket = make_incident(personas, "Link down")
    answer = personas.client("anonymous").get(f"/tickets/{ticket.number}/", headers=BESIDE)
    assert answer.status_code == 401
    assert answer.content == b""


def test_a_ticket_knows_its_neighbours_in_the_list_it_came_from(personas: Personas) -> None:
    first = make_incident(personas, "First", Grade.HIGH)
    second = make_incident(personas, "Second", Grade.MEDIUM)
    third = make_incident(personas, "Third")
    agent = personas.client("desk_agent")

    def neighbours(ticket: Ticket, list_url: str) -> list[tuple[str, str]]:
        url = f"/tickets/{ticket.number}/around/"
        drawn = agent.get(url, {"list": list_url}).content.decode()
        return re.findall(r'rel="(\w+)" href="/tickets/(\d+)/"', drawn)

    assert neighbours(second, "/desk/open/") == [
        ("prev", str(first.number)),
        ("next", str(third.number)),
    ]
    assert neighbours(first, "/desk/") == [("next", str(second.number))]
    assert neighbours(second, "/desk/all/")[0] == ("prev", str(third.number))
    # What left the list still has its place: after taking it, the next is the next.
    take_ticket(first, by=personas.actor("desk_agent"))
    assert neighbours(first, "/desk/triage/") == [("next", str(second.number))]


@pytest.mark.parametrize("wrong", ["", "/customers/", "//evil.example/desk/open/x", "nothing"])
def test_a_list_that_is_none_leads_back_to_the_desk(personas: Personas, wrong: str) -> None:
    ticket = make_incident(personas, "Link down")
    drawn = personas.client("desk_agent").get(f"/tickets/{ticket.number}/around/", {"list": wrong})
    assert 'href="/desk/"' in drawn.content.decode()


def test_a_reload_opens_the_ticket_that_was_beside_the_list(personas: Personas) -> None:
    ticket = make_incident(personas, "Link down")
    agent = personas.client("desk_agent")
    drawn = agent.get("/desk/", {"open": ticket.number}).content.decode()
    assert f'data-load="/tickets/{ticket.number}/"' in drawn
    assert drawn.count('aria-current="true"') == 2  # the line, and the stream
    for odd in ("x", "²", "9" * 30):
        assert "data-load" not in agent.get("/desk/", {"open": odd}).content.decode()


def test_the_side_column_says_what_was_sold_and_draws_what_is_around(personas: Personas) -> None:
    service = make_service(personas.customer, "VPN-1")
    ticket = make_incident(personas, "Link down")
    with attributed(system("test")):
        item, below = (
            ConfigurationItem.objects.create(name=name, kind="link", customer=personas.customer)
            for name in ("link-ren-lil-01", "fibre-ren-lil")
        )
        Dependency.objects.create(upper=item, lower=below)
        ServiceItem.objects.create(service=service, item=item, customer=personas.customer)
        Ticket.objects.filter(pk=ticket.pk).update(service=service, item=item)
    agent = personas.client("desk_agent")
    sold = agent.get(f"/tickets/{ticket.number}/contract/").content.decode()
    number = service.customer.contracts.get().number
    assert f'href="/contracts/{number}/"' in sold
    drawn = agent.get(f"/items/{item.pk}/neighbours/").content.decode()
    above, _here, under = drawn.partition("<p>")
    assert service.name in above
    assert "fibre-ren-lil" in under
    page = agent.get(f"/tickets/{ticket.number}/").content.decode()
    for region in (f"/tickets/{ticket.number}/contract/", f"/items/{item.pk}/neighbours/"):
        assert f'hx-get="{region}"' in page


def test_each_list_has_a_key_and_so_has_changing_all_of_it(personas: Personas) -> None:
    page = personas.client("desk_agent").get("/desk/mine/").content.decode()
    assert 'data-key="g 1" data-key-label="Triage"' in page
    assert 'data-key="g 2" data-key-label="My work"' in page
    whole = page.partition('href="/desk/bulk/new/')[2].partition(">")[0]
    assert 'data-key="w"' in whole


def test_a_line_that_was_drawn_for_one_is_shown_to_nobody_who_may_not_see_the_ticket(
    personas: Personas,
) -> None:
    ticket = make_incident(personas, "A matter of two people")
    make_incident(personas, "Link down")
    agent = personas.client("desk_agent")
    assert "A matter of two people" in agent.get("/desk/open/").content.decode()
    take_ticket(ticket, by=personas.actor("run_engineer"))
    with attributed(system("test")):
        Ticket.objects.filter(pk=ticket.pk).update(confidential=True)
    after = agent.get("/desk/open/").content.decode()
    assert "Link down" in after
    assert "A matter of two people" not in after
    assert "A matter of two people" not in agent.get("/desk/open/", headers=LIST).content.decode()
