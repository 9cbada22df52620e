"""What is counted, and who voted. Who asks has been told apart and limited before; nothing else is kept of them."""

from collections.abc import Sequence

from pocketdesk.help_center import rules, store
from pocketdesk.help_center.model import Source
from pocketdesk.help_center.rules import Sought
from pocketdesk.kernel.moments import DAY
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import UnitOfWork

AT_ONCE = 500

# Articles. `base_id` is that of the article's base, `language` the one it was read in.


def count_view(
    unit: UnitOfWork,
    scope: AccountScope,
    base_id: int,
    article_id: int,
    language: str,
    source: Source,
    read_ms: int | None = None,
) -> None:
    """An article was read, for so many milliseconds where that was measured."""
    measured = 0 if read_ms is None else min(read_ms, rules.LONGEST_READ_MS)
    _count(
        unit,
        scope,
        base_id,
        article_id,
        language,
        source,
        views=1,
        reads=int(read_ms is not None),
        read_ms=measured,
    )
    unit.run(
        store.WARM,
        account_id=scope.account_id,
        article_id=article_id,
        knowledge_base_id=base_id,
        heat=rules.heat(unit.now),
        helpful=0,
        unhelpful=0,
        rated=0.0,
    )


def count_more_reading(
    unit: UnitOfWork,
    scope: AccountScope,
    base_id: int,
    article_id: int,
    language: str,
    source: Source,
    read_ms: int,
) -> None:
    """Somebody went on reading who has been counted already."""
    read_ms = min(read_ms, rules.LONGEST_READ_MS)
    _count(unit, scope, base_id, article_id, language, source, read_ms=read_ms)


def count_chat(
    unit: UnitOfWork, scope: AccountScope, base_id: int, article_id: int, language: str, source: Source
) -> None:
    """Somebody went from an article to the chat."""
    _count(unit, scope, base_id, article_id, language, source, chats=1)


def _count(
    unit: UnitOfWork,
    scope: AccountScope,
    base_id: int,
    article_id: int,
    language: str,
    source: Source,
    *,
    views: int = 0,
    reads: int = 0,
    read_ms: int = 0,
    chats: int = 0,
) -> None:
    unit.run(
        store.COUNT_ARTICLE,
        account_id=scope.account_id,
        knowledge_base_id=base_id,
        day=rules.day_of(unit.now),
        article_id=article_id,
        language=language,
        source=source.value,
        views=views,
        reads=reads,
        read_ms=read_ms,
        chats=chats,
    )


# Searches.


def count_search(unit: UnitOfWork, sought: Sought) -> None:
    """Somebody sought something. Beyond `MOST_TERMS` different ones a day, new ones count without their words."""
    scope, base_id, language = sought.scope, sought.base_id, sought.language
    term = sought.term
    day = rules.day_of(sought.at)
    place = {"account_id": scope.account_id, "base_id": base_id, "day_": day, "language_": language}
    if unit.one(store.TERM, **place, term_=term) is None:
        row = unit.one(store.TERMS_OF_DAY, **place)
        if row and row[0] >= rules.MOST_TERMS:
            term = ""
    _count_term(unit, scope, base_id, day, language, term, searches=1, without_result=int(sought.in_vain))


def count_click(unit: UnitOfWork, scope: AccountScope, base_id: int, language: str, term: str) -> None:
    """A result for a term was opened. What nobody sought today or yesterday, nobody opened."""
    today = rules.day_of(unit.now)
    place = {"account_id": scope.account_id, "base_id": base_id, "language_": language}
    for day in (today, today - 1):
        if unit.one(store.TERM, **place, day_=day, term_=term) is not None:
            _count_term(unit, scope, base_id, day, language, term, clicks=1)
            return


def _count_term(
    unit: UnitOfWork,
    scope: AccountScope,
    base_id: int,
    day: int,
    language: str,
    term: str,
    *,
    searches: int = 0,
    without_result: int = 0,
    clicks: int = 0,
) -> None:
    unit.run(
        store.COUNT_SEARCH,
        account_id=scope.account_id,
        knowledge_base_id=base_id,
        day=day,
        language=language,
        term=term,
        searches=searches,
        without_result=without_result,
        clicks=clicks,
    )


# Votes.


def vote_as_person(
    unit: UnitOfWork,
    scope: AccountScope,
    base_id: int,
    article_id: int,
    language: str,
    person_id: int,
    *,
    helpful: bool,
) -> None:
    """Whether an article helped a visitor: counted once, and as the visitor said last (K11)."""
    _vote(
        unit,
        scope,
        base_id,
        article_id,
        language,
        person_voter(person_id),
        person_id,
        helpful=helpful,
    )


def vote_as_reader(
    unit: UnitOfWork,
    scope: AccountScope,
    base_id: int,
    article_id: int,
    language: str,
    reader: str,
    *,
    helpful: bool,
) -> None:
    """The same for somebody on the public pages; `reader` is of `rules.reader_key`."""
    _vote(unit, scope, base_id, article_id, language, reader, None, helpful=helpful)


def give(unit: UnitOfWork, scope: AccountScope, visitor_id: int, to_visitor_id: int) -> None:
    """A visitor's votes are another's from now on: they have shown to be the same person. One vote an article stays."""
    place = {"account_id": scope.account_id, "id_": visitor_id, "to_voter": person_voter(to_visitor_id)}
    unit.run(store.DROP_DOUBLE_VOTES, **place)
    unit.run(store.GIVE_VOTES, **place, to=to_visitor_id)


def person_voter(person_id: int) -> str:
    """How the votes of a visitor are told from others."""
    return f"person:{person_id}"


def _vote(
    unit: UnitOfWork,
    scope: AccountScope,
    base_id: int,
    article_id: int,
    language: str,
    voter: str,
    person_id: int | None,
    *,
    helpful: bool,
) -> None:
    unit.lock("article_vote", scope.account_id, article_id)
    before = unit.one(store.VOTE_OF, account_id=scope.account_id, article_id_=article_id, voter_=voter)
    if before is None:
        unit.run(
            store.ADD_VOTE,
            account_id=scope.account_id,
            id=unit.new_id(),
            knowledge_base_id=base_id,
            article_id=article_id,
            language=language,
            voter=voter,
            person_id=person_id,
            helpful=helpful,
            at=unit.now,
        )
    elif before[1] == helpful:
        return
    else:
        unit.run(
            store.SET_VOTE,
            account_id=scope.account_id,
            id_=before[0],
            helpful_=helpful,
            language_=language,
            now=unit.now,
        )
    yes, no = unit.one(store.STANDING, account_id=scope.account_id, article_id_=article_id) or (0, 0)
    changed = before is not None
    yes += 1 if helpful else -changed
    no += -changed if helpful else 1
    unit.run(
        store.RATE,
        account_id=scope.account_id,
        article_id=article_id,
        knowledge_base_id=base_id,
        heat=0.0,
        helpful=yes,
        unhelpful=no,
        rated=rules.rated(yes, no),
    )


def forget_people(unit: UnitOfWork, scope: AccountScope, person_ids: Sequence[int]) -> int:
    """Takes some persons off their votes, at most 500 at once; how many it was. The votes go on counting."""
    if not person_ids:
        return 0
    table = store.article_vote
    some = unit.all(
        store.SOME_OF_PERSON.where(table.c.person_id.in_(person_ids)),
        account_id=scope.account_id,
        limit=AT_ONCE,
    )
    if some:
        ids = [row[0] for row in some]
        unit.run(store.FORGET_VOTES.where(table.c.id.in_(ids)), account_id=scope.account_id)
    return len(some)


# Retention. These go over all accounts.


def sweep_readers(unit: UnitOfWork) -> bool:
    """Takes what tells readers apart off old votes; whether there may be more."""
    before = unit.now - rules.READER_DAYS * DAY
    return len(unit.all(store.FORGET_READERS, before=before, limit=AT_ONCE)) == AT_ONCE


def sweep_terms(unit: UnitOfWork) -> bool:
    """Forgets what was sought long ago, one base's day in a language at a time; whether there may be more."""
    oldest = unit.one(store.OLDEST_TERMS, before=rules.day_of(unit.now) - rules.TERM_DAYS)
    if oldest is None:
        return False
    account_id, base_id, day, language = oldest
    unit.run(store.FORGET_TERMS, account_id=account_id, base_id=base_id, day_=day, language_=language)
    return True
