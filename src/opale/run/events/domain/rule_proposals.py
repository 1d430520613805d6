"""Rules that would make less noise, as one line of the noise report proposes them; pure.

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
    """What the editor is opened with: all of it may be changed there."""

    name: str
    condition: str
    effect: RuleEffect
    integration_id: int
    hold_for: timedelta | None = None


def proposed_rule(kind: Kind, name: str, integration_id: int, *, named: bool) -> ProposedRule:
    """What comes and goes is held until it has lasted; what nobody acts on is suppressed.

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
