"""Actions of rosters: duties by hand, patterns, drafts and their publication."""
