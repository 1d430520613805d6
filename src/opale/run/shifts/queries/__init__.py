"""How the roster is read: who is on, who answers, the days as a table, what is wrong with it."""
