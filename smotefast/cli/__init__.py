"""The command line ``smotefast``."""

from smotefast.cli.commands import app, main

__all__ = ["app", "main"]
