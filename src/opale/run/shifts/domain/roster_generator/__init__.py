"""The roster generator: a row for each person, priced, combined, then improved in parts.

A roster is a choice of one row for each person. There are far too many rows to list, so a linear
programme chooses among those known and tells, by its prices, which unknown ones would help; the
best of these for one person is a shortest path over the days. When none is left, the value is a
bound that no roster can beat, and the known rows nearly always hold one within a hundredth of it
(column generation: Desaulniers, Desrosiers and Solomon, 2005).
The search modules (`search`, `planner`) load numpy and HiGHS and are not imported here: pages use
problems and frames, and only the planner loads the rest.
Source: docs/rules/roster-generator.md.
"""
