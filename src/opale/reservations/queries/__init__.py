"""Reading reservations, what is left of people and stock, and how loaded people are."""
