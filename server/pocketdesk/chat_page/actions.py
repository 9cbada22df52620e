"""What is noted of the apps that show the chat page."""

from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import ServedFlow
from pocketdesk.inboxes import actions as inboxes
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork


def see_sdk(unit: UnitOfWork, scope: AccountScope, mobile_tag: str, sdk: str) -> None:
    """A mobile SDK began a session: the channel that its tag leads to was reached by it. Without a flow, nothing."""
    flow = chatflows.serve(unit, scope, mobile_tag)
    if isinstance(flow, ServedFlow):
        inboxes.see_sdk(unit, scope, flow.channel_account_id, sdk)
