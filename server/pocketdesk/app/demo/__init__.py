"""The demo: a bicycle shop with its people and what its customers wrote, and a page where anybody plays both sides."""

from pocketdesk.app.demo.api import router
from pocketdesk.app.demo.seed import LOGINS, PASSWORD, seed

__all__ = ["LOGINS", "PASSWORD", "router", "seed"]
