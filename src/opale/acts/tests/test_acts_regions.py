"""Where an act leads: its page, the region or list where it was pressed, and no other site."""

import json
from dataclasses import replace
from typing import Any
from unittest import mock
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from opale.acts.declarations import (
    HOME,
    Region,
    button,
)
from opale.acts.pages import page
from opale.acts.tests.doors import (
    DOOR,
    WORK,
    act_on,
    asked,
)

pytestmark = pytest.mark.usefixtures("apart")


def test_an_act_that_stays_says_it_where_its_button_stands() -> None:
    act = button(DOOR, act_on, "paint", WORK, noun="paint", said="Painted.", stays=True)
    request = asked()
    request.htmx = True
    response = page(act, "doors")(request, door_id=3, house_id=7)
    assert response.status_code == 204
    assert "Painted." in response.headers["HX-Trigger"]
    assert page(act, "doors")(asked(), door_id=3, house_id=7).headers["Location"] == "/doors/3/"


def test_an_act_on_a_line_of_a_list_stays_on_the_list_as_it_is_filtered() -> None:
    listed = "/lists/?state=open&sort=-name"
    act = button(
        DOOR, act_on, "paint", WORK, noun="paint", said="Painted.", stays=True,
        undo=lambda _door, _made: "/doors/3/washing/",
        region=lambda _door: "/region/", success_url=lambda _door, _made: "/elsewhere/",
    )  # fmt: skip
    view = page(act, "doors")
    with mock.patch("opale.acts.regions.resolve") as resolve:
        resolve.return_value = mock.Mock(
            func=lambda got: HttpResponse(f"{got.method} {got.get_full_path()} {got.GET.dict()}"),
            args=(), kwargs={},
        )  # fmt: skip
        request = asked(list_address=listed)
        request.htmx = True
        response: Any = view(request, door_id=3, house_id=7)
        assert response.content.decode() == f"GET {listed} {{'state': 'open', 'sort': '-name'}}"
        said = json.loads(response.headers["HX-Trigger"])["opale:toast"]
        assert said["text"] == "Painted."
        undo = f"/doors/3/washing/?{urlencode({'list_address': listed})}"
        assert said["undo"] == undo
        with mock.patch("opale.acts.regions.toast_next") as told:
            plain = view(asked(list_address=listed), door_id=3, house_id=7)
        assert plain.headers["Location"] == listed
        assert told.call_args.kwargs["undo"] == undo
        # A toast stands beside the list: its undo leads the whole page there.
        undone = RequestFactory().post(undo)
        request = asked()
        request.GET, request.htmx = undone.GET, True
        assert view(request, door_id=3, house_id=7).headers["Location"] == listed


def test_an_act_that_opens_its_row_leads_there_from_a_list_too() -> None:
    act = button(DOOR, act_on, "paint", WORK, noun="paint", opens=True)
    for htmx in (False, True):
        request = asked(list_address="/doors/")
        request.htmx = htmx
        response = page(act, "doors")(request, door_id=3, house_id=7)
        assert response.headers["Location"] == "/doors/3/"


@pytest.mark.parametrize("foreign", ["//elsewhere.example/", "https://elsewhere.example/", "/no/"])
def test_an_address_of_a_list_leads_to_no_other_site(foreign: str) -> None:
    act = button(DOOR, act_on, "paint", WORK, noun="paint")
    response = page(act, "doors")(asked(list_address=foreign), door_id=3, house_id=7)
    assert response.headers["Location"] == "/doors/3/"


@pytest.mark.parametrize("on_subject", [False, True])
@pytest.mark.parametrize(
    ("region", "drawn"), [(lambda _row: "/region/", "/region/"), (HOME, "/doors/3/")]
)
def test_htmx_is_given_a_region_as_its_own_get_draws_it_with_the_words(
    on_subject: bool, region: Region, drawn: str
) -> None:
    around: Any = {"region": region}
    door = replace(DOOR, **around) if on_subject else DOOR
    own: Any = {} if on_subject else around
    act = button(door, act_on, "paint", WORK, noun="paint", said="Painted.", **own)
    request = asked(colour="red")
    request.htmx = True
    with mock.patch("opale.acts.regions.resolve") as resolve:
        resolve.return_value = mock.Mock(
            func=lambda got, door_id: HttpResponse(f"{got.method} {got.path} {door_id}"),
            args=(), kwargs={"door_id": 3},
        )  # fmt: skip
        response = page(act, "doors")(request, door_id=3, house_id=7)
    assert isinstance(response, HttpResponse)
    assert response.content == f"GET {drawn} 3".encode()
    assert "Painted." in response.headers["HX-Trigger"]
    assert request.method == "POST"
    with mock.patch("opale.acts.regions.toast_next") as told:
        assert page(act, "doors")(asked(), door_id=3, house_id=7).status_code == 302
    assert told.call_args.args[1] == "Painted."
