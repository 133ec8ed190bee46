"""Commands: `flask --app wsgi …`. A module of this package that has commands offers `register(app)`."""

import pkgutil
from importlib import import_module

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands of every module of this package."""
    for module in pkgutil.iter_modules(__path__):
        commands = import_module(f"{__name__}.{module.name}")
        if hasattr(commands, "register"):
            commands.register(app)
