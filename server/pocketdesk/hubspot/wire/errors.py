"""Refusals as HubSpot's clients read them."""

from uuid import UUID

from pocketdesk.accounts.rules.oauth import OAuthRefusal
from pocketdesk.kernel.refusal import Refusal

_CATEGORIES = {
    400: "VALIDATION_ERROR",
    401: "INVALID_AUTHENTICATION",
    403: "MISSING_SCOPES",
    404: "OBJECT_NOT_FOUND",
    409: "CONFLICT",
    429: "RATE_LIMITS",
}


def to_error(refusal: Refusal, status: int, correlation_id: str) -> dict[str, object]:
    """The error envelope. Its correlation id is ours, with zeros before it: HubSpot's are UUIDs."""
    error: dict[str, object] = {
        "status": "error",
        "message": refusal.message,
        "correlationId": str(UUID(correlation_id.rjust(32, "0"))),
        "category": _CATEGORIES.get(status, "VALIDATION_ERROR"),
    }
    if refusal.fields:
        error["errors"] = [
            {"message": text, "in": name, "code": refusal.code.upper()}
            for name, text in refusal.fields.items()
        ]
    if isinstance(refusal, OAuthRefusal):
        error |= {"error": refusal.code, "error_description": refusal.message}
    if status == 429:
        error["policyName"] = "TEN_SECONDLY_ROLLING"
    return error
