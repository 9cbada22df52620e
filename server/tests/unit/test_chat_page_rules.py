"""Why a tag leads to one chatflow, and by whose status one is available."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as replace_part

from pocketdesk.chat_page import rules
from pocketdesk.chat_page.model import WhyNot
from pocketdesk.chatflows.model import Assign, Chatflow, Mobile
from pocketdesk.chatflows.rules import fresh
from pocketdesk.inboxes.model import Availability, Standing
from pocketdesk.routing.model import Policy
from pocketdesk.routing.rules import policy_of, who_counts


def _flow(id_: int, tag: str = "support", *, is_on: bool = True, deleted: bool = False) -> Chatflow:
    document = replace_part(fresh("en", "support", 1), mobile=Mobile(tag=tag))
    return Chatflow(
        id_, f"Flow {id_}", "mobile", 1, 1, is_on, id_, 1, document, 0, 1, 0, 1, 5 if deleted else None
    )


def test_B09_every_other_chatflow_has_its_reasons() -> None:
    flows = [
        _flow(1, is_on=False),
        _flow(2, "Sales"),
        _flow(3, " SUPPORT"),
        _flow(4),
        _flow(5, "sales", is_on=False),
        _flow(6, deleted=True),
    ]
    served, others = rules.why_not(flows, "Support ")
    assert served == flows[2]
    assert [(each.chatflow.id, each.reasons) for each in others] == [
        (1, (WhyNot.OFF,)),
        (2, (WhyNot.OTHER_TAG,)),
        (4, (WhyNot.LOWER_PRIORITY,)),
        (5, (WhyNot.OTHER_TAG, WhyNot.OFF)),
        (6, (WhyNot.DELETED,)),
    ]


@given(st.lists(st.tuples(st.sampled_from(["support", "SUPPORT", "sales"]), st.booleans(), st.booleans())))
def test_B02_B06_B09_the_first_enabled_one_with_the_tag_is_served(
    rows: list[tuple[str, bool, bool]],
) -> None:
    flows = [
        _flow(place, tag, is_on=is_on, deleted=deleted) for place, (tag, is_on, deleted) in enumerate(rows, 1)
    ]
    served, others = rules.why_not(flows, "support")
    able = [
        flow
        for flow in flows
        if flow.is_on and flow.deleted_at is None and flow.document.mobile.tag != "sales"
    ]
    assert served == (able[0] if able else None)
    assert len(others) == len(flows) - (served is not None)
    assert all(each.reasons for each in others)


@pytest.mark.parametrize(
    ("assign", "owner", "expected"),
    [
        (Assign(), None, Policy(fallback="anybody")),
        (Assign(user_ids=(7,)), None, Policy(fallback="anybody")),
        (Assign(automatic=True, user_ids=(7,), team_ids=(8,)), None, Policy(user_ids=(7,), team_ids=(8,))),
        (
            Assign(automatic=True, user_ids=(7,), fallback="anybody"),
            None,
            Policy(user_ids=(7,), fallback="anybody"),
        ),
        (Assign(automatic=True, to="contact_owner"), None, Policy(fallback="anybody")),
        (Assign(automatic=True, to="contact_owner"), 9, Policy(to="contact_owner")),
    ],
)
def test_E01_those_count_to_whom_the_rule_assigns(
    assign: Assign, owner: int | None, expected: Policy
) -> None:
    assert who_counts(policy_of(assign), owner) == expected


def test_E11_the_chatflows_own_availability_comes_before_the_channels() -> None:
    document = fresh("en", "support", 1)
    channel, own = Availability(kind="users"), Availability()
    assert rules.in_force(document, channel) is channel
    with_own = replace_part(document, chat=replace_part(document.chat, availability=own))
    assert rules.in_force(with_own, channel) is own


@pytest.mark.parametrize(
    ("standing", "text"),
    [
        (Standing("away", "message"), "We are away"),
        (Standing("closed", "message"), "We are closed"),
        (Standing("closed", "message", "Back in May"), "Back in May"),
        (Standing("closed", "return_time", returns_at=5), None),
        (Standing("away", "hide"), None),
    ],
)
def test_D24_E05_E06_a_message_that_nobody_wrote_is_the_languages(
    standing: Standing, text: str | None
) -> None:
    assert rules.in_words(standing, "We are away", "We are closed").text == text
