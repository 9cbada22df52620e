"""What a client holds after another frame, in plain Python: the reference for the law and for the goldens.

State, event and patch are decoded JSON; nothing that was given is changed.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

CONVERSATIONS, MESSAGES, ENTRIES, ROWS = 20, 30, 50, 50
"""How much a fresh snapshot holds: what scrolls out of it is dropped here, to be comparable."""

State = dict[str, Any]


def reduce_visitor(state: State, event: State) -> State:
    conversations = deepcopy(state["conversations"])
    if event["kind"] == "conversation_started":
        conversations.insert(0, event["conversation"])
        conversations.sort(key=lambda each: (each["created_at"], each["id"]), reverse=True)
        return {"conversations": conversations[:CONVERSATIONS]}
    for found in conversations:
        if found["id"] == event["conversation_id"]:
            _change(found, event)
    return {"conversations": conversations}


def _change(found: State, event: State) -> None:
    match event["kind"]:
        case "conversation_assigned":
            found["assignee"] = event["assignee"]
        case "cursor_moved" if event["whose"] == "me":
            found["read_seq"] = max(found["read_seq"], event["read_seq"])
            found["unread"] = event["unread"]
        case "cursor_moved":
            found["their_received_seq"] = max(found["their_received_seq"], event["received_seq"])
            found["their_read_seq"] = max(found["their_read_seq"], event["read_seq"])
        case "conversation_erased":
            for message in found["messages"]:
                if event["from_seq"] <= message["seq"] <= event["to_seq"]:
                    _blank_for_visitor(message)
        case kind if "message" in event:
            message = event["message"]
            found["messages"].append(message)
            found["has_more"] = found["has_more"] or len(found["messages"]) > MESSAGES
            found["messages"] = found["messages"][-MESSAGES:]
            found["seq"] = message["seq"]
            found["unread"] += "author" in message and message["author"]["kind"] == "agent"
            match kind:
                case "conversation_closed":
                    found["status"] = "closed"
                case "conversation_reopened":
                    found["status"] = "open"
                case _:
                    pass
        case kind:
            raise AssertionError(kind)


def reduce_conversation(state: State, event: State, user_id: int) -> State:
    after = deepcopy(state)
    conversation, cursors = after["conversation"], after["cursors"]
    match event["kind"]:
        case "conversation_started":
            return after
        case "cursor_moved":
            if event["participant"] == "visitor":
                cursors["visitor_received_seq"] = max(cursors["visitor_received_seq"], event["received_seq"])
                cursors["visitor_read_seq"] = max(cursors["visitor_read_seq"], event["read_seq"])
            elif event["user_id"] == user_id:
                cursors["my_read_seq"] = max(cursors["my_read_seq"], event["read_seq"])
            return after
        case "conversation_erased":
            if event["whole"]:
                conversation["contact"] = None
            for entry in after["timeline"]:
                if event["from_seq"] <= entry["seq"] <= event["to_seq"]:
                    _blank(entry)
            return after
        case "message_posted":
            if event["entry"]["author"]["kind"] == "agent":
                conversation["waiting_since"] = None
            elif conversation["waiting_since"] is None:
                conversation["waiting_since"] = event["entry"]["at"]
        case "conversation_assigned":
            conversation["assignee"] = event["assignee"]
        case "conversation_closed":
            conversation |= {"status": "closed", "closed_at": event["entry"]["at"], "waiting_since": None}
        case "conversation_reopened":
            conversation |= {"status": "open", "closed_at": None}
        case "contact_associated":
            conversation["contact"] = event["contact"]
        case "conversation_moved":
            conversation["inbox"] = event["inbox"]
        case kind if "entry" not in event:
            raise AssertionError(kind)
        case _:
            pass
    conversation["seq"] = event["entry"]["seq"]
    after["timeline"].append(event["entry"])
    after["has_more"] = after["has_more"] or len(after["timeline"]) > ENTRIES
    after["timeline"] = after["timeline"][-ENTRIES:]
    return after


def _blank_for_visitor(message: State) -> None:
    if "author" in message:
        message["content"] = {"blocks": []}
    elif message["notice"]["kind"] == "email_given":
        message["notice"]["email"] = ""
    elif message["notice"]["kind"] == "survey_answered":
        message["notice"]["answer"] = None


def _blank(entry: State) -> None:
    if entry["kind"] != "notice":
        entry["content"] = {"blocks": []}
    elif entry["notice"]["kind"] == "email_given":
        entry["notice"]["facts"]["email"] = ""
    elif entry["notice"]["kind"] == "survey_answered":
        entry["notice"]["facts"]["answer"] = None


def reduce_list(state: State, patches: Sequence[State]) -> State:
    changed = {each["id"]: each["row"] for each in patches}
    boundary = _key(state["rows"][-1]) if state["more"] else None
    rows = [row for row in state["rows"] if row["id"] not in changed]
    rows += [row for row in changed.values() if row and (boundary is None or _key(row) >= boundary)]
    return {**state, "rows": sorted(rows, key=_key, reverse=True)}


def reduce_counts(state: State, patches: Sequence[State]) -> State:
    return {"counts": patches[-1]["row"]} if patches else state


def _key(row: State) -> tuple[int, int]:
    return row["last_activity_at"], row["id"]
