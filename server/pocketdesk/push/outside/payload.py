"""What travels with a push: where in the app it leads. Every value is a text, as HubSpot's SDKs expect."""

from pocketdesk.kernel.moments import DAY, SECOND
from pocketdesk.push.model import Push

LIVES_S = 7 * DAY // SECOND
"""A push that could not be brought for so long is old news."""


def facts(push: Push) -> dict[str, str]:
    """The facts under HubSpot's names and under ours."""
    return {
        "hsPortalId": str(push.account_id),
        "hsThreadId": str(push.conversation_id),
        "hsChatflowId": str(push.chatflow_id),
        "hsChatflowParam": push.mobile_tag,
        "pd_account": str(push.account_id),
        "pd_conversation": str(push.conversation_id),
        "pd_tag": push.mobile_tag,
    }


def collapse(push: Push) -> str:
    """Pushes with the same word replace each other."""
    return f"pd-{push.account_id}-{push.conversation_id}"
