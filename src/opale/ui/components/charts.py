"""Charts, each with a table of its values."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from django import template
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

Number = float | int | None


@dataclass(frozen=True, slots=True)
class Series:
    """Series of a chart. `role` names a colour of the theme: `accent`, `quiet`, a severity."""

    name: str | Promise
    values: Sequence[Number]
    role: str = "accent"
    shape: Literal["line", "bar", "area"] = "line"


@dataclass(frozen=True, slots=True)
class Chart:
    """Chart that answers one question, which is its `title`.

    `steps` are the labels of the horizontal axis. `scaled`: the vertical one begins near the
    smallest value, where differences matter and not heights.
    """

    title: str | Promise
    steps: Sequence[str]
    series: Sequence[Series]
    unit: str | Promise = ""
    stacked: bool = False
    scaled: bool = False

    def described(self) -> str:
        """Return the chart's data for the browser as JSON, in an attribute, since fetched parts of
        a page bring no scripts.
        """
        plain = asdict(self)
        plain["title"], plain["unit"] = str(self.title), str(self.unit)
        for series in plain["series"]:
            series["name"] = str(series["name"])
        return json.dumps(plain, ensure_ascii=False)

    def told(self) -> str:
        """Return a description of the chart in words, for readers who do not see it."""
        return " ".join([str(self.title), *(self._course(one) for one in self.series)])

    def _course(self, one: Series) -> str:
        known = [(value, step) for value, step in zip(one.values, self.steps, strict=True) if value]
        if not known:
            return _("%(name)s: no data.") % {"name": one.name}
        (high, when_high), (last, when_last) = max(known), known[-1]
        return _("%(name)s: maximum %(high)s (%(when_high)s), last %(last)s (%(when_last)s).") % {
            "name": one.name,
            "high": high,
            "when_high": when_high,
            "last": last,
            "when_last": when_last,
        }

    def rows(self) -> list[tuple[str, list[Number]]]:
        return [
            (step, [one.values[place] for one in self.series])
            for place, step in enumerate(self.steps)
        ]


@register.simple_tag
def chart(drawn: Chart, name: str, small: bool = False) -> SafeString:
    return SafeString(
        render_to_string("ui/components/chart.html", {"chart": drawn, "name": name, "small": small})
    )
