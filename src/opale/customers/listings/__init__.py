"""Customers, the portfolio, services, contracts and the catalogue as lists."""
