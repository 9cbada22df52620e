"""Mails as jobs, through a real SMTP server: what is told to whom, once, and what becomes of failures."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from pocketdesk.accounts import actions as accounts
from pocketdesk.accounts import views as users
from pocketdesk.accounts.model import Status, UserChanges
from pocketdesk.accounts.rules.rights import InvitationGone
from pocketdesk.conversations import views as conversations
from pocketdesk.jobs import Job, Worker
from pocketdesk.jobs import store as jobs
from pocketdesk.jobs.model import DeadJob
from pocketdesk.kernel.moments import DAY, HOUR, SECOND
from pocketdesk.mail import actions as mails
from pocketdesk.mail.jobs import MAIL_INVITATION, OWNER_AWAY, SCHEDULES, runs
from pocketdesk.mail.outside import Server, Smtp, to_sender
from pocketdesk.mail.rules import NoAddress
from pocketdesk.people import views as people
from pocketdesk.people.actions import give_to_owner
from pocketdesk.storage import Engine
from tests.databases import Clock
from tests.server import free_port
from tests.small_account import PASSWORD, SmallAccount, open_small_account
from tests.smtp import Post, client_tls, post_office

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),
]

ORIGIN = "https://chat.example.org"
SENDER = to_sender("Nordlicht <chat@nordlicht.example>")
BEN = "ben@nordlicht.example"


@pytest.fixture
def account(engine: Engine) -> SmallAccount:
    return open_small_account(engine)


def smtp(post: Post, safety: Any = "plain", **more: Any) -> Smtp:
    return Smtp(Server("localhost", post.port, safety, **more), SENDER, tls=client_tls(), patience_s=5)


def worker(account: SmallAccount, through: Smtp | None) -> Worker:
    kinds = runs(account.engine, through.send if through else None, ORIGIN)
    return Worker(account.engine, kinds, SCHEDULES, chance=lambda: 0.0)


def set_status(account: SmallAccount, user_id: int, status: Status) -> None:
    account.engine.write_and_wait(
        lambda unit: accounts.change_user(
            unit, account.scope, account.admin, user_id, UserChanges(status=status)
        )
    )


def tell(account: SmallAccount, user_id: int, conversation_id: int) -> None:
    fact = {"user_id": user_id, "conversation_id": conversation_id}
    account.engine.write_and_wait(
        lambda unit: unit.enqueue(Job(account.scope.account_id, OWNER_AWAY, str(conversation_id), fact))
    )


def written(account: SmallAccount, text: str = "Where is my order?") -> int:
    """A conversation that waits for Ben, who is away."""
    conversation_id = account.start(account.new_visitor(), text)
    set_status(account, account.ben.user_id, Status.AWAY)
    tell(account, account.ben.user_id, conversation_id)
    return conversation_id


def dead(account: SmallAccount) -> list[DeadJob]:
    return account.engine.read_and_wait(lambda reader: jobs.dead(reader, account.scope.account_id, 0, 10))


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert isinstance(found, EmailMessage)
    return found.get_content().replace("\r\n", "\n")


async def test_F05_an_owner_who_is_away_hears_of_it_by_mail(account: SmallAccount) -> None:
    conversation_id = written(account, "Where is <b>my</b> order? مرحبا")
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    (mail,) = post.taken
    assert mail["To"].addresses[0].addr_spec == BEN
    assert str(mail["From"]) == "Nordlicht <chat@nordlicht.example>"
    assert post.senders == ["chat@nordlicht.example"]
    assert mail["Auto-Submitted"] == "auto-generated"
    link = f"{ORIGIN}/a/{account.scope.account_id}/inbox/{conversation_id}"
    assert link in part(mail, "plain")
    assert f'href="{link}"' in part(mail, "html")
    assert "Where is <b>my</b> order? مرحبا" in part(mail, "plain")
    assert "Where is &lt;b&gt;my&lt;/b&gt; order? مرحبا" in part(mail, "html")
    assert dead(account) == []


async def test_F05_from_the_chatflow_to_the_owners_mailbox(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    identified(account, account.start(visitor, "Earlier"))
    contact = account.engine.read_and_wait(
        lambda reader: people.contact_of_email(reader, account.scope, "mia@example.org")
    )
    assert contact
    account.engine.write_and_wait(
        lambda unit: give_to_owner(unit, account.scope, account.admin, contact.id, account.ben.user_id)
    )
    account.configure(chat__assign__automatic=True, chat__assign__to="contact_owner")
    set_status(account, account.ben.user_id, Status.AWAY)
    account.start(visitor, "Are you there?")
    account.run_jobs()
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    (mail,) = post.taken
    assert mail["To"].addresses[0].addr_spec == BEN
    assert mail["Subject"] == "Mia Voss wrote to you"
    assert "> Are you there?" in part(mail, "plain")


async def test_F05_one_mail_for_each_message_however_often_the_job_comes(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor, "First")
    set_status(account, account.ben.user_id, Status.AWAY)
    async with post_office() as post:
        work = worker(account, smtp(post))
        for _ in range(2):
            tell(account, account.ben.user_id, conversation_id)
            await work.run_due()
        assert len(post.taken) == 1
        account.post(visitor, conversation_id, "Second")
        tell(account, account.ben.user_id, conversation_id)
        await work.run_due()
    first, second = post.taken
    assert "Second" not in part(first, "plain")
    assert "First" in part(second, "plain")
    assert "Second" in part(second, "plain")
    assert first["Message-ID"] != second["Message-ID"]


async def test_F05_who_is_back_who_cannot_see_it_and_what_is_answered_gets_no_mail(
    account: SmallAccount,
) -> None:
    answered = written(account)
    set_status(account, account.eve.user_id, Status.AWAY)
    account.post(account.ana, answered, "On its way")
    foreign, back = account.start(account.new_visitor()), account.start(account.new_visitor())
    tell(account, account.eve.user_id, foreign)
    tell(account, account.ana.user_id, back)
    for user_id, conversation_id in ((account.ben.user_id, 2**40), (2**40, back + 1)):
        tell(account, user_id, conversation_id)
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    assert post.taken == []
    assert dead(account) == []


async def test_F05_another_accounts_conversation_is_told_to_nobody(account: SmallAccount) -> None:
    other = open_small_account(account.engine, account="Other")
    theirs = other.start(other.new_visitor(), "Secret")
    set_status(account, account.ben.user_id, Status.AWAY)
    tell(account, account.ben.user_id, theirs)
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    assert post.taken == []


async def test_without_a_server_no_mail_waits(account: SmallAccount) -> None:
    written(account)
    await worker(account, None).run_due()
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    assert post.taken == []
    assert dead(account) == []


@pytest.mark.parametrize("safety", ["starttls", "tls"])
async def test_mail_travels_encrypted_and_signed_in(account: SmallAccount, safety: str) -> None:
    written(account)
    login = ("ana@example.org", "pa:ss wörd")
    async with post_office(tls=safety == "tls", starttls=safety == "starttls", login=login) as post:
        through = smtp(post, safety, user=login[0], password=login[1])
        assert await through.check() is None
        await worker(account, through).run_due()
    assert post.secured == [True]


async def test_nothing_is_told_without_encryption_where_it_is_asked_for(
    account: SmallAccount, clock: Clock
) -> None:
    written(account)
    async with post_office(login=("ana", "secret")) as post:
        through = smtp(post, "starttls", user="ana", password="secret")
        assert await through.check() is not None
        await worker(account, through).run_due()
    assert post.taken == []
    async with post_office(tls=True) as post:
        untrusted = Smtp(Server("localhost", post.port, "tls"), SENDER, patience_s=5)
        clock.advance(HOUR)
        await worker(account, untrusted).run_due()
    assert post.taken == []
    assert dead(account) == [], "an operator can mend it"


@pytest.mark.parametrize(
    ("who", "answer", "gives_up"),
    [
        (BEN, "550 5.1.1 ben@nordlicht.example unknown", True),
        (BEN, "450 4.2.1 try later", False),
        ("DATA", "554 5.7.1 spam", True),
        ("DATA", "452 4.3.1 full", False),
        ("MAIL", "553 5.7.1 not allowed to send as this", False),
    ],
)
async def test_refusals_for_good_are_given_up_and_others_tried_again(
    account: SmallAccount, clock: Clock, who: str, answer: str, *, gives_up: bool
) -> None:
    written(account)
    async with post_office() as post:
        work = worker(account, smtp(post))
        post.refuses[who] = answer
        await work.run_due()
        assert len(dead(account)) == gives_up
        if gives_up:
            assert answer[:3] in dead(account)[0].failure
            assert BEN not in dead(account)[0].failure
        post.refuses.clear()
        clock.advance(SECOND)
        await work.run_due()
        assert post.taken == [], "not before its pause is over"
        clock.advance(HOUR)
        await work.run_due()
        assert len(post.taken) == (not gives_up)


async def test_a_server_that_is_down_gets_the_mail_when_it_is_up(account: SmallAccount, clock: Clock) -> None:
    written(account)
    nobody = Smtp(Server("localhost", free_port(), "plain"), SENDER, patience_s=1)
    assert await nobody.check() is not None
    await worker(account, nobody).run_due()
    assert dead(account) == []
    clock.advance(HOUR)
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    assert len(post.taken) == 1


async def test_a_wrong_password_is_the_operators_to_mend(account: SmallAccount) -> None:
    written(account)
    async with post_office(login=("ana", "right")) as post:
        through = smtp(post, user="ana", password="wrong")
        reason = await through.check()
        assert reason is not None
        assert "535" in reason
        await worker(account, through).run_due()
    assert post.taken == []
    assert dead(account) == []


# Transcripts.


def identified(account: SmallAccount, conversation_id: int) -> None:
    """Agents know who writes."""
    contact = {"email": "mia@example.org", "name": "Mia Voss"}
    account.run(account.ana, "associate_contact", conversation_id=conversation_id, **contact)


def ask_for_transcript(account: SmallAccount, conversation_id: int) -> None:
    def act(unit: Any) -> None:
        found = conversations.of_agent(unit, account.scope, account.ana.user_id, conversation_id)
        mails.mail_transcript(unit, account.scope, found)

    account.engine.write_and_wait(act)


async def test_L15_a_transcript_holds_what_both_said_and_no_comment(account: SmallAccount) -> None:
    visitor = account.new_visitor()
    conversation_id = account.start(visitor, "Where is my <order>?")
    account.post(account.ana, conversation_id, "On its way.\n\nMore tomorrow.")
    secret = {"client_message_id": account.uuid(), "content": {"text": "Difficult one"}}
    account.run(account.ana, "post_comment", conversation_id=conversation_id, **secret)
    identified(account, conversation_id)
    async with post_office() as post:
        work = worker(account, smtp(post))
        for _ in range(2):
            ask_for_transcript(account, conversation_id)
            await work.run_due()
        (mail,) = post.taken
        account.post(visitor, conversation_id, "Thanks")
        ask_for_transcript(account, conversation_id)
        await work.run_due()
        assert len(post.taken) == 2, "there is more to read now"
    assert mail["To"].addresses[0].addr_spec == "mia@example.org"
    assert mail["Subject"] == "Your conversation with Nordlicht"
    plain, page = part(mail, "plain"), part(mail, "html")
    assert "> Where is my <order>?" in plain
    assert "> On its way.\n>\n> More tomorrow." in plain
    assert "Ana" in plain
    assert "Duarte" not in plain + page
    assert "Where is my &lt;order&gt;?" in page
    assert "Difficult" not in plain + page


async def test_L15_the_alias_stands_for_every_agent(account: SmallAccount) -> None:
    account.configure(
        chat__heading__kind="brand", chat__heading__brand_name="Team Aurora", chat__heading__alias=True
    )
    conversation_id = account.start(account.new_visitor(), "Hello?")
    account.post(account.ben, conversation_id, "Hello!")
    identified(account, conversation_id)
    ask_for_transcript(account, conversation_id)
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    (mail,) = post.taken
    assert mail["Subject"] == "Your conversation with Team Aurora"
    whole = part(mail, "plain") + part(mail, "html")
    assert "Team Aurora, " in whole
    assert not any(name in whole for name in ("Ben", "Okoro", "Ana", "Nordlicht"))


async def test_L15_without_an_address_there_is_no_transcript_by_mail(account: SmallAccount) -> None:
    conversation_id = account.start(account.new_visitor())
    with pytest.raises(NoAddress):
        ask_for_transcript(account, conversation_id)
    assert account.engine.read_and_wait(jobs.next_at) is None


async def test_L15_what_is_gone_meanwhile_is_not_mailed(account: SmallAccount) -> None:
    facts = {"conversation_id": 2**40, "contact_id": 2**40, "seq": 1}
    job = Job(account.scope.account_id, mails.TRANSCRIPT, "1", facts)
    account.engine.write_and_wait(lambda unit: unit.enqueue(job))
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    assert post.taken == []
    assert dead(account) == []


# Invitations.


def invite(account: SmallAccount, email: str = "zoe@example.org") -> tuple[int, str]:
    """Somebody new: the id, and the word of the link that the console shows."""

    def act(unit: Any) -> tuple[int, str]:
        user = accounts.create_user(unit, account.scope, account.admin, "Zoe", email)
        return user.id, accounts.invite(unit, account.scope, account.admin, user.id)

    return account.engine.write_and_wait(act)


def opens(account: SmallAccount, clock: Clock) -> Callable[[str], bool]:
    def is_open(word: str) -> bool:
        return (
            account.engine.read_and_wait(lambda reader: users.invitation(reader, word, clock.now)) is not None
        )

    return is_open


def mailed_word(mail: EmailMessage) -> str:
    return part(mail, "plain").split("/invite/")[1].split()[0]


async def test_an_invitation_goes_out_by_mail_beside_the_link_that_is_shown(
    account: SmallAccount, clock: Clock
) -> None:
    user_id, shown = invite(account)
    is_open = opens(account, clock)
    async with post_office() as post:
        work = worker(account, smtp(post))
        await work.run_due()
        fact = Job(account.scope.account_id, MAIL_INVITATION, str(user_id), {"user_id": user_id})
        account.engine.write_and_wait(lambda unit: unit.enqueue(fact))
        await work.run_due()
        (mail,) = post.taken
        assert mail["To"].addresses[0].addr_spec == "zoe@example.org"
        mailed = mailed_word(mail)
        assert mailed != shown
        assert (is_open(mailed), is_open(shown)) == (True, True)
        clock.advance(1)
        account.engine.write_and_wait(
            lambda unit: accounts.invite(unit, account.scope, account.admin, user_id)
        )
        assert (is_open(mailed), is_open(shown)) == (False, False), "a new invitation ends both"
        await work.run_due()
        assert len(post.taken) == 2
    account.engine.write_and_wait(
        lambda unit: accounts.accept_invitation(unit, mailed_word(post.taken[1]), "Zoe", PASSWORD)
    )
    assert not is_open(mailed_word(post.taken[1]))
    with pytest.raises(InvitationGone):
        account.engine.write_and_wait(lambda unit: accounts.accept_invitation(unit, mailed, "Zoe", PASSWORD))


async def test_no_secret_of_an_invitation_stands_in_the_database(account: SmallAccount) -> None:
    _, shown = invite(account)
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    everything = repr(
        account.engine.read_and_wait(
            lambda reader: [reader.all(table.select()) for table in (users.store.invitation, jobs.job)]
        )
    )
    assert shown not in everything
    assert mailed_word(post.taken[0]) not in everything


async def test_who_is_no_longer_invited_gets_no_mail(account: SmallAccount) -> None:
    user_id, _ = invite(account)
    account.engine.write_and_wait(
        lambda unit: accounts.change_user(
            unit, account.scope, account.admin, user_id, UserChanges(deactivated=True)
        )
    )
    async with post_office() as post:
        await worker(account, smtp(post)).run_due()
    assert post.taken == []


async def test_what_went_out_is_forgotten_after_a_month(account: SmallAccount, clock: Clock) -> None:
    conversation_id = written(account)
    async with post_office() as post:
        work = worker(account, smtp(post))
        await work.run_due()
        clock.advance(32 * DAY)
        await work.run_due()
        tell(account, account.ben.user_id, conversation_id)
        await work.run_due()
    assert len(post.taken) == 2
