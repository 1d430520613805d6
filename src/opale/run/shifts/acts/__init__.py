"""Acts of duties, patterns, needs, proposals, wishes, news and calendars: a module for each."""
