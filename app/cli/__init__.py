"""Commands: `flask --app wsgi …`. Each module of this package offers `register(app)`."""

import pkgutil
from importlib import import_module

from flask import Flask


def register(app: Flask) -> None:
    """Add the commands of every module of this package."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}").register(app)
