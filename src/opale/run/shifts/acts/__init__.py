"""What is done to duties, patterns, needs, swaps, proposals, wishes and calendars."""
