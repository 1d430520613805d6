"""Chart of a clock as a strip: counted time, pauses, and the due time."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.kernel.business_time import Reason, Segment

WIDTH, HEIGHT = 1000.0, 28.0


def draw_clock_chart(segments: Sequence[Segment], due: datetime | None) -> SafeString:
    """Return the strip as SVG, in proportion to real time; nothing when no time has passed yet.

    The colours are the page's: counted, paused, closed. The due time is a mark, after the present
    when it is still to come.
    """
    if not segments:
        return SafeString("")
    start, end = segments[0].starts, segments[-1].ends
    last = max(end, due) if due else end
    whole = (last - start).total_seconds()
    if whole <= 0:
        return SafeString("")

    def place(at: datetime) -> float:
        return WIDTH * (at - start).total_seconds() / whole

    bars = format_html_join(
        "",
        '<rect x="{}" y="6" width="{}" height="16" data-part="{}"></rect>',
        (
            (
                f"{place(s.starts):.1f}",
                f"{max(place(s.ends) - place(s.starts), 0.5):.1f}",
                segment_kind(s),
            )
            for s in segments
        ),
    )
    mark = (
        format_html(
            '<line x1="{0}" x2="{0}" y1="0" y2="28" data-part="due"></line>', f"{place(due):.1f}"
        )
        if due and due >= start
        else SafeString("")
    )
    return format_html(
        '<svg class="d-strip" viewBox="-2 0 1004 28" preserveAspectRatio="none" role="img"'
        ' aria-label="{}">{}{}</svg>',
        _("Counted and paused time, from the start of the clock to now"),
        bars,
        mark,
    )


def segment_kind(segment: Segment) -> str:
    """Return the kind of a segment, which the style sheet colours."""
    if segment.counted:
        return "counted"
    return "paused" if segment.reason == Reason.PAUSED else "closed"
