"""The commands of the wire and the actions behind them."""

from collections.abc import Mapping
from typing import Any

from pocketdesk.consent.model import Kind
from pocketdesk.conversations import actions, wire
from pocketdesk.conversations.model import AgentActor, AgentViewer, VisitorActor, VisitorViewer
from pocketdesk.kernel.refusal import Forbidden
from pocketdesk.kernel.text import parse_content
from pocketdesk.realtime.ports import Command, Run
from pocketdesk.storage import UnitOfWork

Viewer = AgentViewer | VisitorViewer
Result = Mapping[str, Any]


def _actor(viewer: Viewer) -> AgentActor | VisitorActor:
    if isinstance(viewer, AgentViewer):
        return AgentActor(viewer.user_id)
    return VisitorActor(viewer.visitor_id)


def _agent(viewer: Viewer) -> AgentActor:
    if not isinstance(viewer, AgentViewer):
        raise Forbidden("for agents")
    return AgentActor(viewer.user_id)


def _visitor(viewer: Viewer) -> VisitorActor:
    if not isinstance(viewer, VisitorViewer):
        raise Forbidden("for visitors")
    return VisitorActor(viewer.visitor_id)


def _start_conversation(unit: UnitOfWork, viewer: Viewer, command: wire.StartConversation) -> Result:
    return wire.posted(
        actions.start_conversation(
            unit,
            viewer.scope,
            _visitor(viewer),
            command.client_conversation_id.lower(),
            command.client_message_id.lower(),
            command.mobile_tag,
            parse_content(command.content),
        )
    )


def _post_message(unit: UnitOfWork, viewer: Viewer, command: wire.PostMessage) -> Result:
    return wire.posted(
        actions.post_message(
            unit,
            viewer.scope,
            _actor(viewer),
            command.conversation_id,
            command.client_message_id.lower(),
            parse_content(command.content),
        )
    )


def _post_comment(unit: UnitOfWork, viewer: Viewer, command: wire.PostComment) -> Result:
    return wire.posted(
        actions.post_comment(
            unit,
            viewer.scope,
            _agent(viewer),
            command.conversation_id,
            command.client_message_id.lower(),
            parse_content(command.content),
        )
    )


def _move_cursor(unit: UnitOfWork, viewer: Viewer, command: wire.MoveCursor) -> Result:
    moved = actions.move_cursor(
        unit,
        viewer.scope,
        _actor(viewer),
        command.conversation_id,
        command.received_seq,
        command.read_seq,
    )
    return {"received_seq": moved.received_seq, "read_seq": moved.read_seq}


def _assign(unit: UnitOfWork, viewer: Viewer, command: wire.AssignConversation) -> Result:
    to = wire.to_assignee(command.assignee)
    named = actions.assign(unit, viewer.scope, _agent(viewer), command.conversation_id, to)
    return {"assignee": wire.agent_assignee(named)}


def _close(unit: UnitOfWork, viewer: Viewer, command: wire.CloseConversation) -> Result:
    status = actions.close_conversation(unit, viewer.scope, _agent(viewer), command.conversation_id)
    return {"status": status.value}


def _reopen(unit: UnitOfWork, viewer: Viewer, command: wire.ReopenConversation) -> Result:
    status = actions.reopen_conversation(unit, viewer.scope, _agent(viewer), command.conversation_id)
    return {"status": status.value}


def _associate(unit: UnitOfWork, viewer: Viewer, command: wire.AssociateContact) -> Result:
    contact = actions.associate_contact(
        unit, viewer.scope, _agent(viewer), command.conversation_id, command.email, command.name
    )
    return {"contact": wire.contact_out(contact)}


def _move(unit: UnitOfWork, viewer: Viewer, command: wire.MoveConversation) -> Result:
    inbox = actions.move_conversation(
        unit, viewer.scope, _agent(viewer), command.conversation_id, command.inbox_id
    )
    return {"inbox": wire.reference(inbox)}


def _bulk(unit: UnitOfWork, viewer: Viewer, command: wire.Bulk) -> Result:
    who = viewer.scope, _agent(viewer), command.conversation_ids
    match command.do:
        case wire.DoAssign(assignee):
            return wire.done(actions.assign_many(unit, *who, wire.to_assignee(assignee)))
        case wire.DoClose():
            return wire.done(actions.close_many(unit, *who))
        case wire.DoReopen():
            return wire.done(actions.reopen_many(unit, *who))


def _give_consent(unit: UnitOfWork, viewer: Viewer, command: wire.GiveConsent) -> Result:
    standing = actions.give_consent(
        unit,
        viewer.scope,
        _visitor(viewer),
        Kind(command.kind),
        command.choice,
        command.mobile_tag,
        command.text_hash,
    )
    return {
        "consents": {
            "cookies": standing.cookies,
            "process": standing.process,
            "communicate": standing.communicate,
        }
    }


def _give_email(unit: UnitOfWork, viewer: Viewer, command: wire.GiveEmail) -> Result:
    email = actions.give_email(unit, viewer.scope, _visitor(viewer), command.conversation_id, command.email)
    return {"email": email}


def _skip_email(unit: UnitOfWork, viewer: Viewer, command: wire.SkipEmail) -> Result:
    actions.skip_email(unit, viewer.scope, _visitor(viewer), command.conversation_id)
    return {}


def _submit_survey(unit: UnitOfWork, viewer: Viewer, command: wire.SubmitSurvey) -> Result:
    return actions.submit_survey(
        unit,
        viewer.scope,
        _visitor(viewer),
        command.conversation_id,
        command.rating,
        command.answer,
    )


COMMANDS: Mapping[type[Command], Run] = {
    wire.StartConversation: _start_conversation,
    wire.PostMessage: _post_message,
    wire.PostComment: _post_comment,
    wire.MoveCursor: _move_cursor,
    wire.AssignConversation: _assign,
    wire.CloseConversation: _close,
    wire.ReopenConversation: _reopen,
    wire.AssociateContact: _associate,
    wire.MoveConversation: _move,
    wire.Bulk: _bulk,
    wire.GiveConsent: _give_consent,
    wire.GiveEmail: _give_email,
    wire.SkipEmail: _skip_email,
    wire.SubmitSurvey: _submit_survey,
}
