"""Acts on teams, people, companies, skills, calendars and tokens."""
