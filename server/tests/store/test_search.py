"""What readers find in a knowledge base, on both engines."""

import pytest

from pocketdesk.knowledge.model import EVERY_ACCESS, Access
from pocketdesk.storage import Engine
from tests.library import PUBLIC, Library
from tests.small_account import open_small_account


@pytest.fixture
def library(engine: Engine) -> Library:
    account = open_small_account(engine)
    return Library(engine, account.scope, account.admin.user_id)


def test_K03_found_by_title_subtitle_tag_and_body_in_this_order(library: Library) -> None:
    padding = "Some other words that make the text long enough to be one."
    body = library.publish("Shipping", f"We ship parcels. {padding}")
    subtitle = library.publish("Delivery", padding, "All about a parcel")
    tag = library.publish("Sending", padding, tags=["parcels", "post"])
    title = library.publish("Parcels", padding)
    library.publish("Passwords", padding)
    assert library.ids("parcel") == [title, tag, subtitle, body]


def test_K03_all_words_before_some_words(library: Library) -> None:
    both = library.publish("Account", "How to reset a forgotten password of yours, in many words and steps.")
    one = library.publish("Password password", "password")
    assert library.ids("reset password") == [both, one]


def test_K03_nothing_is_found(library: Library) -> None:
    library.publish("Parcels", "words")
    found = library.find("zebra")
    assert (found.total, found.hits, found.corrected) == (0, (), None)
    for q in (
        "",
        "  ",
        "?!",
        "'\"; DROP TABLE",
        '"',
        "*",
        "a AND OR NOT (",
        "\x00",
        "@1.2.en.public",
        "|&!:*<->",
    ):
        library.find(q)
    assert library.find("@").total == 0


def test_K06_only_what_is_published_and_for_whom_it_is_meant(library: Library) -> None:
    public = library.publish("Refunds", "secretplan one")
    closed = library.publish("Refunds for contacts", "secretplan hush", access=Access.CONTACTS)
    assert library.ids("secretplan", access=EVERY_ACCESS) == [public, closed]
    assert library.ids("secretplan", access=PUBLIC) == [public]
    assert library.find("secretplan", access=PUBLIC).total == 1
    assert library.find("refund", access=frozenset()).total == 0
    # Neither slips nor endings tell what others may read.
    assert library.find("hussh", access=PUBLIC).corrected is None
    assert library.find("hus", access=PUBLIC).total == 0
    assert library.find("hus", access=EVERY_ACCESS).total == 1
    library.admit(public, Access.CONTACTS)
    assert library.find("secretplan", access=PUBLIC).total == 0
    library.admit(closed, Access.PUBLIC)
    assert library.ids("secretplan", access=PUBLIC) == [closed]
    library.unpublish(closed)
    assert library.find("secretplan", access=PUBLIC).total == 0
    assert library.find("secretplam", access=PUBLIC).corrected is None


def test_K06_a_new_version_takes_the_place_of_the_one_before(library: Library) -> None:
    article = library.publish("Title", "formerly")
    library.publish("Title", "nowadays", article_id=article)
    assert library.ids("formerly") == []
    assert library.ids("nowadays") == [article]


def test_no_account_and_no_base_finds_what_is_anothers(library: Library) -> None:
    library.publish("Parcels", "words")
    sibling = Library(library.engine, library.scope, library.user_id)
    other = open_small_account(library.engine, account="Other")
    stranger = Library(library.engine, other.scope, other.admin.user_id)
    assert sibling.ids("parcel") == []
    assert stranger.ids("parcel") == []
    stranger.base_id = library.base_id
    assert stranger.ids("parcel") == []


def test_K10_each_article_in_the_language_or_in_the_first_one(library: Library) -> None:
    both = library.publish("Hotel", "english words")
    library.publish("Hotel", "deutsche Wörter", language="de", article_id=both)
    english = library.publish("Hotel bar", "english words")
    found = {hit.article_id: hit.language for hit in library.find("hotel", "de").hits}
    assert found == {both: "de", english: "en"}
    assert library.find("hotel", "de").total == 2
    assert library.ids("english", "de") == [english], "who reads German is not shown the English text of it"
    assert {hit.language for hit in library.find("hotel", "en").hits} == {"en"}
    assert {hit.language for hit in library.find("hotel", "fr").hits} == {"en"}
    assert {hit.language for hit in library.find("hotel", "de-AT").hits} == {"de", "en"}
    library.unpublish(both, "de")
    assert {hit.language for hit in library.find("hotel", "de").hits} == {"en"}
    assert library.find("hotel", "de").total == 2


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("en", "Changing your passwords", "change password"),
        ("de", "Passwörter zurücksetzen", "passwort"),
        ("es", "Configuración de la contraseña", "contrasena"),
        ("sv", "Ändra lösenord", "andra losenord"),
        ("tr", "Şifre sıfırlama", "sifre"),
        ("ja", "パスワードを再設定する", "設定"),
        ("zh-CN", "如何重置密码", "密码"),
        ("ko", "비밀번호를 변경하기", "변경"),
        ("th", "วิธีเปลี่ยนรหัสผ่าน", "รหัสผ่าน"),
        ("ar", "تغيير كلمة المرور", "المُرور"),
        ("ru", "Пароль и ещё кое-что", "еще"),
        ("en", "The message ERR-4042 means that nothing works", "err-4042"),
        ("en", "The message ERR-4042 means that nothing works", "4042"),
    ],
)
def test_K03_words_of_many_languages(engine: Engine, language: str, text: str, asked: str) -> None:
    account = open_small_account(engine)
    library = Library(engine, account.scope, account.admin.user_id, (language,))
    article = library.publish("—", text, language=language)
    library.publish("…", "12345", language=language)
    found = library.find(asked, language)
    assert [hit.article_id for hit in found.hits] == [article]
    assert any(stretch.hit for stretch in found.hits[0].snippet)
    assert "".join(stretch.text for stretch in found.hits[0].snippet) == text


def test_K03_while_typing(library: Library) -> None:
    article = library.publish("Configuring the device", "words")
    for typed in ("co", "conf", "configur", "configuri", "configurin", "configuring", "configuration"):
        assert library.ids(typed) == [article], typed
    assert library.ids("conf ") == [], "a word that is finished is that word"


def test_K03_slips_are_mended(library: Library) -> None:
    article = library.publish("Invitations", "Invite colleagues by address")
    for typed in ("invitatons", "invtiations", "colleages ", "collaegues", "adress", "xolleagues"):
        found = library.find(typed)
        assert [hit.article_id for hit in found.hits] == [article], typed
        assert found.corrected in {"invitations", "colleagues", "address"}
    assert library.find("Invite my colleages now").corrected == "Invite my colleagues now"
    assert library.find("invite").corrected is None
    assert library.find("A-4042").corrected is None


def test_K03_synonyms(library: Library) -> None:
    article = library.publish("Two-factor authentication", "A second step when you sign in")
    assert library.ids("2fa") == []
    library.mean_the_same("2fa", "MFA", "two-factor authentication")
    assert library.ids("2fa") == [article]
    assert library.ids("turn on mfa")[0] == article
    again = library.publish("MFA", "words")
    assert set(library.ids("two factor authentication")) == {article, again}


def test_K03_pages(library: Library) -> None:
    articles = {library.publish(f"Parcel {number}", "words") for number in range(7)}
    first = library.find("parcel", limit=3)
    second = library.find("parcel", limit=3, after=first.after or 0)
    third = library.find("parcel", limit=3, after=second.after or 0)
    assert (first.total, first.after, second.after, third.after) == (7, 3, 6, None)
    assert {hit.article_id for page in (first, second, third) for hit in page.hits} == articles


def test_a_long_text_is_indexed_in_part(library: Library) -> None:
    article = library.publish("Long", "word " * 40_000 + "last")
    chinese = library.publish("长", "密码" * 100_000)
    assert library.ids("word") == [article]
    assert library.ids("last") == []
    assert library.ids("密码") == [chinese]
