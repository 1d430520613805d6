"""Writing the roster: duties by hand, patterns, what they draw, and what is published of it."""
