"""Authors and publishers through the console's routes: bases, categories, drafts, versions, schedules, reports."""

from collections.abc import Callable
from typing import Any

import pytest

from pocketdesk.accounts.model import Actor, Permission
from pocketdesk.jobs import Leased
from pocketdesk.kernel.moments import HOUR
from pocketdesk.kernel.refusal import Forbidden
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.knowledge import actions, jobs
from pocketdesk.knowledge.actions import CHECK_LINKS, PUBLISH
from pocketdesk.knowledge.content import EMPTY
from pocketdesk.knowledge.imports.actions import ask_import, begin_import
from pocketdesk.knowledge.imports.model import Kind
from pocketdesk.knowledge.jobs import TEND
from pocketdesk.knowledge.model import Writing
from pocketdesk.outbound import Outbound, to_allowed
from pocketdesk.storage import UnitOfWork
from tests.api.desk import Desk, Somebody
from tests.databases import Clock
from tests.loopback import Door, serving
from tests.pictures import still

KB = "/knowledge"


def says(*words: str) -> dict[str, Any]:
    """A body of paragraphs."""
    return {"blocks": [{"type": "paragraph", "runs": [{"type": "text", "text": each}]} for each in words]}


class Shelf:
    """A knowledge base and somebody who works on it."""

    def __init__(self, who: Somebody, languages: tuple[str, ...] = ("en", "nl")) -> None:
        self.who = who
        self.base = who.post(f"{KB}/bases", {"name": "Bike help", "languages": list(languages)})
        self.id: int = self.base["id"]

    def write(self, title: str = "Pay", language: str = "en", **fields: Any) -> int:
        """A new article with a draft; its id."""
        made = self.who.post(f"{KB}/bases/{self.id}/articles", {"language": language, "title": title})
        self.save(made["id"], language, title=title, **fields)
        return made["id"]

    def draft(self, article: int, language: str = "en") -> dict[str, Any]:
        return self.who.get(f"{KB}/articles/{article}/variants/{language}")

    def save(self, article: int, language: str = "en", **fields: Any) -> dict[str, Any]:
        now = self.draft(article, language)["draft"]
        return self.who.put(f"{KB}/articles/{article}/variants/{language}/draft", body(now, **fields))

    def publish(self, article: int, language: str = "en") -> dict[str, Any]:
        revision = self.draft(article, language)["draft"]["revision"]
        return self.who.post(f"{KB}/articles/{article}/variants/{language}/publish", {"revision": revision})

    def found(self, q: str = "") -> list[str]:
        """Titles that an agent finds."""
        return [each["title"] for each in self.who.get(f"{KB}/articles/find", q=q)["items"]]


def body(now: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """What the console sends to save a draft."""
    whole = {
        "base_revision": now["revision"],
        "title": now["title"],
        "subtitle": now["subtitle"],
        "slug": now["slug"],
        "tags": now["tags"],
        "body": now["body"] if now["body"]["blocks"] else says("You pay by card."),
    }
    return {**whole, **fields}


@pytest.fixture
def ana(desk: Desk) -> Somebody:
    return desk.found()


@pytest.fixture
def shelf(ana: Somebody) -> Shelf:
    return Shelf(ana)


# Bases and categories.


def test_A09_a_base_gets_a_free_address_and_shows_its_help_centre_once_open(ana: Somebody) -> None:
    one = ana.post(f"{KB}/bases", {"name": "Größe & Maß", "languages": ["de", "pt-br"]})
    two = ana.post(f"{KB}/bases", {"name": "Grosse Mass", "languages": ["de"], "accent": "#AA0000"})
    assert (one["slug"], two["slug"]) == ("grosse-mass", "grosse-mass-2")
    assert (one["languages"], one["url"], two["accent"]) == (["de", "pt-BR"], None, "#aa0000")
    opened = ana.patch(f"{KB}/bases/{one['id']}", {"is_public": True})
    assert opened["url"].endswith(f"/help/{ana.account_id}/grosse-mass/de/")
    assert ana.post(f"{KB}/bases/{one['id']}/archive")["url"] is None
    refused = ana.call("POST", f"{KB}/bases/{one['id']}/articles", {"language": "de"})
    assert (refused.status_code, refused.json()["code"]) == (409, "base_archived")
    assert ana.post(f"{KB}/bases/{one['id']}/restore")["archived_at"] is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "bike-shop"}, "slug"),
        ({"slug": "Bike shop"}, "slug"),
        ({"languages": ["nl"]}, "languages"),
        ({"languages": ["en", "en"]}, "languages.1"),
        ({"languages": ["english"]}, "languages.0"),
        ({"accent": "#12345g"}, "accent"),
        ({"logo_id": 7}, "logo_id"),
    ],
)
def test_a_base_refuses_what_cannot_be(shelf: Shelf, change: dict[str, Any], field: str) -> None:
    shelf.who.post(f"{KB}/bases", {"name": "Bike shop", "languages": ["en"]})
    shelf.write()
    answer = shelf.who.call("PATCH", f"{KB}/bases/{shelf.id}", change)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])


def test_categories_stand_in_two_levels_are_ordered_at_once_and_go_when_empty(shelf: Shelf) -> None:
    ana, at = shelf.who, f"{KB}/bases/{shelf.id}/categories"
    orders = ana.post(at, {"names": {"en": "Orders", "nl": "Bestellingen"}})["id"]
    returns = ana.post(at, {"names": {"en": "Returns"}, "parent_id": orders})["id"]
    bikes = ana.post(at, {"names": {"en": "Orders"}})
    assert bikes["slug"] == "orders-2"
    deep = ana.call("POST", at, {"names": {"en": "Deep"}, "parent_id": returns})
    assert list(deep.json()["fields"]) == ["parent_id"]
    ana.patch(f"{KB}/articles/{shelf.write()}", {"category_id": returns})
    shelf.write("Loose")
    tree = ana.get(at)
    assert [(each["id"], each["articles"]) for each in tree["items"]] == [(orders, 1), (bikes["id"], 0)]
    assert (tree["items"][0]["children"][0]["articles"], tree["uncategorised"]) == (1, 1)
    full = ana.call("DELETE", f"{KB}/categories/{orders}")
    assert (full.status_code, full.json()["code"]) == (409, "category_not_empty")
    order = [{"id": bikes["id"], "children": [orders, returns]}]
    ana.post(f"{at}/order", {"order": order})
    assert [each["id"] for each in ana.get(at)["items"][0]["children"]] == [orders, returns]
    stale = ana.call("POST", f"{at}/order", {"order": [{"id": orders}]})
    assert (stale.status_code, stale.json()["code"]) == (409, "categories_changed")
    ana.delete(f"{KB}/categories/{orders}")
    assert ana.get(f"{at}")["items"][0]["articles"] == 1
    missing = ana.call("PATCH", f"{KB}/categories/{returns}", {"names": {"nl": "Retour"}})
    assert list(missing.json()["fields"]) == ["names.en"]


# Drafts.


def test_two_authors_do_not_overwrite_each_other(desk: Desk, shelf: Shelf) -> None:
    ben = desk.hire(shelf.who, "ben@example.org", "knowledge_edit")
    article = shelf.write()
    path = f"{KB}/articles/{article}/variants/en/draft"
    begun = shelf.draft(article)["draft"]
    ben.put(path, body(begun, title="Ben's"))
    refused = shelf.who.call("PUT", path, body(begun, title="Ana's"))
    answer = refused.json()
    assert (refused.status_code, answer["code"]) == (409, "draft_changed")
    assert answer["draft"] == shelf.draft(article)["draft"]
    assert (answer["draft"]["title"], answer["draft"]["saved_by"]["id"]) == ("Ben's", ben.user_id)
    again = ben.put(path, body(begun, title="Ben's"))
    assert again["revision"] == begun["revision"] + 1, "a lost answer may be asked for again"


def test_K08_a_draft_keeps_every_field_and_a_long_one_too(shelf: Shelf) -> None:
    article = shelf.write(
        "Zahlen", subtitle="Mit Karte", slug="Zahlen-mit-Karte", tags=["Geld", "geld", " EC "]
    )
    kept = shelf.draft(article)
    assert (kept["slug"], kept["draft"]["tags"], kept["draft"]["subtitle"]) == (
        "zahlen-mit-karte",
        ["Geld", "EC"],
        "Mit Karte",
    )
    shelf.save(article, body=says(*["長い" * 500] * 190))
    whole = shelf.draft(article)["draft"]["body"]
    assert len(whole["blocks"]) == 190


def test_K08_slugs_follow_the_title_are_unique_and_old_ones_stay_taken(shelf: Shelf) -> None:
    first, second = shelf.write("Как оплатить?"), shelf.write("Как оплатить?")
    assert shelf.publish(first)["slug"] == "kak-oplatit"
    assert shelf.publish(second)["slug"] == "kak-oplatit-2"
    shelf.save(first, title="Оплата")
    assert shelf.publish(first)["slug"] == "kak-oplatit", "addresses do not follow later titles by themselves"
    shelf.save(first, slug="oplata")
    assert shelf.draft(first)["state"] == "changed"
    shelf.publish(first)
    for taken in ("kak-oplatit", "oplata", "kak-oplatit-2"):
        now = shelf.draft(third := shelf.write(f"Third {taken}"))["draft"]
        answer = shelf.who.call("PUT", f"{KB}/articles/{third}/variants/en/draft", body(now, slug=taken))
        assert answer.json()["fields"] == {"slug": "another article has this address"}
    shelf.save(first, slug="kak-oplatit")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "no spaces"}, "slug"),
        ({"slug": "-x"}, "slug"),
        ({"tags": ["a", ""]}, "tags.1"),
        ({"title": "a\x00b"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"body": {"blocks": [{"type": "image", "file_id": 5}]}}, "body"),
        ({"body": {"blocks": [{"type": "script", "text": "alert(1)"}]}}, "body.blocks.0"),
        ({"body": {"blocks": 5}}, "body"),
        ({"base_revision": 0}, "base_revision"),
    ],
)
def test_a_draft_refuses_what_cannot_be_at_its_field(
    desk: Desk, shelf: Shelf, change: dict[str, Any], field: str
) -> None:
    article = shelf.write()
    now = shelf.draft(article)["draft"]
    before = desk.rows()
    answer = shelf.who.call("PUT", f"{KB}/articles/{article}/variants/en/draft", body(now, **change))
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field])
    assert desk.rows() == before


def test_languages_are_variants_of_one_article(shelf: Shelf) -> None:
    ana, article = shelf.who, shelf.write("Pay")
    made = ana.post(f"{KB}/articles/{article}/variants", {"language": "nl", "copy_from": "en"})
    assert (made["draft"]["title"], made["state"], made["slug"]) == ("Pay", "draft", "")
    twice = ana.call("POST", f"{KB}/articles/{article}/variants", {"language": "nl"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already_written")
    other = ana.call("POST", f"{KB}/articles/{article}/variants", {"language": "fr"})
    assert list(other.json()["fields"]) == ["language"]
    shelf.publish(article)
    rows = ana.get(f"{KB}/bases/{shelf.id}/articles")["items"]
    assert [(each["language"], each["state"]) for each in rows[0]["variants"]] == [
        ("en", "published"),
        ("nl", "draft"),
    ]
    assert ana.get(f"{KB}/bases/{shelf.id}/articles", language="nl", state="published")["items"] == []
    assert len(ana.get(f"{KB}/bases/{shelf.id}/articles", language="nl", state="draft")["items"]) == 1


def test_lists_are_narrowed_and_paged_last_changed_first(shelf: Shelf, clock: Clock) -> None:
    ana = shelf.who
    ids: list[int] = []
    for title in ("Straße", "Path", "strasse 100%"):
        clock.advance(1)
        ids.append(shelf.write(title))
    at = f"{KB}/bases/{shelf.id}/articles"
    first = ana.get(at, limit=2)
    rest = ana.get(at, limit=2, after=first["after"])
    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]
    assert rest["after"] is None
    assert [each["id"] for each in ana.get(at, search="STRASSE")["items"]] == [ids[2], ids[0]]
    assert [each["id"] for each in ana.get(at, search="100%")["items"]] == [ids[2]]
    assert ana.get(at, search="_")["items"] == []
    assert len(ana.get(at, category_id=0)["items"]) == 3


# Publishing.


def test_K06_readers_get_a_version_and_nothing_of_a_draft(shelf: Shelf) -> None:
    article = shelf.write("Pay by card")
    assert shelf.found("card") == shelf.found() == []
    out = shelf.publish(article)
    assert (out["state"], out["published_version"]) == ("published", 1)
    assert shelf.found("card") == shelf.found() == ["Pay by card"]
    shelf.save(article, title="Pay in cash", body=says("Coins"))
    assert (shelf.draft(article)["state"], shelf.found("coins")) == ("changed", [])
    shelf.save(article, title="Pay by card", body=says("You pay by card."))
    assert shelf.draft(article)["state"] == "published", "it says what readers get anyway"
    taken = shelf.who.post(f"{KB}/articles/{article}/variants/en/unpublish")
    assert (taken["state"], shelf.found("card"), shelf.found()) == ("draft", [], [])
    twice = shelf.who.call("POST", f"{KB}/articles/{article}/variants/en/unpublish")
    assert (twice.status_code, twice.json()["code"]) == (409, "not_published")


def test_publishing_needs_words_and_the_draft_that_was_seen(shelf: Shelf) -> None:
    ana = shelf.who
    made = ana.post(f"{KB}/bases/{shelf.id}/articles", {"language": "en"})["id"]
    path = f"{KB}/articles/{made}/variants/en/publish"
    empty = ana.call("POST", path, {"revision": 1})
    assert sorted(empty.json()["fields"]) == ["body", "title"]
    shelf.save(made, title="Pay")
    stale = ana.call("POST", path, {"revision": 1})
    assert (stale.status_code, stale.json()["draft"]["title"]) == (409, "Pay")
    shelf.publish(made)
    before = ana.get(f"{KB}/articles/{made}/variants/en/versions")["items"]
    shelf.publish(made)
    assert ana.get(f"{KB}/articles/{made}/variants/en/versions")["items"] == before, "once is enough"


def test_K09_who_only_writes_changes_nothing_for_readers(desk: Desk, shelf: Shelf) -> None:
    ben = desk.hire(shelf.who, "ben@example.org", "knowledge_edit")
    out, draft = shelf.write("Out"), shelf.write("Draft")
    shelf.publish(out)
    revision = shelf.draft(out)["draft"]["revision"]
    ben.get("/users")
    before = desk.rows()
    at = f"{KB}/articles/{out}"
    for method, path, sent in (
        ("POST", f"{at}/variants/en/publish", {"revision": revision}),
        ("POST", f"{at}/variants/en/unpublish", None),
        ("POST", f"{at}/variants/en/schedule", {"revision": revision, "at": desk.clock.now + HOUR}),
        ("POST", f"{at}/variants/en/unschedule", None),
        ("DELETE", at, None),
        ("PATCH", at, {"access": "contacts"}),
        ("POST", f"{KB}/bases", {"name": "Mine", "languages": ["en"]}),
        ("PATCH", f"{KB}/bases/{shelf.id}", {"is_public": True}),
        ("POST", f"{KB}/bases/{shelf.id}/archive", None),
    ):
        assert ben.call(method, path, sent).status_code == 403, (method, path)
    assert desk.rows() == before
    ben.patch(f"{KB}/articles/{draft}", {"access": "contacts"})
    ben.delete(f"{KB}/articles/{draft}")
    shelf.who.delete(at)
    assert ben.call("POST", f"{at}/restore").status_code == 403, "it would be out again"


def test_K09_who_only_publishes_writes_nothing(desk: Desk, shelf: Shelf) -> None:
    eve = desk.hire(shelf.who, "eve@example.org", "knowledge_publish")
    article = shelf.write()
    now = eve.get(f"{KB}/articles/{article}/variants/en")["draft"]
    assert eve.call("PUT", f"{KB}/articles/{article}/variants/en/draft", body(now)).status_code == 403
    assert eve.call("POST", f"{KB}/bases/{shelf.id}/articles", {"language": "en"}).status_code == 403
    eve.post(f"{KB}/articles/{article}/variants/en/publish", {"revision": now["revision"]})


def test_K09_every_way_of_writing_asks_for_the_right_itself(desk: Desk, shelf: Shelf) -> None:
    article = shelf.write()
    category = shelf.who.post(f"{KB}/bases/{shelf.id}/categories", {"names": {"en": "Bikes"}})["id"]
    scope = AccountScope(shelf.who.account_id)
    actor = Actor(shelf.who.user_id, frozenset(Permission) - {Permission.KNOWLEDGE_EDIT})
    writing = Writing("Other", "", "", (), EMPTY)
    before = desk.rows()
    ways: tuple[Callable[[UnitOfWork], object], ...] = (
        lambda unit: actions.create_category(unit, scope, actor, shelf.id, {"en": "New"}),
        lambda unit: actions.change_category(unit, scope, actor, category, {"en": "New"}),
        lambda unit: actions.delete_category(unit, scope, actor, category),
        lambda unit: actions.order_categories(unit, scope, actor, shelf.id, [(category, ())]),
        lambda unit: actions.set_synonyms(unit, scope, actor, shelf.id, [["bike", "cycle"]]),
        lambda unit: actions.create_article(unit, scope, actor, shelf.id, "en", "New"),
        lambda unit: actions.change_article(unit, scope, actor, article, category_id=category),
        lambda unit: actions.delete_article(unit, scope, actor, article),
        lambda unit: actions.restore_article(unit, scope, actor, article),
        lambda unit: actions.create_variant(unit, scope, actor, article, "nl"),
        lambda unit: actions.save_draft(unit, scope, actor, article, "en", 2, writing),
        lambda unit: ask_import(
            unit, scope, actor, shelf.id, Kind.HTML, "a.html", 1, dry_run=True, publish=False
        ),
        lambda unit: begin_import(unit, scope, actor, 1),
    )
    for way in ways:
        with pytest.raises(Forbidden, match="knowledge_edit"):
            desk.engine.write_and_wait(way)
    assert desk.rows() == before


def test_a_schedule_publishes_what_was_there_when_it_was_made(desk: Desk, shelf: Shelf, clock: Clock) -> None:
    article = shelf.write("Summer sale")
    path = f"{KB}/articles/{article}/variants/en"
    at, later = clock.now + HOUR, clock.now + 2 * HOUR
    revision = shelf.draft(article)["draft"]["revision"]
    past = shelf.who.call("POST", f"{path}/schedule", {"revision": revision, "at": clock.now})
    assert list(past.json()["fields"]) == ["at"]
    shelf.who.post(f"{path}/schedule", {"revision": revision, "at": at})
    moved = shelf.who.post(f"{path}/schedule", {"revision": revision, "at": later})
    assert (moved["state"], moved["scheduled_at"], moved["scheduled_version"]) == ("scheduled", later, 1)
    shelf.save(article, title="Winter sale")
    clock.advance(HOUR)
    run_scheduled(desk, shelf, article, at)
    assert shelf.found() == [], "it was moved"
    clock.advance(HOUR)
    run_scheduled(desk, shelf, article, later)
    run_scheduled(desk, shelf, article, later)
    assert (shelf.found("sale"), shelf.draft(article)["state"]) == (["Summer sale"], "changed")


def test_a_schedule_can_be_taken_back_and_ends_with_the_article(
    desk: Desk, shelf: Shelf, clock: Clock
) -> None:
    kept, deleted = shelf.write("Kept"), shelf.write("Deleted")
    at = clock.now + HOUR
    for article in (kept, deleted):
        revision = shelf.draft(article)["draft"]["revision"]
        shelf.who.post(f"{KB}/articles/{article}/variants/en/schedule", {"revision": revision, "at": at})
    taken = shelf.who.post(f"{KB}/articles/{kept}/variants/en/unschedule")
    assert (taken["state"], taken["scheduled_at"]) == ("draft", None)
    shelf.who.delete(f"{KB}/articles/{deleted}")
    clock.advance(HOUR)
    for article in (kept, deleted):
        run_scheduled(desk, shelf, article, at)
    assert shelf.found() == []
    restored = shelf.who.post(f"{KB}/articles/{deleted}/restore")
    assert restored["variants"][0]["state"] == "draft"


def run_scheduled(desk: Desk, shelf: Shelf, article: int, at: int) -> None:
    """What the worker does at a time."""
    run_job(desk, shelf, PUBLISH, {"article_id": article, "language": "en", "at": at})


def run_job(desk: Desk, shelf: Shelf, kind: str, payload: dict[str, object]) -> None:
    run = jobs.runs(desk.engine, Outbound(to_allowed(["127.0.0.1"])))[kind]
    desk.run(run, Leased(shelf.who.account_id, 1, kind, "", payload, 1, 1, desk.clock.now))


def test_a_deleted_article_is_gone_everywhere_and_comes_back_as_it_was(shelf: Shelf) -> None:
    ana, article = shelf.who, shelf.write("Pay by card")
    shelf.publish(article)
    ana.delete(f"{KB}/articles/{article}")
    ana.delete(f"{KB}/articles/{article}")
    assert shelf.found("card") == shelf.found() == []
    assert ana.get(f"{KB}/bases/{shelf.id}/articles")["items"] == []
    assert len(ana.get(f"{KB}/bases/{shelf.id}/articles", deleted=True)["items"]) == 1
    now = shelf.draft(article)["draft"]
    refused = ana.call("PUT", f"{KB}/articles/{article}/variants/en/draft", body(now, title="New"))
    assert (refused.status_code, refused.json()["code"]) == (409, "article_deleted")
    ana.post(f"{KB}/articles/{article}/restore")
    assert shelf.found("card") == shelf.found() == ["Pay by card"]


# Versions.


def test_versions_differ_block_by_block_and_can_be_restored(shelf: Shelf) -> None:
    ana = shelf.who
    article = shelf.write("Pay", body=says("You pay by card.", "Thanks."))
    shelf.publish(article)
    shelf.save(article, title="Pay now", body=says("You pay by card or in cash.", "Thanks.", "Bye."))
    shelf.publish(article)
    path = f"{KB}/articles/{article}/variants/en/versions"
    assert [each["number"] for each in ana.get(path)["items"]] == [2, 1]
    assert ana.get(f"{path}/1")["body"] == says("You pay by card.", "Thanks.")
    diff = ana.get(f"{path}/2/diff")
    assert diff["fields"] == [{"field": "title", "before": "Pay", "after": "Pay now"}]
    assert [each["change"] for each in diff["blocks"]] == ["changed", "same", "added"]
    assert [(each["change"], each["run"]["text"]) for each in diff["blocks"][0]["runs"]] == [
        ("same", "You pay by card"),
        ("added", " or in cash"),
        ("same", "."),
    ]
    back = ana.get(f"{path}/1/diff", against=2)
    assert [each["change"] for each in back["blocks"]] == ["changed", "same", "removed"]
    assert {each["change"] for each in ana.get(f"{path}/1/diff")["blocks"]} == {"added"}
    revision = shelf.draft(article)["draft"]["revision"]
    ana.post(f"{path}/1/restore", {"base_revision": revision})
    assert (shelf.draft(article)["draft"]["title"], shelf.found()) == ("Pay", ["Pay now"])
    stale = ana.call("POST", f"{path}/2/restore", {"base_revision": revision})
    assert (stale.status_code, stale.json()["code"]) == (409, "draft_changed")
    assert ana.call("GET", f"{path}/3").status_code == 404


# Images.


def upload_image(shelf: Shelf) -> int:
    data = still()
    begun = shelf.who.post(
        "/files", {"name": "a.png", "size": len(data), "media_type": "image/png", "purpose": "article"}
    )
    path = f"/api/v1/accounts/{shelf.who.account_id}/files/{begun['file_id']}?offset=0"
    assert shelf.who.browser.put(path, content=data).status_code == 200
    return begun["file_id"]


def test_images_are_those_of_the_account_and_stay_with_their_versions(desk: Desk, shelf: Shelf) -> None:
    file_id = upload_image(shelf)
    image = {"type": "image", "file_id": file_id, "alt": "", "caption": "", "width": 1, "height": 1}
    article = shelf.write("Pay", body={"blocks": [image]})
    shown = shelf.draft(article)["images"][str(file_id)]
    assert shelf.who.browser.get(shown).headers["content-type"] == "image/png"
    eve = Shelf(desk.found("Other", "eve@example.org"))
    theirs = eve.write()
    stolen = body(eve.draft(theirs)["draft"], body={"blocks": [image]})
    foreign = eve.who.call("PUT", f"{KB}/articles/{theirs}/variants/en/draft", stolen)
    assert list(foreign.json()["fields"]) == ["body"]
    shelf.publish(article)
    shelf.save(article, body=says("No picture"))
    assert shelf.draft(article)["images"] == {}
    old = shelf.who.get(f"{KB}/articles/{article}/variants/en/versions/1")
    assert old["images"].keys() == {str(file_id)}
    revision = shelf.draft(article)["draft"]["revision"]
    restore = f"{KB}/articles/{article}/variants/en/versions/1/restore"
    shelf.who.post(restore, {"base_revision": revision})


# Synonyms and reports.


def test_K03_synonyms_find_what_is_called_otherwise(shelf: Shelf) -> None:
    shelf.publish(shelf.write("Bicycle insurance"))
    assert shelf.found("velocipede") == []
    kept = shelf.who.put(
        f"{KB}/bases/{shelf.id}/synonyms", {"items": [{"words": ["Velocipede", "bicycle", "BICYCLE"]}]}
    )
    assert kept["items"] == [{"words": ["velocipede", "bicycle"]}]
    assert shelf.found("velocipede") == ["Bicycle insurance"]
    lonely = shelf.who.call("PUT", f"{KB}/bases/{shelf.id}/synonyms", {"items": [{"words": ["x", "X"]}]})
    assert list(lonely.json()["fields"]) == ["items.0"]


def test_reports_tell_dead_links_and_what_wants_translating(shelf: Shelf, clock: Clock) -> None:
    ana = shelf.who
    unpublished, gone, fine = shelf.write("Unpublished"), shelf.write("Gone"), shelf.write("Fine")
    for article in (gone, fine):
        shelf.publish(article)
    ana.delete(f"{KB}/articles/{gone}")
    links = [{"type": "article_link", "text": "x", "article_id": id_} for id_ in (unpublished, gone, fine)]
    linking = shelf.write("Linking", body={"blocks": [{"type": "paragraph", "runs": links}]})
    shelf.publish(linking)
    found = ana.get(f"{KB}/bases/{shelf.id}/reports/links")["items"]
    assert [(each["article_id"], each["target"], each["reason"]) for each in found] == [
        (linking, str(unpublished), "unpublished"),
        (linking, str(gone), "gone"),
    ]
    ana.post(f"{KB}/articles/{fine}/variants", {"language": "nl", "copy_from": "en"})
    shelf.publish(fine, "nl")
    clock.advance(1)
    shelf.save(fine, title="Finer")
    shelf.publish(fine)
    wanting = ana.get(f"{KB}/bases/{shelf.id}/reports/translations")["items"]
    assert wanting == [
        {"article_id": fine, "title": "Finer", "missing": [], "outdated": ["nl"]},
        {"article_id": linking, "title": "Linking", "missing": ["nl"], "outdated": []},
    ]


class Site(Door):
    """A web page, a page that is gone, and one that answers to GET only."""

    def do_HEAD(self) -> None:
        self.answer({"/here": 200, "/old": 301, "/shy": 405})

    def do_GET(self) -> None:
        self.answer({"/here": 200, "/shy": 200})

    def answer(self, known: dict[str, int]) -> None:
        self.say(known.get(self.path, 404), b"", {"location": "/here"})


def test_reports_tell_links_to_the_outside_that_lead_nowhere(desk: Desk, shelf: Shelf) -> None:
    with serving(Site) as origin:
        hrefs = [f"{origin}/{path}" for path in ("here", "old", "shy", "gone")]
        hrefs += ["http://10.0.0.1/inside", "mailto:help@example.org"]
        runs = [{"type": "link", "text": "x", "href": href} for href in hrefs]
        article = shelf.write("Links", body={"blocks": [{"type": "paragraph", "runs": runs}]})
        shelf.publish(article)
        report = f"{KB}/bases/{shelf.id}/reports/links"
        assert shelf.who.get(report)["items"] == [], "nobody has looked yet"
        run_job(desk, shelf, CHECK_LINKS, {"article_id": article, "language": "en"})
    found = shelf.who.get(report)["items"]
    assert [(each["target"], each["reason"]) for each in found] == [
        (f"{origin}/gone", "404"),
        ("http://10.0.0.1/inside", "unreachable"),
    ]
    assert {each["checked_at"] for each in found} == {desk.clock.now}


def test_images_that_nobody_shows_go_after_a_day(desk: Desk, shelf: Shelf, clock: Clock) -> None:
    kept, loose = (upload_image(shelf) for _ in range(2))
    shelf.write("Kept", body={"blocks": [{"type": "image", "file_id": kept}]})
    run_job(desk, shelf, TEND, {})
    assert shelf.who.get(f"/files/{loose}")["state"] == "ready", "somebody may be writing"
    clock.advance(25 * HOUR)
    run_job(desk, shelf, TEND, {})
    assert shelf.who.get(f"/files/{kept}")["state"] == "ready"
    assert shelf.who.call("GET", f"/files/{loose}").status_code == 404


def test_agents_find_what_is_published_in_open_bases_only(desk: Desk, shelf: Shelf) -> None:
    agent = desk.hire(shelf.who, "ben@example.org")
    out = shelf.write("Pay by card")
    shelf.publish(out)
    shelf.who.patch(f"{KB}/articles/{out}", {"access": "contacts"})
    shelf.write("Pay secretly")
    found = agent.get(f"{KB}/articles/find", q="pay")["items"]
    assert [(each["title"], each["access"], each["url"]) for each in found] == [
        ("Pay by card", "contacts", None)
    ]
    for path in (f"/bases/{shelf.id}/articles", f"/articles/{out}", f"/articles/{out}/variants/en"):
        assert agent.call("GET", KB + path).status_code == 403
    shelf.who.post(f"{KB}/bases/{shelf.id}/archive")
    assert agent.get(f"{KB}/articles/find", q="pay")["items"] == []
