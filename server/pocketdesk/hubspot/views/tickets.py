"""Tickets as HubSpot's objects."""

from pocketdesk.hubspot.model import PIPELINE, STAGES, CrmObject
from pocketdesk.kernel.moments import to_iso
from pocketdesk.tickets.model import Ticket


def to_crm(found: Ticket) -> CrmObject:
    """A ticket as an object."""
    draft = found.draft
    properties = {
        **(draft.properties or {}),
        "subject": draft.subject,
        "content": draft.content or None,
        "hs_pipeline": PIPELINE,
        "hs_pipeline_stage": STAGES[draft.stage],
        "hs_ticket_priority": draft.priority.value.upper() if draft.priority else None,
        "hubspot_owner_id": str(draft.owner_user_id) if draft.owner_user_id is not None else None,
        "source_type": "CHAT" if draft.conversation_id is not None else None,
        "hs_object_id": str(found.id),
        "createdate": to_iso(found.created_at),
        "hs_lastmodifieddate": to_iso(found.changed_at),
        "closed_date": to_iso(found.closed_at) if found.closed_at is not None else None,
    }
    return CrmObject(found.id, properties, found.created_at, found.changed_at, found.archived_at)
