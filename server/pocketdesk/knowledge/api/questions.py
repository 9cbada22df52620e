"""What a search asks of the model first, where there is one."""

from fastapi import Request

from pocketdesk.knowledge.outside.embeddings import Questions
from pocketdesk.knowledge.search import Vector


async def question_vector(request: Request, words: str) -> Vector | None:
    """The vector of what is searched for; None without a model, or when it takes too long."""
    questions: Questions | None = getattr(request.app.state, "questions", None)
    return await questions.vector(words) if questions else None
