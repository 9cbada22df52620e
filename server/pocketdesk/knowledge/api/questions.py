"""What a search asks of the model first, where there is one."""

from collections.abc import Hashable

from fastapi import Request

from pocketdesk.accounts.api import limiter
from pocketdesk.accounts.rules.limits import Limit
from pocketdesk.kernel.refusal import TooMany
from pocketdesk.knowledge.outside.embeddings import Questions
from pocketdesk.knowledge.search import Vector

QUESTIONS = Limit("search.questions", 30, 1_000)
"""Much slower than the search of words: somebody who types asks for a vector at each pause."""


async def question_vector(request: Request, words: str, asker: Hashable, at: int) -> Vector | None:
    """The vector of what is searched for; None without a model, when it takes too long, or when `asker` asks too often.

    Call it when it is certain that the search itself will be answered.
    """
    questions: Questions | None = getattr(request.app.state, "questions", None)
    if questions is None:
        return None
    if (known := questions.known(words)) is not None:
        return known
    try:
        limiter(request, QUESTIONS).take(asker, at)
    except TooMany:
        return None
    return await questions.vector(words)
