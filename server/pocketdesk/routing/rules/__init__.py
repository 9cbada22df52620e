"""What routing decides."""

from pocketdesk.routing.rules.choice import absent_owner, choose, fluency, loads_of, policy_of, who_counts

__all__ = ["absent_owner", "choose", "fluency", "loads_of", "policy_of", "who_counts"]
