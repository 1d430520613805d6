"""The demo's colleagues discuss records of every kind, and are told of it."""

from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.hashers import make_password

from opale.demo.app_data.designs import create_designs
from opale.demo.app_data.discussions import THREADS, create_discussions, curve
from opale.demo.app_data.orders import create_orders
from opale.demo.app_data.projects import create_projects
from opale.demo.app_data.reservations import create_stock
from opale.demo.company import create_company
from opale.demo.estate import create_estate
from opale.demo.portfolio import create_portfolio
from opale.discussions.models import Comment, CommentFile
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.notifications.models import Notification


@pytest.mark.django_db
def test_each_discussion_of_the_demo_is_held_and_told() -> None:
    now, rng = clock.now().replace(microsecond=0), Random(7)
    encoded = make_password("none")
    with attributed(system("demo")):
        starts = now - timedelta(days=30)
        staff = create_company(rng, now=now, starts=starts, encoded=encoded)
        portfolio = create_portfolio(rng, staff, count=40, now=now, encoded=encoded)
        create_stock(create_estate(rng, portfolio))
        create_orders(Random(6), staff, portfolio, now)
        create_projects(staff, portfolio, now)
        create_designs(Random(9), staff, portfolio, now)
        create_discussions(staff, now)
    said = Comment.objects.all()
    assert said.count() == sum(len(thread.said) for thread in THREADS)
    assert set(said.values_list("record_type", flat=True)) == {one.record_type for one in THREADS}
    assert all(one.created_at <= now for one in said)
    assert not said.filter(text__contains="{").exists()
    pictures = CommentFile.objects.filter(media_type="image/png", comment__isnull=False)
    assert pictures.count() == 2
    told = Notification.objects.filter(kind="discussions.mentioned")
    assert told.count() == len(THREADS)  # one mention in each
    assert Notification.objects.filter(kind="discussions.commented").exists()


def test_the_curve_is_a_picture() -> None:
    assert curve(4, 4).startswith(b"\x89PNG")
