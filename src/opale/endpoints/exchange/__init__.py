"""Import and export of rows as files: previewed before they are written, and all of them or none.

A table declares its columns and the action that writes a line; this kit reads CSV as spreadsheets
write it, compares it with what is there, and reports every fault with its line and column.
"""
