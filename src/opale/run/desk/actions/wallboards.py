"""Links for wall screens, which administrators create and revoke. Source: docs/rules/wall.md."""

from datetime import timedelta
from secrets import token_urlsafe

from django.db.models import Q
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.run.desk.models import WallKey
from opale.run.desk.queries.wallboards import hash_wall_key
from opale.run.desk.rights import ADMINISTER

SEEN_EVERY = timedelta(minutes=1)


def create_wall_key(
    name: str, *, by: Actor, language: str, theme: str = "dark", names: bool = False
) -> tuple[WallKey, str]:
    """Create a link for a screen; return it with its key, which is not stored.

    Errors: NotAllowed, Invalid (no name).
    """
    if not by.can(ADMINISTER):
        raise NotAllowed
    said = " ".join(name.split())
    if not said:
        raise Invalid(name=_("Enter the location of the screen."))
    key = token_urlsafe(32)
    with attributed(by):
        made = WallKey.objects.create(
            name=said[:80],
            digest=hash_wall_key(key),
            language=language,
            theme=theme,
            names=names,
        )
    return made, key


def revoke_wall_key(key: WallKey, *, by: Actor) -> None:
    """Revoke a link: the screen goes dark at its next request. Repeatable.

    Errors: NotFound, NotAllowed.
    """
    if not by.can(ADMINISTER):
        raise NotAllowed
    with attributed(by):
        rows = WallKey.objects.visible_to(by).filter(pk=key.pk)
        if not rows.exists():
            raise NotFound
        rows.filter(revoked_at=None).update(revoked_at=clock.now())


def record_wall_seen(key: WallKey) -> None:
    """Record the last request of a screen, to the minute, so that not each one writes."""
    at = clock.now()
    rows = WallKey.objects.filter(Q(seen_at=None) | Q(seen_at__lt=at - SEEN_EVERY), pk=key.pk)
    if key.seen_at is None or key.seen_at < at - SEEN_EVERY:
        rows.update(seen_at=at)
