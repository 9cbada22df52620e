"""sdk/conformance: what the kit says of our own client, and of one that breaks a rule."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NODE = Path(sys.executable).with_name("node")
APP = ROOT / "sdk/react-native"
DRIVER = ROOT / "web/client/src/testing/driver.ts"


def run(driver: Path, *options: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, ROOT / "sdk/conformance", *options, NODE, driver]
    return subprocess.run(words, capture_output=True, text=True, timeout=190, check=False)


@pytest.mark.timeout(200)
def test_C24_P31_our_client_passes_the_conformance_kit() -> None:
    found = run(DRIVER, "--seed", "24", "--texts", "40", "--seconds", "150")
    assert found.returncode == 0, found.stdout + found.stderr[-2000:]


def test_P31_a_client_that_sends_anew_what_was_not_answered_does_not_pass(tmp_path: Path) -> None:
    """The same client, but each try of a command has ids of its own, as of somebody who retries without an outbox."""
    source = DRIVER.read_text().replace('"../', f'"{DRIVER.parents[1]}/')
    careless = tmp_path / "careless.ts"
    careless.write_text(
        source.replace(
            "  onWake: () => () => {},\n",
            """  onWake: () => () => {},
  openSocket: (url: string) => {
    const socket = browser().openSocket(url);
    const send = socket.send.bind(socket);
    socket.send = (text: string) => send(text.replace(/(?<=client_message_id":")[^"]+/, uuid()));
    return socket;
  },
""",
        )
    )
    found = run(careless, "--seed", "24", "--texts", "20", "--seconds", "15")
    assert found.returncode == 1
    assert "P-31  BROKEN" in found.stdout, found.stdout + found.stderr[-2000:]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """The driver of React Native's core, compiled, in a folder of its own."""
    compiler = APP / "node_modules/typescript/bin/tsc"
    words = [NODE, compiler, "-p", APP / "tsconfig.driver.json", "--outDir", tmp_path / "app"]
    subprocess.run(words, check=True, timeout=60)
    return tmp_path / "app/tests/driver.js"


@pytest.mark.timeout(200)
def test_C16_D20_our_react_native_core_passes_the_kit_for_apps(app: Path) -> None:
    found = run(app, "--app", "--seed", "24")
    assert found.returncode == 0, found.stdout + found.stderr[-2000:]


@pytest.mark.timeout(200)
def test_an_app_that_follows_redirects_comes_early_and_loses_log_outs_does_not_pass(app: Path) -> None:
    core = app.parents[1] / "src/core"
    for file, word, instead in (
        ("server.js", 'redirect: "manual"', 'redirect: "follow"'),
        ("server.js", "Number(word) * 1_000", "0"),
        ("shell.js", "await this.host.store.set(ENDED,", "void (ENDED,"),
    ):
        source = (core / file).read_text()
        assert word in source
        (core / file).write_text(source.replace(word, instead))
    found = run(app, "--app", "--seed", "24")
    assert found.returncode == 1
    for rule in ("S-4", "S-6", "S-9"):
        assert f"{rule}   BROKEN" in found.stdout, found.stdout + found.stderr[-2000:]
