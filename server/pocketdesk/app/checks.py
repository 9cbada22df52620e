"""What features of one storey say about each other's things, for those who may not ask them."""

from collections.abc import Collection, Mapping, Sequence

from pocketdesk.chat_page.rules import policy_of
from pocketdesk.chat_page.views import check_heading
from pocketdesk.chatflows import views as chatflows
from pocketdesk.chatflows.model import Document, Filters
from pocketdesk.consent import views as consent
from pocketdesk.kernel.page import MOST
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.routing import views as routing
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
    after: str | None = None
    while survey_ids:
        page = chatflows.chatflows(reader, scope, Filters(), MOST, after)
        for flow in page.items:
            if flow.document.options.survey_id in found:
                found[flow.document.options.survey_id].append((flow.id, flow.name))
        after = page.after
        if after is None:
            break
    return found
