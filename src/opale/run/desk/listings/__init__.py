"""Tickets, work asked, bulk jobs, macros and text modules as lists."""
