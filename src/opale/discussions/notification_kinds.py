"""What people are told about discussions."""

from functools import partial

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.discussions.ports import record_kinds
from opale.discussions.queries import visible_comments, visible_records
from opale.notifications.domain.kinds import Kind, Pace

GROUP = pgettext_lazy("notifications", "Discussions")
MENTIONED = Kind(
    name="discussions.mentioned", label=_("Somebody mentions you"), group=GROUP, icon="at",
    sentence=_("%(author)s mentioned you on %(record)s: %(text)s"), pace=Pace.AT_ONCE, push=True,
)  # fmt: skip
COMMENTED = Kind(
    name="discussions.commented", label=_("A comment on a record that you watch"), group=GROUP,
    icon="message", pace=Pace.AT_ONCE,
    sentence=_("%(author)s commented on %(record)s"),
    bundled=_("%(count)s new comments on %(record)s, the last by %(author)s"),
)  # fmt: skip
KINDS = (MENTIONED, COMMENTED)
THINGS = {
    "discussions.comment": visible_comments,
    **{f"discussions.{name}": partial(visible_records, name) for name in record_kinds()},
}
