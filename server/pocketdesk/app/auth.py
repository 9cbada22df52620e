"""Who is behind a socket or a poll: turns its credential into a viewer."""

from http.cookies import CookieError, SimpleCookie

from pocketdesk.accounts import views as accounts
from pocketdesk.conversations.model import AgentViewer, VisitorViewer
from pocketdesk.kernel.refusal import Unauthenticated
from pocketdesk.kernel.scope import AccountScope
from pocketdesk.people import views as people
from pocketdesk.realtime.ports import Credential
from pocketdesk.storage import Reader


class Authentication:
    """Checks the two credentials that realtime takes: a visitor's bearer, or the console's session cookie."""

    def __init__(self, cookie_name: str) -> None:
        self._cookie_name = cookie_name

    def __call__(self, reader: Reader, credential: Credential, now: int) -> AgentViewer | VisitorViewer:
        """The viewer; `Unauthenticated` if the credential proves nobody at this moment."""
        if credential.token is not None:
            visitor = people.visitor_of_bearer(reader, credential.token, now)
            if visitor is None:
                raise Unauthenticated
            return VisitorViewer(AccountScope(visitor.account_id), visitor.visitor_id)
        word = self._cookie(credential.cookie)
        session = accounts.session_of(reader, word, now) if word else None
        membership = session.membership(credential.account_id) if session and credential.account_id else None
        if membership is None:
            raise Unauthenticated
        return AgentViewer(AccountScope(membership.account_id), membership.user_id)

    def _cookie(self, header: str | None) -> str | None:
        try:
            found = SimpleCookie(header or "").get(self._cookie_name)
        except CookieError:
            return None
        return found.value if found else None
