"""Acts declared once: the page, the endpoint, its body and the button come from one declaration.

An app declares in `acts.py` what can be done to its rows: by which action, under which right, with
which form, in which states (docs/howto/declare-an-act.md).
"""
