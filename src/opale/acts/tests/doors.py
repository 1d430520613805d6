"""A house with doors: rows, subjects and actions on which acts are tried."""

from typing import Any
from unittest import mock

from django import forms
from django.contrib.auth.models import Group
from django.test import RequestFactory
from ninja import Schema

from opale.acts.declarations import (
    Subject,
)
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.errors import IllegalMove, NotFound
from opale.kernel.states import Move

WORK, OTHER = "things.work", "things.other"
OPEN = Move("open", frozenset({"shut"}), "open", WORK, "Open it")
SHUT = Move("shut", frozenset({"open"}), "shut", WORK, "Shut it")
LOCK = Move("lock", frozenset({"open", "shut"}), "locked", OTHER, "Lock it")
SOMEBODY = Actor("person", "user:1", "Somebody", grants={WORK: EVERYTHING})


class Door(Group):
    """A row with a state, and a house above it."""

    state = "shut"
    house: Any = None

    class Meta:
        proxy = True
        app_label = "auth"


class House(Group):
    state = "lived in"

    class Meta:
        proxy = True
        app_label = "auth"


class DoorOut(Schema):
    id: int
    name: str


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=20)


def a_house(key: int, *, seen_by: Actor) -> House:
    return House(pk=key, name="Old house")


def a_door(key: int, *, seen_by: Actor, house: House | None = None) -> Door:
    if key == 404:
        raise NotFound
    door = Door(pk=key, name="Front door")
    door.house = house or House(pk=7, name="Old house")
    return door


def act_on(door: Door, *, by: Actor, reason: str = "") -> str:
    """Do something to a door.

    Errors: IllegalMove. Source: docs.
    """
    return f"{door.name} {by.name} {reason}"


def move_door(door: Door, move: Move, *, by: Actor) -> str:
    """Move it."""
    if door.state not in move.sources:
        raise IllegalMove(move.name)
    return move.name


HOUSE = Subject(
    name="house", model=House, get=a_house, page="houses/<int:house_id>/",
    home=lambda row: (f"/houses/{row.pk}/", row.name), states={"lived in"},
)  # fmt: skip
DOOR = Subject(
    name="door", model=Door, get=a_door, shape=DoorOut, within=HOUSE, page="doors/<int:door_id>/",
    endpoint="/doors/{int:door_id}", home=lambda row: (f"/doors/{row.pk}/", row.name),
)  # fmt: skip


def asked(method: str = "post", actor: Actor = SOMEBODY, **data: Any) -> Any:
    request = getattr(RequestFactory(), method)("/", data)
    request.actor, request.htmx, request.credential = actor, False, "token:7"
    request.user = mock.Mock(is_authenticated=False)
    return request
