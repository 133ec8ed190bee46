"""督办: the board with 催办 in one act, the statistics, and the monthly 通报."""

from flask import Blueprint

blueprint = Blueprint("oversight", __name__, url_prefix="/oversight")

from app.web.oversight import board, bulletin, calls, statistics  # noqa: E402, F401 - they add their pages to the blueprint
