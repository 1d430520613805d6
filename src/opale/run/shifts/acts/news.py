"""Act of the news of a roster: mark them as seen."""

from opale.acts.declarations import form
from opale.run.shifts.actions import news
from opale.run.shifts.acts.subjects import NEWS
from opale.run.shifts.forms.proposals import SeenForm
from opale.run.shifts.rights import READ

ACTS = (
    form(
        NEWS, news.mark_news_seen, "see_roster_news", READ, SeenForm, noun="seen", page=None,
        status=204, text="What came after `until` stays new.",
    ),
)  # fmt: skip
