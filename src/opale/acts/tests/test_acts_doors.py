"""The pages, endpoints and buttons that come from a declaration."""

from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from ninja import NinjaAPI, Router

from opale.acts.bodies import body_of
from opale.acts.bound_forms import form_of, initial_of
from opale.acts.declarations import (
    Subject,
    button,
    change,
    create,
    form,
    moves,
    remove,
)
from opale.acts.endpoints import endpoint, endpoints
from opale.acts.pages import page, pages
from opale.acts.tests.doors import (
    DOOR,
    HOUSE,
    LOCK,
    OPEN,
    OTHER,
    SHUT,
    SOMEBODY,
    WORK,
    Door,
    DoorOut,
    House,
    ReasonForm,
    a_door,
    act_on,
    asked,
    move_door,
)
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.errors import IllegalMove, NotAllowed, NotFound

pytestmark = pytest.mark.usefixtures("apart")


def test_a_button_does_its_action_says_so_and_goes_home() -> None:
    run = mock.create_autospec(act_on)
    act = button(DOOR, run, "paint", WORK, noun="paint", said="%(door)s of %(house)s: %(name)s.")
    with mock.patch("opale.acts.regions.toast_next") as told:
        response = page(act, "doors")(asked(), door_id=3, house_id=7)
    assert response.headers["Location"] == "/doors/3/"
    [called] = run.call_args_list
    assert called.args[0].house.pk == 7
    assert called.kwargs == {"by": SOMEBODY}
    assert told.call_args.args[1] == "Front door of Old house: Front door."
    assert page(act, "doors")(asked("get"), door_id=3, house_id=7).status_code == 405


def test_an_act_may_answer_by_itself_or_leave_it_to_the_kit() -> None:
    answers: list[HttpResponse | None] = [HttpResponse("region"), None]
    act = button(DOOR, act_on, "paint", WORK, noun="paint", answer=lambda *_said: answers.pop(0))
    own = page(act, "doors")(asked(), door_id=3, house_id=7)
    assert isinstance(own, HttpResponse)
    assert own.content == b"region"
    assert page(act, "doors")(asked(), door_id=3, house_id=7).headers["Location"] == "/doors/3/"


def test_what_is_said_and_taken_back_may_depend_on_the_row_and_on_what_was_made() -> None:
    act = button(
        DOOR, act_on, "paint", WORK, noun="paint",
        said=lambda door, made: (f"{door.pk}: {made}", "bad"),
        undo=lambda door, _made: f"/doors/{door.pk}/washing/",
        success_url=lambda door, _made: f"/doors/{door.pk}/colour/",
    )  # fmt: skip
    with mock.patch("opale.acts.regions.toast_next") as told:
        response = page(act, "doors")(asked(), door_id=3, house_id=7)
    assert response.headers["Location"] == "/doors/3/colour/"
    assert told.call_args.args[1] == "3: Front door Somebody "
    assert told.call_args.kwargs == {"tone": "bad", "undo": "/doors/3/washing/"}
    silent = replace(act, said=lambda _door, _made: "")
    with mock.patch("opale.acts.regions.toast_next") as told:
        page(silent, "doors")(asked(), door_id=3, house_id=7)
    assert told.call_count == 0


def test_a_sentence_names_what_the_row_has() -> None:
    act = button(DOOR, act_on, "paint", WORK, noun="paint", said="%(name)s is %(state)s.")
    with mock.patch("opale.acts.regions.toast_next") as told:
        page(act, "doors")(asked(), door_id=3, house_id=7)
    assert told.call_args.args[1] == "Front door is shut."


def test_programs_may_send_another_form_than_the_page_shows() -> None:
    class ColourForm(forms.Form):
        colour = forms.CharField(max_length=20)

        def arguments(self) -> dict[str, str]:
            return {"reason": f"in {self.cleaned_data['colour']}"}

    run = mock.create_autospec(act_on)
    act = form(
        DOOR, run, "paint", WORK, ReasonForm, body=ColourForm, noun="paint", title="Paint",
        submit="Paint", states={"shut"},
    )  # fmt: skip
    body = body_of(act)
    assert body is not None
    assert set(body.model_fields) == {"colour"}
    endpoint(act)(asked(), door_id=3, body=body.model_validate({"colour": "red"}))
    page(act, "doors")(asked(reason="rust"), door_id=3, house_id=7)
    assert [one.kwargs["reason"] for one in run.call_args_list] == ["in red", "rust"]


def test_a_form_is_filled_for_who_opens_it_and_not_for_who_sends_it() -> None:
    class FixedForm(ReasonForm):
        colour = forms.CharField(disabled=True)

    filled: list[str] = []

    def known(door: Door, _by: Actor) -> dict[str, str]:
        filled.append(door.name)
        return {"reason": "rust", "colour": "red"}

    said = {"title": "Paint", "submit": "Paint", "noun": "paint", "initial": known}
    act = form(DOOR, act_on, "paint", WORK, ReasonForm, **said)  # type: ignore[arg-type]  # as above
    things = DOOR.find({"door_id": 3, "house_id": 7}, seen_by=SOMEBODY)
    opened = form_of(act, things, SOMEBODY, initial=initial_of(act, ReasonForm, things, SOMEBODY))
    assert (opened["reason"].value(), filled) == ("rust", ["Front door"])
    page(act, "doors")(asked(reason="age"), door_id=3, house_id=7)
    assert filled == ["Front door"]
    fixed = form_of(replace(act, form=FixedForm), things, SOMEBODY, {"reason": "age"})
    assert fixed.is_valid()
    assert fixed.cleaned_data == {"reason": "age", "colour": "red"}


def test_an_action_that_starts_a_job_is_given_the_credential() -> None:
    def start(door: Door, *, by: Actor, credential: str) -> None:
        """Start it."""
        started.append(credential)

    started: list[str] = []
    page(button(DOOR, start, "start", WORK, noun="start"), "doors")(asked(), door_id=3, house_id=7)
    assert started == ["token:7"]


def test_a_move_is_taken_from_the_address_and_given_to_the_action() -> None:
    act = moves(
        DOOR, move_door, "move_door", WORK, choice="door_move", among={"open": OPEN, "shut": SHUT}
    )
    assert act.page_address == "houses/<int:house_id>/doors/<int:door_id>/moves/<slug:door_move>/"
    assert act.endpoint_address == "/doors/{int:door_id}/moves/{door_move}"
    view = page(act, "doors")
    assert view(asked(), door_id=3, house_id=7, door_move="open").status_code == 302
    with pytest.raises(IllegalMove):
        view(asked(), door_id=3, house_id=7, door_move="shut")
    with pytest.raises(NotFound):
        view(asked(), door_id=3, house_id=7, door_move="burn")


def test_the_operation_has_the_name_the_words_and_the_parameters_of_the_act() -> None:
    act = form(DOOR, act_on, "lock_door", WORK, ReasonForm, noun="locking", page=None, status=202)
    api, router = NinjaAPI(urls_namespace="acts-test"), Router()
    silent = button(DOOR, act_on, "end_door", WORK, noun="end", status=204)
    burnt = remove(DOOR, act_on, "burn_door", WORK, page=None, label="Burn")
    endpoints(router, [act, burnt, silent])
    api.add_router("", router)
    described: Any = api.get_openapi_schema(path_prefix="/api/")["paths"]
    operation = described["/api/doors/{door_id}/locking"]["post"]
    assert operation["description"] == "Do something to a door."
    assert [one["name"] for one in operation["parameters"]] == ["door_id"]
    assert set(operation["responses"]) == {202}
    assert set(described["/api/doors/{door_id}"]["delete"]["responses"]) == {204}
    assert set(described["/api/doors/{door_id}/end"]["post"]["responses"]) == {204}
    with pytest.raises(ValueError, match="two acts"):
        endpoints(router, [button(DOOR, act_on, "lock_door", WORK, noun="other")])


def test_each_of_several_rights_opens_the_page_and_the_endpoint() -> None:
    act = button(DOOR, act_on, "paint", WORK, others=(OTHER,), noun="paint", label="Paint it")
    pages("doors", [act])
    for right, opens in ((WORK, True), (OTHER, True), ("things.read", False)):
        actor = Actor("person", "user:2", "Other", grants={right: EVERYTHING})
        assert ("Paint it" in drawn("{% acts_of row %}", a_door(3, seen_by=actor), actor)) is opens
        if opens:
            assert page(act, "doors")(asked(actor=actor), door_id=3, house_id=7).status_code == 302
        else:
            with pytest.raises(NotAllowed):
                page(act, "doors")(asked(actor=actor), door_id=3, house_id=7)
    api, router = NinjaAPI(urls_namespace="acts-rights"), Router()
    endpoints(router, [act])
    api.add_router("", router)
    [view] = api._get_bound_routers()[-1].path_operations.values()
    checks: Any = view.operations[0].auth_callbacks
    assert {(one.right, one.others) for one in checks} == {(WORK, (OTHER,))}


def test_an_answer_may_be_empty_or_secret() -> None:
    knock = button(DOOR, act_on, "knock", WORK, noun="knock", status=204)
    cut = button(
        DOOR, lambda _door, by: {"id": 3, "name": by.name}, "cut_key", WORK, noun="key",
        gives=DoorOut, secret=True,
    )  # fmt: skip
    assert endpoint(knock)(asked(), door_id=3).status_code == 204
    response = HttpResponse()
    answer = endpoint(cut)(asked(), door_id=3, response=response)
    assert answer.value["name"] == "Somebody"
    assert response.headers["Cache-Control"] == "no-store"
    api, router = NinjaAPI(urls_namespace="acts-answers"), Router()
    endpoints(router, [knock, cut])
    api.add_router("", router)
    described: Any = api.get_openapi_schema(path_prefix="/api/")["paths"]
    assert set(described["/api/doors/{door_id}/knock"]["post"]["responses"]) == {204}
    parameters = described["/api/doors/{door_id}/key"]["post"]["parameters"]
    assert [one["name"] for one in parameters] == ["door_id"]


def drawn(text: str, row: object, actor: Actor = SOMEBODY) -> str:
    request = asked("get", actor)
    with mock.patch("opale.acts.registry.reverse", side_effect=lambda name, kwargs: (
        f"/{name}/" + "/".join(f"{k}={v}" for k, v in kwargs.items())
    )):  # fmt: skip
        return Template(text).render(Context({"row": row, "request": request}))


def test_buttons_are_offered_by_right_and_by_the_states_of_the_row_and_of_those_above() -> None:
    pages("doors", [
        button(DOOR, move_door, "open_door", WORK, noun="opening", move=OPEN),
        form(DOOR, act_on, "refuse_door", WORK, ReasonForm, noun="refusal", title="Refuse it",
             submit="Refuse", states={"open"}, key="r", icon="x"),
        moves(DOOR, move_door, "move_door", WORK, choice="door_move",
              among={"shut": SHUT, "lock": LOCK}),
    ])  # fmt: skip
    door = a_door(3, seen_by=SOMEBODY)
    text = drawn("{% acts_of row %}", door)
    assert "Open it" in text
    assert "/doors_open_door/house_id=7/door_id=3" in text
    assert "Refuse" not in text
    assert "Shut it" not in text
    assert "Lock it" not in text  # another right
    door.state = "open"
    text = drawn("{% acts_of row %}", door)
    assert "Open it" not in text
    assert 'data-key="r"' in text
    assert "door_move=shut" in text
    lines = drawn('{% acts_of row "refuse_door" menu=True %}', door)
    assert lines == (
        '<a class="dropdown-item" href="/doors_refuse_door/house_id=7/door_id=3" data-panel>'
        "Refuse</a>"
    )
    assert drawn('{% act_url row "open_door" as url %}[{{ url }}]', door) == "[]"
    locker = Actor("person", "user:2", "Locker", grants={WORK: EVERYTHING, OTHER: EVERYTHING})
    assert "Lock it" in drawn('{% acts_of row "move_door.lock" %}', door, locker)
    assert drawn("{% acts_of row %}", door, Actor("person", "user:3", "Nobody")) == ""
    door.house.state = "burnt down"
    assert drawn("{% acts_of row %}", door) == ""


def test_an_act_without_a_right_or_with_another_than_its_move_is_not_accepted() -> None:
    with pytest.raises(ValueError, match="no right"):
        button(DOOR, act_on, "paint", "", noun="paint")
    with pytest.raises(ValueError, match="another right"):
        button(DOOR, move_door, "open_door", OTHER, noun="opening", move=OPEN)
    with pytest.raises(ValueError, match="without a title"):
        form(DOOR, act_on, "paint", WORK, ReasonForm, noun="paint")
    with pytest.raises(ValueError, match="which rows"):
        change(DOOR, act_on, "edit_door", WORK, ReasonForm, title="Change", submit="Save")


def test_a_collection_has_no_row_and_leads_to_what_was_made() -> None:
    class NameForm(forms.Form):
        name = forms.CharField(max_length=20)

    def build(*, by: Actor, name: str) -> House:
        return House(pk=9, name=name)

    houses: Subject[House] = Subject(
        name="houses", page="houses/", home=lambda none: ("/houses/", "Houses")
    )
    act = create(
        houses, build, "build_house", WORK, NameForm, made=HOUSE, noun=None, page="new",
        title="New house", submit="Build",
    )  # fmt: skip
    assert act.page_address == "houses/new/"
    response = page(act, "houses")(asked(name="New house"))
    assert response.headers["Location"] == "/houses/9/"
    pages("houses", [act])
    assert "New house" in drawn('{% acts_of "houses" %}', None)


def test_people_and_programs_may_name_a_row_by_different_keys() -> None:
    coded = Subject(
        name="house", model=House, column="name", page="houses/<slug:code>/",
        get=lambda key, *, seen_by: House(pk=7, name=key), endpoint="/houses/{int:house_id}",
        get_by_id=lambda key, *, seen_by: House(pk=key, name="by-id"), home=lambda row: ("/", ""),
    )  # fmt: skip
    room = Subject(
        name="room", model=Door, get=a_door, within=coded, page="rooms/<int:room_id>/",
        above="house", endpoint="/houses/{int:house_id}/rooms/{int:room_id}",
        home=lambda row: ("/", ""),
    )  # fmt: skip
    by_page = room.find({"code": "old", "room_id": 3}, seen_by=SOMEBODY)
    assert (by_page["house"].pk, by_page["house"].name, by_page["room"].pk) == (7, "old", 3)
    assert room.named(by_page) == {"code": "old", "room_id": 3}
    by_program = room.find({"house_id": 9, "room_id": 3}, seen_by=SOMEBODY)
    assert (by_program["house"].pk, by_program["house"].name) == (9, "by-id")
    assert coded.reread(House(pk=9, name="old"), seen_by=SOMEBODY).name == "by-id"
