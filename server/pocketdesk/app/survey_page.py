"""The public page of a survey that is delivered by link (H12): plain HTML and one form, without a script.

A form carries a word of its own, so that sending it twice is one answer. Only who has answered gets a cookie, for the
length of the browser's session; then the page thanks instead of asking again.
"""

import html
import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from pocketdesk.accounts import views as accounts
from pocketdesk.accounts.api import Address, Now, Storage, limiter
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.chatflows.texts import FALLBACK, best_match
from pocketdesk.kernel.refusal import Invalid, TooMany
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.storage import Reader, UnitOfWork
from pocketdesk.surveys import actions, texts, views
from pocketdesk.surveys.model import Submission, Survey, SurveyCard
from pocketdesk.surveys.rules import LONGEST_ANSWER, SurveyAnswered

router = APIRouter(include_in_schema=False)

COOKIE = "survey"
LOOKS = Limit("survey.looks", 600, 50)
ANSWERS = Limit("survey.answers", 200, 2_000)
"""Many people may share the address of an office or of a mobile network."""
_WORD = re.compile(r"[A-Za-z0-9_-]{22}")
"""What `secrets.token_urlsafe(16)` gives: keys of surveys, words of forms."""

_CSS = (Path(__file__).parent / "survey_page.css").read_text(encoding="utf-8")
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_CSS.encode()).digest()).decode()}'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FACES = (
    "M9 9.2v.6M15 9.2v.6M8.5 16.2c1-1.6 2.2-2.3 3.5-2.3s2.5.7 3.5 2.3",
    "M9 9.2v.6M15 9.2v.6M8.5 15h7",
    "M9 9.2v.6M15 9.2v.6M8.5 14c1 1.6 2.2 2.3 3.5 2.3s2.5-.7 3.5-2.3",
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A survey, and the answer that is known already by one of the words that a browser brought."""

    scope: AccountScope
    account_name: str
    survey: Survey
    answer: Submission | None = None
    word: str = ""


@router.get("/survey/{key}")
async def survey_page(key: str, request: Request, engine: Storage, at: Now, address: Address) -> HTMLResponse:
    """Asks, or thanks whoever has answered in this browser. 404 for an unknown key, 410 for an archived survey."""
    try:
        limiter(request, LOOKS).take(address, at)
    except TooMany as refusal:
        return _too_many(request, refusal)
    found = await engine.read(lambda reader: _find(reader, key, request.cookies.get(COOKIE, "")))
    return _unknown(request) if found is None else _next_page(found, {})


@router.post("/survey/{key}")
async def post_survey_page(
    key: str, request: Request, engine: Storage, at: Now, address: Address
) -> HTMLResponse:
    """Takes the answer and thanks. What is wrong with it stands on the form, which keeps what was written."""
    try:
        limiter(request, ANSWERS).take(address, at)
    except TooMany as refusal:
        return _too_many(request, refusal)
    given = await _given(request)
    words = request.cookies.get(COOKIE, ""), given.get("form", "")

    def take(unit: UnitOfWork) -> _Found | None:
        found = _find(unit, key, *words)
        if found is None or found.answer is not None or found.survey.archived_at is not None:
            return found
        form = words[1] if _WORD.fullmatch(words[1]) else _new_word()
        rating = given.get("rating", "")
        submitted = actions.submit(
            unit,
            found.scope,
            found.survey.id,
            None,
            None,
            int(rating) if rating in {"0", "1", "2"} else -1,
            given.get(f"answer_{rating}"),
            once=form,
        )
        return replace(found, answer=submitted, word=form)

    wrong: Mapping[str, str] = {}
    try:
        found = await engine.write(take)
    except (Invalid, SurveyAnswered) as refusal:
        wrong = refusal.fields
        found = await engine.read(lambda reader: _find(reader, key, *words))
    if found is None:
        return _unknown(request)
    page = _next_page(found, given, wrong)
    if found.answer is not None:
        page.set_cookie(
            COOKIE,
            found.word,
            path=f"/survey/{key}",
            secure=request.app.state.settings.secure_cookies,
            httponly=True,
            samesite="lax",
        )
    return page


def _find(reader: Reader, key: str, *words: str) -> _Found | None:
    place = views.of_public_key(reader, key) if _WORD.fullmatch(key) else None
    if place is None:
        return None
    scope = AccountScope(place[0])
    found = _Found(scope, accounts.account(reader, scope).name, views.survey(reader, scope, place[1]))
    for word in filter(_WORD.fullmatch, words):
        answer = views.submission_of(reader, scope, found.survey.id, word)
        if answer is not None:
            return replace(found, answer=answer, word=word)
    return found


async def _given(request: Request) -> dict[str, str]:
    """The fields of a form; nothing if it is none."""
    try:
        fields = parse_qs((await request.body()).decode(), max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[0].replace("\0", "") for name, values in fields.items()}


def _new_word() -> str:
    return secrets.token_urlsafe(16)


# Pages.


def _next_page(
    found: _Found, given: Mapping[str, str], wrong: Mapping[str, str] | None = None
) -> HTMLResponse:
    card = found.survey.card
    words = texts.of(card.language)
    if found.answer is not None:
        thanks = html.escape(card.thank_yous[found.answer.rating])
        body = f'{_icon("M7.5 12.4l3 3 6-6.4")}<h1 class="thanks" dir="auto">{thanks}</h1>'
        return _page(card.language, found.account_name, words["page.thanks"], body)
    if found.survey.archived_at is not None:
        body = _paragraph(words["page.gone"])
        return _page(card.language, found.account_name, words["page.gone.title"], body, status=410)
    status = 422 if wrong else 200
    return _page(
        card.language, found.account_name, card.question, _form(card, given, wrong or {}), status=status
    )


def _form(card: SurveyCard, given: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    words = texts.of(card.language)
    form = given.get("form", "")
    parts = [
        '<form method="post">',
        f'<input type="hidden" name="form" value="{form if _WORD.fullmatch(form) else _new_word()}">',
        f'<fieldset><legend><h1 dir="auto" id="question">{html.escape(card.question)}</h1></legend>',
    ]
    if wrong:
        message = words["page.too_long" if "answer" in wrong else "page.choose"]
        parts.append(f'<p class="wrong" role="alert">{html.escape(message.format(count=LONGEST_ANSWER))}</p>')
    parts.append('<div class="choices">')
    for rating, (label, face) in enumerate(zip(card.labels, _FACES, strict=True)):
        checked = " checked" if given.get("rating") == str(rating) else ""
        parts.append(
            f'<input type="radio" id="rating-{rating}" name="rating" value="{rating}" required{checked}>'
            f'<label class="face" for="rating-{rating}">{_icon(face)}'
            f'<span dir="auto">{html.escape(label)}</span></label>'
        )
    for rating, question in enumerate(card.follow_ups):
        if question is not None:
            name = f"answer_{rating}"
            parts.append(
                f'<div class="more more-{rating}"><label for="{name}"><span dir="auto">{html.escape(question)}</span>'
                f"<small>{html.escape(words['page.optional'])}</small></label>"
                f'<textarea id="{name}" name="{name}" rows="3" maxlength="{LONGEST_ANSWER}" dir="auto">'
                f"\n{html.escape(given.get(name, ''))}</textarea></div>"
            )
    parts.append(f"<button>{html.escape(words['page.send'])}</button></div></fieldset></form>")
    return "".join(parts)


def _icon(path: str) -> str:
    return f'<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9.5"/><path d="{path}"/></svg>'


def _unknown(request: Request) -> HTMLResponse:
    language = _wanted(request)
    words = texts.of(language)
    return _page(language, "", words["page.gone.title"], _paragraph(words["page.gone"]), status=404)


def _too_many(request: Request, refusal: TooMany) -> HTMLResponse:
    language = _wanted(request)
    words = texts.of(language)
    page = _page(language, "", words["page.limit.title"], _paragraph(words["page.limit"]), status=429)
    page.headers["retry-after"] = str(-(-refusal.retry_after_ms // 1_000))
    return page


def _wanted(request: Request) -> str:
    language = best_match(request.headers.get("accept-language", ""))
    return language if language in texts.languages() else FALLBACK


def _paragraph(text: str) -> str:
    return f'<p class="words" dir="auto">{html.escape(text)}</p>'


def _page(language: str, account_name: str, title: str, body: str, *, status: int = 200) -> HTMLResponse:
    """One page. `body` is HTML; the title stands above it unless the body brings its own heading."""
    shown = html.escape(title)
    heading = "" if "<h1" in body else f'<h1 dir="auto">{shown}</h1>'
    source = f'<p class="from"><bdi>{html.escape(account_name)}</bdi></p>' if account_name else ""
    return HTMLResponse(
        f'<!doctype html><html lang="{html.escape(language)}" dir="{texts.direction(language)}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f'<title>{shown}</title><link rel="icon" href="data:,"><style>{_CSS}</style></head>'
        f"<body><main>{source}{heading}{body}</main></body></html>",
        status,
        headers={"content-security-policy": _POLICY, "cache-control": "no-store"},
    )
