"""From HubSpot's contacts to ours. Whatever stands in them is a stranger's word."""

from collections.abc import Mapping

from pocketdesk.accounts.rules.words import clean_email
from pocketdesk.hubspot import rules
from pocketdesk.hubspot.importing.model import Wanted
from pocketdesk.kernel.refusal import Invalid
from pocketdesk.people.rules import clean_contact_name

NO_ADDRESS = "it has no address"
BAD_ADDRESS = "its address is none that we can write to"
BAD_NAME = "a name that is too long, or not printable"
BAD_VALUE = f"a value of more than {rules.LONGEST_VALUE} characters, or with signs that are none"
TOO_MANY = f"more than {rules.MOST_PROPERTIES} values of one contact"

_ROOM = rules.MOST_PROPERTIES - len(rules.OURS)


def takes_property(name: str) -> bool:
    """Whether a property of this name can be one of ours: HubSpot's own sums and moments are not."""
    try:
        rules.check_properties({name: None})
    except Invalid:
        return False
    return True


def to_wanted(properties: Mapping[str, str | None]) -> Wanted | str:
    """The contact as it shall be here, or why it cannot come."""
    said = {name: value for name, value in properties.items() if value and value.strip()}
    email = said.pop("email", None)
    if email is None:
        return NO_ADDRESS
    try:
        email = clean_email(email)
    except Invalid:
        return BAD_ADDRESS
    left_out: list[str] = []
    names = {name: " ".join(said.pop(name).split()) for name in ("firstname", "lastname") if name in said}
    if names and not _is_name(rules.full_name(names.get("firstname", ""), names.get("lastname", ""))):
        left_out.append(BAD_NAME)
        names = {}
    owner_id = said.pop("hubspot_owner_id", None)
    kept: dict[str, str] = {}
    for name, value in sorted(said.items()):
        if not takes_property(name):
            continue
        if not _is_value(value):
            left_out.append(BAD_VALUE)
        elif len(kept) == _ROOM:
            left_out.append(TOO_MANY)
        else:
            kept[name] = value
    return Wanted(email, {**kept, **names}, owner_id, tuple(left_out))


def missing_of(wanted: Wanted, held: Mapping[str, str | None]) -> tuple[dict[str, str], list[str]]:
    """What a contact that is here already lacks, and the names of what stays as it is here: it says something else."""
    lacks: dict[str, str] = {}
    stays: list[str] = []
    is_named = bool(held.get("firstname") or held.get("lastname"))
    for name, value in wanted.properties.items():
        here = held.get(name)
        if here == value:
            continue
        if here or (is_named and name in {"firstname", "lastname"}):
            stays.append(name)
        else:
            lacks[name] = value
    return lacks, stays


def _is_name(name: str) -> bool:
    try:
        return clean_contact_name(name) is not None
    except Invalid:
        return False


def _is_value(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return len(value) <= rules.LONGEST_VALUE and "\0" not in value
