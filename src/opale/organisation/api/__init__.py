"""Endpoints of the organisation: companies, teams, people, skills, calendars, tokens."""
