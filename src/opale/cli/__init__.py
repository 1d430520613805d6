"""The Python side of `./opale`: the installation, its PostgreSQL, its processes, its checks.

`opale.cli.main:main` is the entry point. Only `bootstrap` and `console` must work without any
installed package: they run before the environment is made.
"""
