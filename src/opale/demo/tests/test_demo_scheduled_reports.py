"""The demo has a weekly report that was sent, and is due next Monday."""

from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.hashers import make_password

from opale.demo.app_data.scheduled_reports import create_scheduled_report
from opale.demo.company import create_company
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.scheduled_reports.models import Sending


@pytest.mark.django_db
def test_the_weekly_report_was_sent_each_monday_and_is_due_next() -> None:
    now = clock.now().replace(microsecond=0)
    with attributed(system("demo")):
        staff = create_company(
            Random(7), now=now, starts=now - timedelta(days=60), encoded=make_password("none")
        )
        report = create_scheduled_report(staff, now)
    assert now < report.next_at <= now + timedelta(weeks=1)
    assert report.next_at.astimezone(report.timetable.zone).weekday() == 0
    sent = Sending.objects.filter(report=report)
    assert len({one.due_at for one in sent}) in {5, 6}
    assert len({one.reader_id for one in sent}) == 2
