"""What features of one storey say about each other's things, for those who may not ask them."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from pocketdesk.chat_page.views import check_heading
from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import Chatflow, Document, Filters
from pocketdesk.consent import views as consent
from pocketdesk.conversations import views as conversations
from pocketdesk.kernel.page import MOST
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.routing import views as routing
from pocketdesk.routing.model import Arrival, Use
from pocketdesk.routing.rules import policy_of
from pocketdesk.storage import Reader
from pocketdesk.surveys import views as surveys


def check_survey(
    reader: Reader, scope: AccountScope, _inbox_id: int, document: Document
) -> Mapping[str, str]:
    """What is wrong with the survey that a chatflow shall be connected to: messages by field (H01)."""
    survey_id = document.options.survey_id
    why_not = surveys.why_not_in_chat(reader, scope, survey_id) if survey_id is not None else None
    return {"options.survey_id": why_not} if why_not else {}


def check_assign(reader: Reader, scope: AccountScope, inbox_id: int, document: Document) -> Mapping[str, str]:
    """What is wrong with whom a chatflow assigns to: messages by field (F06, F07)."""
    wrong = routing.check_policy(reader, scope, inbox_id, policy_of(document.chat.assign))
    return {f"chat.assign.{field}": message for field, message in wrong.items()}


DOCUMENT_CHECKS = (check_assign, check_survey, check_heading, consent.check_document)
"""What speaks against a chatflow's document beyond its form."""


def survey_users(
    reader: Reader, scope: AccountScope, survey_ids: Collection[int]
) -> Mapping[int, Sequence[tuple[int, str]]]:
    """Ids and names of the chatflows that are connected to some surveys, by survey."""
    found: dict[int, list[tuple[int, str]]] = {id_: [] for id_ in survey_ids}
    for flow in _chatflows(reader, scope) if survey_ids else ():
        if flow.document.options.survey_id in found:
            found[flow.document.options.survey_id].append((flow.id, flow.name))
    return found


def skill_uses(reader: Reader, scope: AccountScope, skill_id: int) -> Sequence[Use]:
    """The chatflows that need a skill, whether they assign automatically now or not (F12)."""
    return [
        Use("chatflow", flow.id, flow.name)
        for flow in _chatflows(reader, scope)
        if skill_id in flow.document.chat.assign.skill_ids
    ]


def past_arrivals(
    reader: Reader, scope: AccountScope, inbox_id: int, start: int, end: int
) -> Sequence[Arrival]:
    """When conversations began in an inbox, as the simulator takes it; its handling times are made up."""
    found = conversations.past_arrivals(reader, scope, inbox_id, start, end)
    return [Arrival(each.arrived_at, 0, each.language) for each in found]


def _chatflows(reader: Reader, scope: AccountScope) -> Iterator[Chatflow]:
    after: str | None = None
    while True:
        page = chatflows.chatflows(reader, scope, Filters(), MOST, after)
        yield from page.items
        after = page.after
        if after is None:
            return
