"""Rules by the API, with the same trial."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.clock import now
from opale.run.events.actions import retention, rule_trials
from opale.run.events.actions.apply_rules import ACTIVE_RULES_CACHE
from opale.run.events.queries.enrichment import NAME_CACHE
from opale.run.events.tests.builders import MAKER, fires, hand_in, make_integration

pytestmark = pytest.mark.django_db
URL = "/api/v1/events/rules"
LABS = {"name": "Labs", "condition": 'labels.env == "lab"', "effect": "suppress"}


@pytest.fixture
def house() -> Personas:
    ACTIVE_RULES_CACHE.forget()
    NAME_CACHE.forget()
    retention.create_partition(now().date())
    return make_personas()


class Api:
    def __init__(self, token: str) -> None:
        self._client = Client(headers={"authorization": f"Bearer {token}"})

    def __call__(self, verb: str, path: str = "", **body: Any) -> tuple[int, Any]:
        call = getattr(self._client, verb)
        found = call(URL + path, body or None, content_type="application/json")
        return found.status_code, found.json() if found.content else None


@pytest.fixture
def api(house: Personas) -> Api:
    return Api(house.token("tools_engineer", "events.read", "events.administer"))


def test_a_rule_is_made_changed_ordered_switched_and_removed(api: Api) -> None:
    status, made = api("post", **LABS)
    assert (status, made["active"], made["broken"], made["hold_seconds"]) == (201, False, "", None)
    _status, other = api("post", name="Wait", condition="true", effect="hold", hold_seconds=300)
    assert other["hold_seconds"] == 300
    assert api("post", f"/{other['id']}/moves", way="up")[0] == 200
    assert [one["name"] for one in api("get")[1]] == ["Wait", "Labs"]
    assert api("put", f"/{made['id']}/activity", active=True)[1]["active"]
    changed = api("put", f"/{made['id']}", **(LABS | {"name": "Laboratories"}))[1]
    assert (changed["name"], changed["active"]) == ("Laboratories", True)
    assert api("delete", f"/{made['id']}")[0] == 204
    assert api("get", f"/{made['id']}")[0] == 404


def test_what_cannot_be_read_is_refused_with_its_column(api: Api) -> None:
    status, problem = api("post", **(LABS | {"condition": "severity = 5"}))
    assert status == 422
    assert "Column 10" in str(problem)


def test_a_trial_by_the_api(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    _integration, sender = make_integration()
    hand_in(sender, fires(0, env="lab"), received_at=now() - timedelta(seconds=1))
    asked = {"condition": LABS["condition"], "effect": "suppress"}
    status, found = api("post", "/trial", **asked)
    assert (status, found["fitting"], found["spared"]) == (200, 1, 1)
    assert found["examples"][0]["outcome"] == "suppressed"
    monkeypatch.setattr(rule_trials, "AT_ONCE", 0)
    status, waiting = api("post", "/trial", **asked)
    assert (status, waiting["total"], waiting["result"]) == (202, 1, None)
    rule_trials.finish_trial(waiting["id"], by=MAKER, at=now())
    done = api("get", f"/trials/{waiting['id']}")[1]
    assert done["result"]["spared"] == 1


def test_who_only_reads_changes_nothing(house: Personas) -> None:
    reader = Api(house.token("desk_agent", "events.read"))
    assert reader("get")[0] == 200
    assert reader("post", **LABS)[0] == 403
