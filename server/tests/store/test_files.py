"""Rows of files on both databases: announced, received, checked, attached, erased, swept."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.actions import create_account
from pocketdesk.accounts.model import Actor, PasswordHash, User, UserCard
from pocketdesk.files import actions, views
from pocketdesk.files.model import FileCard, Owner, OwnerKind, Purpose, Sound, State, Unsound, Upload
from pocketdesk.files.rules.kinds import MB
from pocketdesk.files.rules.uploads import CHUNK_BYTES, LOOSE_MS, WINDOW_MS, OffsetConflict, UploadEnded
from pocketdesk.kernel.refusal import Invalid, NotFound, TooMany
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Engine, UnitOfWork
from tests.databases import Clock
from tests.store.test_accounts import race

MIA, LEO = Owner(OwnerKind.VISITOR, 501), Owner(OwnerKind.VISITOR, 502)
SOUND = Sound(90, "ab" * 32, 30, 20)


@dataclass
class Shelf:
    """An account's files, without their bytes."""

    engine: Engine
    scope: AccountScope
    actor: Actor

    @property
    def ana(self) -> Owner:
        return Owner(OwnerKind.USER, self.actor.user_id)

    def wear(self, file_id: int) -> User:
        return self.engine.write_and_wait(
            lambda unit: actions.set_photo(unit, self.scope, self.actor, file_id)
        )

    def announce(
        self,
        name: str = "photo.png",
        size: int = 100,
        owner: Owner = MIA,
        purpose: Purpose = Purpose.MESSAGE,
    ) -> Upload:
        return self.engine.write_and_wait(
            lambda unit: actions.begin_upload(unit, self.scope, owner, purpose, name, size, "")
        )

    def receive(self, file_id: int, offset: int, length: int, owner: Owner = MIA) -> Upload:
        return self.engine.write_and_wait(
            lambda unit: actions.receive(unit, self.scope, owner, file_id, offset, length)
        )

    def settle(self, file_id: int, verdict: Sound | Unsound = SOUND) -> Upload:
        return self.engine.write_and_wait(lambda unit: actions.settle(unit, self.scope, file_id, verdict))

    def ready(self, owner: Owner = MIA, purpose: Purpose = Purpose.MESSAGE) -> int:
        file_id = self.announce(owner=owner, purpose=purpose).id
        self.receive(file_id, 0, 100, owner)
        assert self.settle(file_id).state is State.READY
        return file_id

    def attach(
        self, file_ids: list[int], owner: Owner = MIA, conversation_id: int = 9_000
    ) -> tuple[FileCard, ...]:
        return self.engine.write_and_wait(
            lambda unit: actions.attach(unit, self.scope, owner.kind, owner.id, conversation_id, file_ids)
        )

    def attached(self, file_ids: list[int], conversation_id: int = 9_000) -> dict[int, FileCard]:
        return self.engine.read_and_wait(
            lambda reader: views.attached(reader, self.scope, conversation_id, file_ids)
        )

    def found(self, file_id: int) -> Upload:
        return self.engine.read_and_wait(lambda reader: views.upload(reader, self.scope, file_id))


def open_shelf(engine: Engine, email: str) -> Shelf:
    founded = engine.write_and_wait(
        lambda unit: create_account(unit, "Nordlicht", "Ana Duarte", email, PasswordHash("none"))
    )
    return Shelf(engine, founded.scope, founded.actor)


@pytest.fixture
def shelf(engine: Engine) -> Shelf:
    return open_shelf(engine, "ana@example.org")


def test_D17_a_file_is_announced_received_checked_and_attached(shelf: Shelf) -> None:
    announced = shelf.announce("C:\\Photos\\My photo.PNG")
    assert (announced.name, announced.media_type) == ("My photo.PNG", "image/png")
    assert (announced.state, announced.received, announced.size) == (State.RECEIVING, 0, 100)
    assert shelf.receive(announced.id, 0, 60).received == 60
    assert shelf.receive(announced.id, 60, 40).is_whole
    assert shelf.settle(announced.id).state is State.READY
    other = shelf.ready()
    first, second = shelf.attach([other, announced.id])
    assert (first.id, second) == (other, FileCard(announced.id, "My photo.PNG", "image/png", 90, 30, 20))
    assert shelf.attached([announced.id, other]) == {announced.id: second, other: first}
    assert shelf.attached([announced.id], conversation_id=9_001) == {}


def test_D17_only_ones_own_ready_unused_files_can_be_attached(shelf: Shelf) -> None:
    mine, theirs, used = shelf.ready(), shelf.ready(LEO), shelf.ready()
    unfinished, refused, brand = shelf.announce().id, shelf.announce().id, shelf.ready(purpose=Purpose.BRAND)
    shelf.receive(refused, 0, 100)
    shelf.settle(refused, Unsound("not an image"))
    same_number = shelf.ready(Owner(OwnerKind.USER, MIA.id))
    elsewhere = open_shelf(shelf.engine, "eve@example.org")
    foreign = elsewhere.ready()
    shelf.attach([used])
    for wrong in (theirs, used, unfinished, refused, brand, same_number, foreign, 10**12, mine):
        with pytest.raises(Invalid) as caught:
            shelf.attach([mine, wrong])
        assert list(caught.value.fields) == ["file_ids.1"]
        assert shelf.attached([mine, wrong]) in ({}, {used: shelf.found(used).card})
    assert [card.id for card in shelf.attach([mine])] == [mine]
    assert elsewhere.attached([mine]) == {}


def test_D17_bytes_come_in_order_and_never_twice(shelf: Shelf) -> None:
    file_id = shelf.announce(size=100).id
    shelf.receive(file_id, 0, 40)
    for offset in (0, 39, 41, 100):
        with pytest.raises(OffsetConflict) as caught:
            shelf.receive(file_id, offset, 10)
        assert caught.value.fields == {"received": "40"}
    for length, field in ((0, "body"), (CHUNK_BYTES + 1, "body"), (61, "size")):
        with pytest.raises(Invalid) as refused:
            shelf.receive(file_id, 40, length)
        assert list(refused.value.fields) == [field]
    with pytest.raises(NotFound):
        shelf.receive(file_id, 40, 10, LEO)
    shelf.receive(file_id, 40, 60)
    with pytest.raises(UploadEnded):
        shelf.receive(file_id, 100, 1)


def test_D17_how_much_one_sends_is_limited_and_others_are_not_hindered(shelf: Shelf, clock: Clock) -> None:
    for _ in range(60):
        shelf.announce()
    with pytest.raises(TooMany):
        shelf.announce()
    shelf.announce(owner=LEO)
    clock.advance(WINDOW_MS)
    for _ in range(10):
        shelf.announce("film.mp4", 25 * MB)
    with pytest.raises(TooMany):
        shelf.announce()
    shelf.announce(owner=LEO)


def test_D18_the_first_verdict_holds(shelf: Shelf) -> None:
    file_id = shelf.announce().id
    shelf.receive(file_id, 0, 100)
    assert shelf.settle(file_id, Unsound("a virus")).state is State.REFUSED
    again = shelf.settle(file_id)
    assert (again.state, again.refusal, again.sha256) == (State.REFUSED, "a virus", None)


def test_D18_erased_files_are_blank_at_once(shelf: Shelf) -> None:
    kept, gone, foreign = shelf.ready(), shelf.ready(), open_shelf(shelf.engine, "eve@example.org").ready()
    shelf.attach([kept, gone])
    shelf.engine.write_and_wait(lambda unit: actions.erase(unit, shelf.scope, [gone, foreign]))
    assert list(shelf.attached([kept, gone])) == [kept]
    with pytest.raises(NotFound):
        shelf.found(gone)
    with pytest.raises(NotFound):
        shelf.settle(gone)


def test_D18_what_no_message_carries_is_swept(shelf: Shelf, clock: Clock) -> None:
    attached, loose, unfinished = shelf.ready(), shelf.ready(), shelf.announce().id
    brand, unused = shelf.ready(purpose=Purpose.BRAND), shelf.announce(purpose=Purpose.BRAND).id
    photo, unworn = shelf.ready(shelf.ana, Purpose.PHOTO), shelf.ready(shelf.ana, Purpose.PHOTO)
    shelf.wear(photo)
    shelf.attach([attached])
    clock.advance(LOOSE_MS)
    young = shelf.announce().id
    assert not shelf.engine.write_and_wait(actions.sweep), "nothing is older than that yet"
    clock.advance(1)
    assert not shelf.engine.write_and_wait(actions.sweep)
    for file_id in (attached, brand, photo, young):
        shelf.found(file_id)
    for file_id in (loose, unfinished, unused, unworn):
        with pytest.raises(NotFound):
            shelf.found(file_id)


def test_D17_of_two_messages_that_take_one_file_at_once_one_gets_it(
    shelf: Shelf, database_url: str, clock: Clock
) -> None:
    file_id = shelf.ready()

    def take(conversation_id: int) -> Callable[[UnitOfWork], object]:
        return lambda unit: actions.attach(unit, shelf.scope, MIA.kind, MIA.id, conversation_id, [file_id])

    assert race(database_url, clock, take(9_000), take(9_001)) == ["done", "invalid"]


def test_D17_of_two_who_send_the_same_bytes_at_once_one_is_told_to_go_on(
    shelf: Shelf, database_url: str, clock: Clock
) -> None:
    file_id = shelf.announce().id

    def send(unit: UnitOfWork) -> object:
        return actions.receive(unit, shelf.scope, MIA, file_id, 0, 60)

    assert race(database_url, clock, send, send) == ["done", "offset_conflict"]
    assert shelf.found(file_id).received == 60


@settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sends=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=20), size=st.integers(1, 60)
)
def test_D17_however_a_client_resumes_the_count_never_skips_a_byte(
    shelf: Shelf, clock: Clock, sends: list[tuple[int, int]], size: int
) -> None:
    clock.advance(WINDOW_MS)
    file_id = shelf.announce(size=size).id
    received = 0
    for offset, length in sends:
        try:
            received = shelf.receive(file_id, offset, length).received
        except (OffsetConflict, UploadEnded, Invalid):
            assert received == size or offset != received or not 1 <= length <= size - received
        else:
            assert received == offset + length
        assert shelf.found(file_id).received == received


# Photos.


def _card(shelf: Shelf) -> UserCard:
    return shelf.engine.read_and_wait(
        lambda reader: accounts.user_cards(reader, shelf.scope, [shelf.actor.user_id])
    )[shelf.actor.user_id]


def test_D11_a_photo_is_worn_changed_and_taken_off(shelf: Shelf) -> None:
    assert _card(shelf).image is None
    first, second = shelf.ready(shelf.ana, Purpose.PHOTO), shelf.ready(shelf.ana, Purpose.PHOTO)
    assert shelf.wear(first).image == f"/photos/{shelf.scope.account_id}/{first}"
    assert _card(shelf).image == shelf.wear(first).image, "twice is once"
    assert shelf.found(first).state is State.READY
    assert shelf.wear(second).image == f"/photos/{shelf.scope.account_id}/{second}"
    with pytest.raises(NotFound):
        shelf.found(first)
    bare = shelf.engine.write_and_wait(
        lambda unit: actions.remove_photo(unit, shelf.scope, shelf.actor, shelf.actor.user_id)
    )
    assert (bare.image, _card(shelf).image) == (None, None)
    with pytest.raises(NotFound):
        shelf.found(second)


def test_D11_only_ones_own_ready_photo_can_be_worn(shelf: Shelf) -> None:
    elsewhere = open_shelf(shelf.engine, "eve@example.org")
    for wrong in (
        shelf.ready(Owner(OwnerKind.VISITOR, shelf.actor.user_id), Purpose.PHOTO),
        shelf.ready(Owner(OwnerKind.USER, 10**12), Purpose.PHOTO),
        shelf.ready(shelf.ana, Purpose.BRAND),
        shelf.ready(shelf.ana),
        shelf.announce(owner=shelf.ana, purpose=Purpose.PHOTO).id,
        elsewhere.ready(elsewhere.ana, Purpose.PHOTO),
        10**12,
    ):
        with pytest.raises(Invalid) as caught:
            shelf.wear(wrong)
        assert list(caught.value.fields) == ["file_id"]
    assert _card(shelf).image is None
    with pytest.raises(NotFound):
        shelf.engine.write_and_wait(
            lambda unit: actions.remove_photo(unit, shelf.scope, shelf.actor, elsewhere.actor.user_id)
        )
