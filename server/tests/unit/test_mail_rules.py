"""Mails: addresses, headers that cannot be broken out of, texts that say the same twice."""

import re
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest

from pocketdesk.chatflows import texts as chat_texts
from pocketdesk.mail import outside, rules, texts
from pocketdesk.mail.model import Mail, Quote
from pocketdesk.mail.outside import BadAddress, Server, to_message, to_sender, to_server

SENDER = to_sender("Nordlicht <chat@nordlicht.example>")
AT = 1_795_000_000_000


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", Server("mail.example.org", 587, "starttls")),
        ("smtps://mail.example.org", Server("mail.example.org", 465, "tls")),
        (
            "smtp://a%40b:p%3Aw@mail.example.org:2525/",
            Server("mail.example.org", 2525, "starttls", "a@b", "p:w"),
        ),
        ("smtp://relay.internal:25?starttls=no", Server("relay.internal", 25, "plain")),
        ("smtp://127.0.0.1:25", Server("127.0.0.1", 25, "plain")),
        ("smtp://[::1]:25", Server("::1", 25, "plain")),
        ("smtp://localhost", Server("localhost", 587, "plain")),
        ("smtps://localhost", Server("localhost", 465, "tls")),
    ],
)
def test_where_mail_goes_out(url: str, server: Server) -> None:
    assert to_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org:25",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org/inbox",
        "smtp://mail.example.org:99999",
        "smtp://mail.example.org?tls=no",
        "smtps://mail.example.org?starttls=no",
        "smtp://[mail",
    ],
)
def test_what_is_no_server(url: str) -> None:
    with pytest.raises(BadAddress):
        to_server(url)


def test_a_wrong_url_tells_no_password() -> None:
    with pytest.raises(BadAddress) as refused:
        to_server("smtp://ana:hush/hush@mail.example.org")
    assert "hush" not in str(refused.value)


def test_a_sender_has_an_address_and_perhaps_a_name() -> None:
    assert str(to_sender("chat@nordlicht.example")) == "chat@nordlicht.example"
    assert to_sender("Müller & Söhne <chat@müller.example>").addr_spec == "chat@xn--mller-kva.example"
    for wrong in (
        "",
        "Nordlicht",
        "a@b",
        "a@nordlicht.example\r\nBcc: x@y.example",
        "<>",
        "a@x.example, b@y.example",
    ):
        with pytest.raises(BadAddress):
            to_sender(wrong)


def owner(name: str | None = "Mia", said: tuple[str, ...] = ("Hello",), language: str = "en") -> Mail:
    url = "https://chat.example.org/a/7/inbox/4711"
    return rules.owner_away(
        texts.of(language), "ana@example.org", name, "Nordlicht", said, url, "owner-4711-3", AT
    )


def test_F05_no_name_breaks_out_of_the_subject() -> None:
    hostile = "Mia\r\nBcc: eve@example.org\n\nHi \u2028\x00\x0b" + "x" * 500
    mail = owner(hostile)
    assert len(mail.subject) <= rules.LONGEST_SUBJECT
    assert mail.subject.isprintable()
    raw = to_message(mail, "ana@example.org", SENDER).as_bytes()
    back = message_from_bytes(raw, policy=default)
    assert back["Bcc"] is None
    assert back["Subject"] == mail.subject
    headers = {name for name, _ in back.items()}
    assert headers == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"
    }  # fmt: skip
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()


def test_F05_headers_with_line_breaks_are_never_written() -> None:
    forged = Mail("ana@example.org", "a\nBcc: eve@example.org", "t", "h", "w", AT)
    with pytest.raises(ValueError, match=r"(?i)linefeed|newline|carriage|header"):
        to_message(forged, "ana@example.org", SENDER).as_bytes()


class _Read(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        self.links += [value for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_F05_html_and_text_say_the_same_and_run_nothing() -> None:
    said = ("<script>alert(1)</script>", 'a "quoted" <img src=x onerror=alert(1)>\nline two', "مرحبا")
    mail = owner("<b>Mia</b>", said)
    read = _Read()
    read.feed(mail.html)
    assert read.tags == {"html", "head", "meta", "body", "div", "p", "bdi", "a"}
    assert read.links == ["https://chat.example.org/a/7/inbox/4711"]
    shown = "".join(read.words)
    for words in said:
        assert words in shown
        assert "\n".join(f"> {line}" for line in words.split("\n")) in mail.text
    assert "https://chat.example.org/a/7/inbox/4711" in mail.text


def test_F05_long_messages_are_cut_and_only_the_last_are_told() -> None:
    mail = owner(said=tuple(f"no. {number} " + "x" * 5_000 for number in range(20)))
    assert mail.text.count(" …") == rules.MOST_QUOTES
    assert "no. 9 " not in mail.text
    assert "no. 10 " in mail.text


PLACEHOLDER = re.compile(r"\{(\w+)\}")


def test_D23_mails_speak_every_language_of_the_chat_page() -> None:
    assert texts.languages() == chat_texts.languages()
    for language in texts.languages():
        assert texts.of(language)["direction"] == chat_texts.direction(language), language
    assert texts.of("tlh")["language"] == "en"


def test_every_language_has_every_text_with_its_placeholders() -> None:
    english = texts.of("en")
    for language in texts.languages():
        words = texts.of(language)
        assert words["language"] == language
        assert set(words) == set(english), language
        for key, text in words.items():
            assert text, (language, key)
            assert text == text.strip(), (language, key)
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(english[key])), (language, key)
            assert not re.search(r"[<>&!！]", text), (language, key)
        assert "{" not in owner(language=language).text


def test_L15_a_transcript_in_arabic_is_written_from_right_to_left() -> None:
    said = [Quote("أنت", "مرحبا", rules.to_when(AT)), Quote("Ana", "Hello", rules.to_when(AT + 60_000))]
    mail = rules.transcript(texts.of("ar"), "mia@example.org", "Nordlicht", said, "w", AT)
    assert '<html lang="ar" dir="rtl">' in mail.html
    assert mail.html.index("مرحبا") < mail.html.index("Hello")
    assert "> Hello" in mail.text


def test_a_reason_names_no_address() -> None:
    refused = outside.errors.SMTPRecipientRefused(
        550, "5.1.1 <mia@example.org>: unknown\nuser", "mia@example.org"
    )
    ending = outside._judged(refused, "mia@example.org")
    assert ending == outside.GiveUp("550 5.1.1 <the recipient>: unknown user")
