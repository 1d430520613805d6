"""Reading designs, checking them, and what became another since."""
