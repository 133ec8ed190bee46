"""The application for WSGI servers and for `flask --app wsgi …`."""

import os

from app import create_app
from app.clock import system_clock
from app.settings import Settings

app = create_app(Settings.from_environment(os.environ), system_clock)
