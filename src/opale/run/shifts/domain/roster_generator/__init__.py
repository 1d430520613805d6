"""The roster generator: rows priced person by person, put together, then made better in parts.

A roster is a choice of one row for each person. There are far too many rows to write down, so a
linear programme chooses among those known and says, by its prices, which unknown ones would help;
the best of these for one person is a shortest path over the days. When none is left, the value is
a bound that no roster can beat, and the rows there are nearly always hold one within a hundredth of
it (column generation: Desaulniers, Desrosiers and Solomon, 2005).
What searches (`search`, `planning`) brings numpy and HiGHS and is not imported here: pages know
problems and frames, the planner alone loads the rest.
Source: docs/rules/roster-generator.md.
"""
