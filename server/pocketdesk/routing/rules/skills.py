"""What skills and capacities may be."""

from collections.abc import Iterable

from pocketdesk.accounts.rules.words import clean_name
from pocketdesk.kernel.refusal import Conflict, Invalid
from pocketdesk.routing.model import Skill, Use

MOST_CAPACITY = 1_000
MOST_SKILLS = 500
"""Of one account, besides languages."""
MOST_NAMED = 20
"""So many places a refusal to delete names."""

LANGUAGES = {
    "af": "Afrikaans",
    "ar": "Arabic",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "eu": "Basque",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "ms": "Malay",
    "nb": "Norwegian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "th": "Thai",
    "tl": "Filipino",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""Languages that every account has as skills, by code. Screens show them in their own words."""


class SkillInUse(Conflict):
    """Users or chatflows have the skill; `fields` names them: `user.17`, `chatflow.4`."""

    code = "skill_in_use"


class LanguageSkill(Conflict):
    """Languages come with Pocketdesk and stay as they are."""

    code = "language_skill"


def name_key(name: str) -> str:
    """What names of skills are compared by."""
    return name.casefold()


def clean_category(category: str | None) -> str | None:
    """The group in which a skill is listed; None: in none. `Invalid` at `category`."""
    return None if category is None else clean_name(category, "category")


def check_capacity(capacity: int | None) -> None:
    """`Invalid` unless it is None (no limit of one's own) or 0 to 1,000 open conversations."""
    if capacity is not None and not 0 <= capacity <= MOST_CAPACITY:
        raise Invalid({"capacity": f"must be 0 to {MOST_CAPACITY}"})


def check_changeable(skill: Skill) -> None:
    """`LanguageSkill` if it is one."""
    if skill.is_language:
        raise LanguageSkill


def check_unused(uses: Iterable[Use]) -> None:
    """`SkillInUse` if somebody or something names the skill."""
    if named := {f"{use.kind}.{use.id}": use.name for use in list(uses)[:MOST_NAMED]}:
        raise SkillInUse(f"in use: {', '.join(sorted(named))}", named)
