"""Rows from and to files: shown before they are written, and all of them or none.

A table says its columns and which action writes a line; this kit reads CSV as spreadsheets write
it, compares it with what is there, and gives every fault its line and column.
"""
