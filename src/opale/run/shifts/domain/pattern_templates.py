"""Common patterns of the trade, as templates to adapt."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WrittenDays = tuple[tuple[str, ...], ...]

OFF: tuple[str, ...] = ()
MORNING, AFTERNOON, NIGHT = ("06:00-14:00",), ("14:00-22:00",), ("22:00-06:00",)
LONG_DAY, LONG_NIGHT = ("07:00-19:00",), ("19:00-07:00",)
OFFICE = ("09:00-17:00",)
WEEK = ("08:00-08:00+7",)


@dataclass(frozen=True, slots=True)
class PatternTemplate:
    """The days of a cycle, and the step in days between one line of people and the next."""

    slug: str
    label: str | Promise
    days: WrittenDays
    step: int
    kind: str = "staffed"


PATTERN_TEMPLATES: tuple[PatternTemplate, ...] = (
    PatternTemplate(
        "3x8",
        _("Three shifts of 8 hours, seven lines (3x8)"),
        (MORNING, MORNING, AFTERNOON, AFTERNOON, NIGHT, OFF, OFF),
        1,
    ),
    PatternTemplate(
        "2x12",
        _("Two shifts of 12 hours, four lines (2x12)"),
        (LONG_DAY, LONG_DAY, LONG_NIGHT, LONG_NIGHT, OFF, OFF, OFF, OFF),
        2,
    ),
    PatternTemplate(
        "2-2-3",
        _("Two on, two off, three on, days then nights (2-2-3)"),
        tuple(
            shift if on == "x" else OFF
            for shift in (LONG_DAY, LONG_NIGHT)
            for on in "xx--xxx--xx---"
        ),
        7,
    ),
    PatternTemplate(
        "4-on-4-off",
        _("Four on, four off, days then nights"),
        (LONG_DAY,) * 4 + (OFF,) * 4 + (LONG_NIGHT,) * 4 + (OFF,) * 4,
        4,
    ),
    PatternTemplate("office", _("Business hours, Monday to Friday"), (OFFICE,) * 5 + (OFF,) * 2, 0),
    PatternTemplate(
        "sun",
        _("Every day at the same hours (follow the sun: one per location)"),
        (("08:00-17:00",),),
        0,
    ),
    PatternTemplate(
        "week", _("On-call week in rotation, four lines"), (WEEK,) + (OFF,) * 27, 7, "standby"
    ),
)


def get_pattern_template(slug: str) -> PatternTemplate | None:
    return next((one for one in PATTERN_TEMPLATES if one.slug == slug), None)
