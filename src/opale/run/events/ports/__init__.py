"""The interface between events and connectors: one `Tool` for each outside tool.

A tool that only tells is a pure reader of its deliveries. One that also asks, acknowledges or
silences (a server that Opale stands in for) answers those calls by `take`.
"""
