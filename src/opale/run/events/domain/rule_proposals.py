"""Rules that the noise report proposes against the noise of one of its lines; pure.

Source: docs/rules/noise.md.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from opale.run.events.states import RuleEffect

Kind = Literal["talkers", "ignored", "flapping"]
HOLD_TIME: Final = timedelta(minutes=10)
LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class ProposedRule:
    """The values that the editor is opened with; all of them may be changed there."""

    name: str
    condition: str
    effect: RuleEffect
    integration_id: int
    hold_for: timedelta | None = None


def proposed_rule(kind: Kind, name: str, integration_id: int, *, named: bool) -> ProposedRule:
    """Return a rule that holds a flapping alert, or suppresses one that nobody acts on.

    `named` where `name` is the label `alertname`; else it is the title.
    """
    subject = "labels.alertname" if named else "name"
    condition = f"{subject} == {json.dumps(name, ensure_ascii=False)}"
    if kind == "flapping":
        return ProposedRule(
            name[:LONGEST_NAME], condition, RuleEffect.HOLD, integration_id, HOLD_TIME
        )
    if kind == "talkers":
        condition += " && severity < critical"
    return ProposedRule(name[:LONGEST_NAME], condition, RuleEffect.SUPPRESS, integration_id)
