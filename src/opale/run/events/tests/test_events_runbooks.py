"""What to do about an alert, as its source says where that is written."""

from typing import Any

import pytest

from opale.run.events.domain.runbooks import runbook_of

BOOK = "https://runbooks.example.net/disk"


@pytest.mark.parametrize(
    ("labels", "raw", "found"),
    [
        ({"runbook_url": BOOK}, {}, BOOK),
        ({}, {"annotations": {"runbook_url": f" {BOOK} "}}, BOOK),
        ({}, {"payload": {"custom_details": {"runbook": BOOK}}}, BOOK),
        ({"runbook": "ask Anna"}, {"annotations": {"runbook_url": BOOK}}, BOOK),
        ({"runbook_url": BOOK}, {"annotations": {"runbook_url": f"{BOOK}/other"}}, BOOK),
        ({}, {"annotations": {"runbook_url": "javascript:alert(1)"}}, ""),
        ({}, {"annotations": {"runbook_url": 5}}, ""),
        ({}, {"a": {"b": {"c": {"runbook": BOOK}}}}, ""),
        ({}, ["runbook_url", BOOK], ""),
        ({}, {}, ""),
    ],
)
def test_a_label_is_believed_before_what_came_with_it(
    labels: dict[str, str], raw: Any, found: str
) -> None:
    assert runbook_of(labels, raw) == found
