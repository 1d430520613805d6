"""HTML of mails that takes no longer than its length allows."""

import time

import pytest

from opale.run.desk.domain.incoming_mail.safe_html import LONGEST, sanitize_html


@pytest.mark.parametrize("unit", ["<div ", "<div class=", "<blockquote", "----- "])
def test_what_looks_like_quotes_is_searched_in_linear_time(unit: str) -> None:
    began = time.process_time()
    sanitize_html(unit * (LONGEST // len(unit)))
    assert time.process_time() - began < 5
