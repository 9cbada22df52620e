"""The `pocketdesk` command, as an operator runs it."""

import json
import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.server import Server, free_port


def run(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end, with its data in `folder`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("POCKETDESK_")}
    return subprocess.run(
        [sys.executable, "-m", "pocketdesk.app.cli", *words],
        env={**clean, "POCKETDESK_DATA_DIR": str(folder), **settings},
        cwd=folder.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_doctor_finds_nothing_wrong_with_a_fresh_installation(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert run(folder, "migrate").returncode == 0
    done = run(folder, "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NO" not in done.stdout


def test_the_doctor_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    run(folder, "migrate")
    folder.chmod(0o755)
    done = run(folder, "doctor", POCKETDESK_HOST="0.0.0.0")
    assert done.returncode == 1
    assert "NO  configuration" in done.stdout
    assert "Set POCKETDESK_PUBLIC_URL" in done.stdout
    assert f"chmod 700 {folder}" in done.stdout


def test_D18_the_doctor_asks_the_malware_scanner(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    run(folder, "migrate")
    done = run(folder, "doctor", POCKETDESK_CLAMD=str(tmp_path / "nobody-listens"))
    assert done.returncode == 1
    assert "NO  malware scanner" in done.stdout


def test_the_doctor_asks_the_mail_server_and_keeps_its_password(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    run(folder, "migrate")
    assert "POCKETDESK_SMTP_URL" in run(folder, "doctor").stdout, "how to turn mail on"
    url = f"smtp://ana:hush-hush@127.0.0.1:{free_port()}"
    done = run(folder, "doctor", POCKETDESK_SMTP_URL=url, POCKETDESK_MAIL_FROM="Us <us@example.org>")
    assert done.returncode == 1
    assert "NO  mail" in done.stdout
    assert "hush-hush" not in done.stdout + done.stderr


def test_D18_the_secret_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    run(folder, "migrate")
    made = (folder / "secret").read_text()
    assert len(made.strip()) == 64
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    run(folder, "migrate")
    assert (folder / "secret").read_text() == made
    (folder / "secret").write_text("changeme\n")
    done = run(folder, "serve")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "is no secret" in done.stderr
    (folder / "secret").unlink()
    run(folder, "migrate", POCKETDESK_SECRET=made.strip())
    assert not (folder / "secret").exists()


def test_a_database_without_our_tables_is_said_to_need_migrating(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    done = run(folder, "doctor")
    assert done.returncode == 1
    assert "Run `pocketdesk migrate`" in done.stdout


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"POCKETDESK_COLOUR": "red"}, "POCKETDESK_COLOUR"),
        ({"POCKETDESK_PORT": "many"}, "port"),
        ({"POCKETDESK_PUBLIC_URL": "http://chat.example.org"}, "https"),
        ({"POCKETDESK_SECRET": "changeme"}, "secret"),
        ({"POCKETDESK_SECRET": "0" * 64}, "secret"),
        ({"POCKETDESK_CLAMD": "clamd"}, "clamd"),
        ({"POCKETDESK_SMTP_URL": "mail.example.org:25", "POCKETDESK_MAIL_FROM": "a@b.example"}, "smtp_url"),
        ({"POCKETDESK_SMTP_URL": "smtp://mail.example.org", "POCKETDESK_MAIL_FROM": "us"}, "mail_from"),
        ({"POCKETDESK_SMTP_URL": "smtp://mail.example.org"}, "belong together"),
        ({"POCKETDESK_MAIL_FROM": "a@b.example"}, "belong together"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line(tmp_path: Path, settings: dict[str, str], named: str) -> None:
    done = run(tmp_path / "data", "serve", **settings)
    assert done.returncode == 2
    assert named in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_refused_command_says_why_in_one_line(tmp_path: Path) -> None:
    done = run(tmp_path / "data", "token", "create", "export", "--account", "7", "--scopes", "audit")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_people_and_tokens_made_on_the_command_line_open_doors(tmp_path: Path) -> None:
    words = ["user", "create", "ben@example.org", "--name", "Ben Okoro", "--account-name", "Kiel"]
    invited = run(tmp_path / "data", *words)
    assert invited.returncode == 0, invited.stderr
    link = re.fullmatch(r"http://\S+/invite/(\S+)\n", invited.stdout)
    assert link
    (tmp_path / "other").mkdir()
    with Server(tmp_path / "other") as server:
        made = run(
            tmp_path / "other/data",
            "token",
            "create",
            "x",
            f"--account={server.account_id}",
            "--scopes=audit",
        )
        assert made.returncode == 0, made.stderr
        address = f"{server.origin}/api/v1/accounts/{server.account_id}/audit"
        request = Request(address, headers={"Authorization": f"Bearer {made.stdout.strip()}"})
        with urlopen(request, timeout=10) as answer:
            entries: list[dict[str, Any]] = json.loads(answer.read())["items"]
        assert entries


def test_openapi_describes_documents_and_commands_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    done = run(folder, "openapi")
    assert done.returncode == 0, done.stderr
    schemas = json.loads(done.stdout)["components"]["schemas"]
    assert schemas["WholeChatflowOut"]["properties"]["document"] == {"$ref": "#/components/schemas/Document"}
    assert {"Document", "Availability", "StartConversation", "PostMessage"} <= schemas.keys()
    assert not folder.exists()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@contextmanager
def help_center(folder: Path) -> Iterator[str]:
    """A help centre of one article, as files that a web server gives out; its address."""
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as site:
        origin = f"http://127.0.0.1:{site.server_port}"
        (folder / "sitemap.xml").write_text(f"<urlset><url><loc>{origin}/pay.html</loc></url></urlset>")
        (folder / "pay.html").write_text("<h1>Pay</h1><div class='kb-article'><p>By card.</p></div>")
        thread = threading.Thread(target=site.serve_forever, args=(0.01,))
        thread.start()
        yield origin
        site.shutdown()
        thread.join()


def test_contacts_and_articles_are_brought_from_a_server_that_speaks_as_hubspot(tmp_path: Path) -> None:
    with Server(tmp_path) as server, help_center(tmp_path / "site") as center:
        folder, report, which = tmp_path / "data", tmp_path / "report.json", f"--account={server.account_id}"
        secret = run(folder, "token", "create", "x", which, "--scopes=people").stdout.strip()
        request = Request(
            f"{server.origin}/crm/v3/objects/contacts",
            json.dumps({"properties": {"email": "mia@example.org", "firstname": "Mia"}}).encode(),
            {"authorization": f"Bearer {secret}", "content-type": "application/json"},
        )
        urlopen(request, timeout=10).close()
        words = ("import", "hubspot", which, f"--report={report}", "--help-center", center)
        words = (*words, "--knowledge-base", "Handbook")
        done = run(folder, *words, f"--base-url={server.origin}", HUBSPOT_TOKEN=secret)
        assert done.returncode == 0, done.stderr
        assert "contacts: 1 found: 0 brought, 0 completed, 1 already there" in done.stdout
        assert "articles: 1 found: 1 brought" in done.stdout
        refused = run(folder, *words, "--help-center", "http://x.example", HUBSPOT_TOKEN=secret)
        assert (refused.returncode, "help_center" in refused.stderr) == (2, True)
        told = json.loads(report.read_text())
        assert told["agrees"]
        assert told["kinds"]["contacts"]["checksum_given"] == told["kinds"]["contacts"]["checksum_held"]
        assert secret not in done.stdout + done.stderr + report.read_text()
