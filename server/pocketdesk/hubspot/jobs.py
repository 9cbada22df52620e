"""What goes out later to the programs that bring channels: it is read from several features."""

from collections.abc import Callable

from pocketdesk.conversations.model import EnclosedEntry, Kept, Message
from pocketdesk.files import views as files
from pocketdesk.hubspot import views
from pocketdesk.hubspot.actions import BROUGHT
from pocketdesk.hubspot.rules import thread_word
from pocketdesk.hubspot.wire.custom_channels import outgoing
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.storage import Reader
from pocketdesk.webhooks.jobs import Dress
from pocketdesk.webhooks.model import Told


def channel_dress(origin: str, file_key: Callable[[], bytes]) -> Dress:
    """Tells what agents said here: not what visitors said, nor what the program itself brought.

    `file_key` signs the links to files.
    """

    def dress(
        reader: Reader, scope: AccountScope, told: Told, secrets: tuple[bytes, ...], now: int
    ) -> tuple[dict[str, str], bytes] | None:
        enclosed = told.recorded.enclosed
        said = enclosed.entry if isinstance(enclosed, EnclosedEntry) else None
        if not isinstance(said, Message) or said.author.kind != "agent":
            return None
        if (said.client_message_id or "").startswith(BROUGHT):
            return None
        found = told.conversation.conversation
        thread = views.thread_of(reader, scope, Kept(found, None, spam=False))
        word = thread_word(people.outside_key(reader, scope, found.visitor_id))
        key = file_key()
        return outgoing(
            told,
            said,
            thread,
            word,
            secrets,
            origin,
            lambda file_id: origin + files.link(key, scope, file_id, now),
            now,
        )

    return dress
