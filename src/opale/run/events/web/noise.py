"""The page of the noise report, with the rules that it proposes."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.run.events.domain.durations import format_duration
from opale.run.events.domain.rule_proposals import Kind, proposed_rule
from opale.run.events.models import NoiseReport
from opale.run.events.queries.noise import NoiseLine, newest_noise, noise_lines
from opale.run.events.rights import ADMINISTER, READ

REPORT = "events/noise/_report.html"


@dataclass(frozen=True, slots=True)
class NoisePart:
    """A list of the report: what it counts, and of what."""

    title: str
    words: str
    unit: str
    kind: Kind
    lines: list[NoiseLine]

    @property
    def proposals(self) -> list[tuple[NoiseLine, str]]:
        """Return each line with the address of the editor, filled in with a rule against it."""
        return [(line, _address(self.kind, line)) for line in self.lines]


@require_GET
@needs(READ)
def show(request: ActorRequest) -> HttpResponse:
    template = REPORT if request.htmx else "events/noise/show.html"
    return render(request, template, _context(request))


def _context(request: ActorRequest) -> dict[str, object]:
    report = newest_noise(seen_by=request.actor)
    parts = _parts(report) if report else []
    return {
        "report": report,
        "parts": parts,
        "may_administer": request.actor.everywhere(ADMINISTER),
    }


def _address(kind: Kind, line: NoiseLine) -> str:
    rule = proposed_rule(kind, line.name, line.integration_id, named=line.named)
    said = {
        "name": rule.name,
        "condition": rule.condition,
        "effect": rule.effect.value,
        "integration": rule.integration_id,
        "hold_for": format_duration(rule.hold_for) if rule.hold_for else "",
    }
    return f"{reverse('events_rule_new')}?{urlencode({k: v for k, v in said.items() if v})}"


def _parts(report: NoiseReport) -> list[NoisePart]:
    return [
        NoisePart(
            _("Noisiest alerts"),
            _("Deliveries of one alert since it opened. Make its source repeat less often."),
            _("deliveries"),
            "talkers",
            noise_lines(report.talkers),
        ),
        NoisePart(
            _("Never handled"),
            _(
                "Alerts of the same name that nobody acknowledged, noted, closed or turned into"
                " an incident."
            ),
            _("alerts"),
            "ignored",
            noise_lines(report.ignored),
        ),
        NoisePart(
            _("Flapping alerts"),
            _("How often alerts of the same name reopened. A threshold may be too tight."),
            _("times"),
            "flapping",
            noise_lines(report.flapping),
        ),
    ]
