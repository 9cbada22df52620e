"""What routing decides."""

from pocketdesk.routing.rules.choice import absent_owner, choose, fluency, loads_of

__all__ = ["absent_owner", "choose", "fluency", "loads_of"]
