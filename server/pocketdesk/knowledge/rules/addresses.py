"""Where the public pages of a knowledge base are."""


def home_path(account_id: int, base_slug: str, language: str) -> str:
    """The first page of a base in a language."""
    return f"/help/{account_id}/{base_slug}/{language}/"


def article_path(account_id: int, base_slug: str, language: str, slug: str) -> str:
    """An article's page."""
    return f"{home_path(account_id, base_slug, language)}a/{slug}"
