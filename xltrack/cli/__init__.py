"""The command line: thin shells over the functions of :mod:`xltrack.api`."""

from xltrack.cli.app import main

__all__ = ["main"]
