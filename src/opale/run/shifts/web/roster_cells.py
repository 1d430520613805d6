"""The cells of the roster, rendered in one go: a month of forty people has over a thousand."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from opale.run.shifts.domain.cycles import Span, part_of_day
from opale.run.shifts.models import Duty
from opale.run.shifts.queries.entries import Entry
from opale.run.shifts.queries.needs import Requirement
from opale.run.shifts.queries.roster import DayEntry

MARKS = {Duty.Role.TRIAGE: "T", Duty.Role.LEAD: "L", Duty.Role.MANAGER: "M"}


class CellRenderer:
    """Renders entries and gaps as cells for one reader."""

    def __init__(self, *, zone: tzinfo, at: datetime, may_edit: bool, brief: bool = False) -> None:
        self.zone, self.at, self.may_edit, self.brief = zone, at, may_edit, brief
        self.duty_url = _template("shifts_edit", "duty_id")
        self.planned_url = _template("shifts_planned", "planned_id")
        self.new_url = reverse("shifts_new")
        self.whole_day = "24 h" if brief else _("all day")
        self.standby = _("on call")
        self.draft = pgettext("planned duty", "Draft")
        self.roles = {role.value: escape(str(role.label)) for role in Duty.Role}

    def duty(self, piece: DayEntry) -> SafeString:
        entry = piece.entry
        hours = self.hours(piece.starts, piece.ends)
        mark = MARKS.get(Duty.Role(entry.role), "")
        words = [self.roles[entry.role]]
        if entry.kind == Duty.Kind.STANDBY and entry.role != Duty.Role.MANAGER:
            words.append(escape(self.standby))
        if entry.draft:
            words.append(escape(self.draft))
        title = f"{escape(entry.name)} · {hours} · {', '.join(words)}"
        attributes = f'class="s-duty" data-kind="{entry.kind}" data-time="{self.time(entry)}"'
        if entry.draft:
            attributes += f' data-draft="{"hand" if entry.by_hand else "yes"}"'
        if mark:
            attributes += f' data-mark="{mark}"'
        url = self.url(entry)
        tag, link = ("a", f' href="{url}" aria-label="{title}"') if url else ("span", "")
        # Every part above is escaped, a number, or text of our own.
        return SafeString(f'<{tag} {attributes} title="{title}"{link}>{hours}</{tag}>')

    def gap(self, need: Requirement, span: Span, team_id: int) -> SafeString:
        shown = self.gap_hours(span)
        if not self.may_edit:
            return format_html('<span class="s-gap">{}</span>', shown)
        label, url = f"{need.label} · {shown}", self.gap_url(need, span, team_id)
        return format_html('<a class="s-gap" href="{}" aria-label="{}">{}</a>', url, label, shown)

    def gap_url(self, need: Requirement, span: Span, team_id: int) -> str:
        """Return the address of a new duty that fills the gap."""
        asked = {
            "team": team_id,
            "kind": need.kind,
            "role": need.role,
            "starts": span.starts.isoformat(),
            "ends": span.ends.isoformat(),
        }
        return f"{self.new_url}?{urlencode(asked)}"

    def gap_hours(self, span: Span) -> str:
        starts, ends = self.wall(span.starts), self.wall(span.ends)
        return self.whole_day if starts == ends and starts in {"0", "00:00"} else f"{starts}–{ends}"

    def cell(self, pieces: Iterable[DayEntry]) -> SafeString:
        return SafeString("".join(self.duty(piece) for piece in pieces))

    def url(self, entry: Entry) -> str:
        if not self.may_edit or entry.span.ends <= self.at:
            return ""
        template = self.planned_url if entry.draft else self.duty_url
        return template.replace("/0/", f"/{entry.key}/")

    def hours(self, starts: datetime | None, ends: datetime | None) -> str:
        if starts and ends:
            return f"{self.wall(starts)}–{self.wall(ends)}"
        if starts:
            return self.open_ended(_("from %(time)s"), starts, f"{self.wall(starts)}–")
        if ends:
            return self.open_ended(_("until %(time)s"), ends, f"–{self.wall(ends)}")
        return self.whole_day

    def open_ended(self, sentence: str, at: datetime, brief: str) -> str:
        return brief if self.brief else sentence % {"time": self.wall(at)}

    def wall(self, at: datetime) -> str:
        """Return the wall clock time, without minutes on the hour."""
        local = at.astimezone(self.zone)
        return f"{local.hour}" if self.brief and not local.minute else f"{local:%H:%M}"

    def time(self, entry: Entry) -> str:
        """Return the part of the day of a shift, by when it begins."""
        hour = entry.span.starts.astimezone(self.zone).hour
        return part_of_day(hour) if entry.short else "day"


def _template(name: str, parameter: str) -> str:
    return reverse(name, kwargs={parameter: 0})
