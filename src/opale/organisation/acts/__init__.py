"""Acts of people, of teams, and of reference data (companies, skills, calendars, tokens)."""
