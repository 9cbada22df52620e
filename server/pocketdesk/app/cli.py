"""The `pocketdesk` command."""

import json
import os
import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from pocketdesk import __version__
from pocketdesk.app import settings as configuration
from pocketdesk.app.settings import Misconfigured, Settings
from pocketdesk.kernel.refusal import Refusal

command = App(
    name="pocketdesk",
    help="Customer messaging inside mobile apps. Settings come from POCKETDESK_* or pocketdesk.toml.",
    version=__version__,
)
user = App(name="user", help="People who sign in to the console.")
token = App(name="token", help="Keys for programs.")
bring = App(name="import", help="What an account has elsewhere, brought over.")
command.command(user)
command.command(token)
command.command(bring)

Host = Annotated[str | None, Parameter(help="Address to listen on.")]
Port = Annotated[int | None, Parameter(help="Port to listen on.")]


def main() -> None:
    """Runs the command; what the operator got wrong is said in one line, with exit code 2."""
    try:
        command()
    except (Misconfigured, Refusal) as wrong:
        sys.exit(_complain(str(wrong)))


def _complain(text: str) -> int:
    sys.stderr.write(f"pocketdesk: {text}\n")
    return 2


@command.command
def serve(*, host: Host = None, port: Port = None) -> None:
    """Serve the chat page, the console and the API."""
    from pocketdesk.app import serving

    serving.serve(configuration.load(host=host, port=port))


@command.command
def demo(*, host: Host = None, port: Port = None, data_dir: Path | None = None) -> None:
    """Serve a demo with seeded data: a phone and an inbox side by side at /demo."""
    from pocketdesk.app import serving
    from pocketdesk.app.demo import seed

    settings = configuration.load(host=host, port=port, data_dir=data_dir, demo=True)
    serving.prepare(settings, tell=print)
    for line in seed(settings):
        print(line)  # noqa: T201 - the demo talks to a person
    serving.serve(settings)


@command.command
def migrate() -> None:
    """Bring the database to this version's schema."""
    from pocketdesk.app import serving

    serving.prepare(configuration.load(), tell=print)


@command.command
def doctor() -> None:
    """Check configuration, database, limits, clock and secrets, and say what to do. Exit code 1: something is wrong."""
    from pocketdesk.app import doctor as practice

    findings = practice.examine(configuration.load())
    for finding in findings:
        print(f"{'ok ' if finding.holds else 'NO '} {finding.check}: {finding.seen}")  # noqa: T201
        if not finding.holds and finding.remedy:
            print(f"     → {finding.remedy}")  # noqa: T201
    sys.exit(not all(finding.holds for finding in findings))


@command.command
def openapi() -> None:
    """Print the API's description (OpenAPI 3.1, JSON), from which clients are generated. Opens no database."""
    from pocketdesk.app import bootstrap

    described = bootstrap.create(configuration.load()).app.openapi()
    print(json.dumps(described, indent=1, ensure_ascii=False))  # noqa: T201


@user.command(name="create")
def user_create(
    email: str, *, name: str, account: int | None = None, account_name: str | None = None
) -> None:
    """Create a person who signs in, and print a link with which they set their password.

    Parameters
    ----------
    email
        Address they sign in with.
    name
        Name that colleagues see.
    account
        Account to join as administrator; without it, `account_name` makes a new one.
    account_name
        Name of the new account.
    """
    from pocketdesk.app import administration

    settings = configuration.load()
    print(administration.invite(_migrated(settings), email, name, account, account_name))  # noqa: T201


@token.command(name="create")
def token_create(name: str, *, account: int, scopes: str) -> None:
    """Create an API token and print it; it is shown only this once.

    Parameters
    ----------
    name
        What it is for.
    account
        Account it acts in.
    scopes
        Permissions, separated by commas.
    """
    from pocketdesk.app import administration

    settings = configuration.load()
    print(administration.create_token(_migrated(settings), account, name, scopes.split(",")))  # noqa: T201


@bring.command(name="hubspot")
def import_hubspot(
    *,
    account: int,
    dry_run: bool = False,
    report: Path | None = None,
    base_url: str = "https://api.hubapi.com",
    properties: str = "",
    help_center: Annotated[list[str] | None, Parameter(negative=())] = None,
    knowledge_base: str | None = None,
    inbox: str | None = None,
) -> None:
    """Bring contacts, subscriptions, conversations and articles over from HubSpot. Run again, it brings nothing twice.

    The token of a private app is read from HUBSPOT_TOKEN, or from the standard input. Exit code 1: it ended too early,
    or what is kept differs from what came.

    Parameters
    ----------
    account
        Account here to bring it to.
    dry_run
        Look at everything, and write nothing.
    report
        File for the report, as JSON.
    base_url
        Address of HubSpot's API, or of a server that speaks like it.
    properties
        Properties to bring beside those that the source lists, separated by commas.
    help_center
        Address of a help centre whose articles come as drafts, such as https://help.example.com. May be repeated.
    knowledge_base
        Name of the knowledge base for articles, made if it is missing; without it, one named like each help centre.
    inbox
        Name of the inbox for conversations whose own inbox has none of its name here. Without it those do not come.
    """
    from pocketdesk.app import administration

    done = administration.import_hubspot(
        _migrated(configuration.load()),
        account,
        base_url,
        _hubspot_token(),
        [name.strip() for name in properties.split(",") if name.strip()],
        help_center or [],
        knowledge_base,
        inbox,
        dry_run=dry_run,
        tell=lambda line: print(line, file=sys.stderr),  # noqa: T201
    )
    if report is not None:
        report.write_text(json.dumps(administration.report_of(done), indent=1) + "\n", encoding="utf-8")
    print("\n".join(administration.lines_of(done)))  # noqa: T201
    sys.exit(done.stopped is not None or not done.agrees)


def _hubspot_token() -> str:
    """Never an argument: those can be seen in the list of processes."""
    if "HUBSPOT_TOKEN" in os.environ:
        return os.environ["HUBSPOT_TOKEN"].strip()
    return (getpass("Token of the private app: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()


def _migrated(settings: Settings) -> Settings:
    from pocketdesk.app import serving

    serving.prepare(settings, tell=lambda _line: None)
    return settings


if __name__ == "__main__":
    main()
