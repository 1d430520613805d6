"""Declared acts ask for their right, are offered where they can be done, and have one form."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django import forms
from pytest_django.plugin import DjangoDbBlocker
from tests.architecture.act_checks import declared, differing, without_right, wrongly_offered
from tests.architecture.house import House, standing

from opale.acts.declarations import Act
from opale.acts.reference import page
from opale.delivery.projects.forms import VersionForm
from opale.urls import urlpatterns

ROOT = Path(__file__).parents[2]
ACTS = declared() if urlpatterns else []
OF: dict[str, Act] = {act.name: act for act in ACTS}

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.xdist_group("acts"),
]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), standing() as built:
        yield built


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_an_action_asks_for_the_right_of_its_act(act: Act, house: House) -> None:
    assert list(without_right(act, house)) == []


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_an_act_is_offered_only_in_states_that_do_not_refuse_it(act: Act, house: House) -> None:
    assert list(wrongly_offered(act, house)) == []


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_a_form_asks_on_its_page_what_its_body_takes(act: Act, house: House) -> None:
    assert list(differing(act, house)) == []


def test_the_reference_says_what_is_declared() -> None:
    printed = (ROOT / "docs/reference/acts.md").read_text(encoding="utf-8")
    assert printed == page(), "./opale manage acts_reference > docs/reference/acts.md"


def test_an_act_that_forgets_its_right_is_found(house: House) -> None:
    def forgets(_row: object, *, by: object) -> None:
        """Do it for whoever asks."""

    act = replace(OF["accept_deliverable"], run=forgets)
    assert list(without_right(act, house)) == [
        "accept_deliverable: it is done without projects.work"
    ]
    with pytest.raises(ValueError, match="asks for no right"):
        replace(act, right="", move=None)
    with pytest.raises(ValueError, match="another right than its move"):
        replace(act, right="projects.read")


def test_an_act_that_its_state_refuses_is_found(house: House) -> None:
    act = replace(OF["accept_deliverable"], move=None, states={"due", "submitted"})
    assert list(wrongly_offered(act, house)) == [
        "accept_deliverable: offered in the state due, which refuses it"
    ]


def test_a_form_that_differs_from_its_schema_is_found(house: House) -> None:
    class Longer(VersionForm):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.fields["pages"] = forms.IntegerField()
            del self.fields["note"]

    act = replace(OF["hand_in_deliverable"], form=Longer)
    assert list(differing(act, house)) == [
        "hand_in_deliverable: note is only sent",
        "hand_in_deliverable: pages is only shown",
    ]
