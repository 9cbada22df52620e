"""The malware scanner's protocol over real sockets; whatever it does, a failure is a value."""

from pathlib import Path

import pytest

from pocketdesk.files.outside.clamd import Clamd, Clean, Infected, Unanswered, is_address
from tests import clamd

pytestmark = pytest.mark.anyio
HARMLESS = bytes(range(256)) * 1_000
VIRUS = b"x" * 100_000 + clamd.EICAR


@pytest.fixture
def harmless(tmp_path: Path) -> Path:
    path = tmp_path / "harmless"
    path.write_bytes(HARMLESS)
    return path


@pytest.fixture
def virus(tmp_path: Path) -> Path:
    path = tmp_path / "virus"
    path.write_bytes(VIRUS)
    return path


@pytest.mark.parametrize("unix", [False, True])
async def test_D18_bytes_arrive_whole_and_the_verdict_comes_back(
    unix: bool, harmless: Path, virus: Path, tmp_path: Path
) -> None:
    async with clamd.serving(clamd.Clamd(), str(tmp_path / "socket") if unix else None) as daemon:
        scanner = Clamd(daemon.address)
        assert await scanner.ping() == Clean()
        assert await scanner.scan(harmless) == Clean()
        assert await scanner.scan(virus) == Infected("Win.Test.EICAR_HDB-1")
    assert daemon.seen == [HARMLESS, VIRUS]


async def test_D18_no_verdict_is_never_a_good_one(harmless: Path) -> None:
    async with clamd.serving(clamd.Clamd()) as daemon:
        scanner = Clamd(daemon.address, patience_s=0.2)
        for mood in ("rude", "silent", "loading"):
            daemon.mood = mood
            assert isinstance(await scanner.scan(harmless), Unanswered), mood
            assert isinstance(await scanner.ping(), Unanswered), mood
        daemon.mood, daemon.longest = "", 1_000
        assert await scanner.scan(harmless) == Unanswered("INSTREAM size limit exceeded. ERROR")
    assert isinstance(await scanner.scan(harmless), Unanswered), "nobody listens"
    assert isinstance(await Clamd("/nowhere/clamd.sock").ping(), Unanswered)


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "clamd:3310", "[::1]:3310", "/run/clamav/clamd.ctl"])
async def test_addresses(address: str) -> None:
    assert is_address(address)


@pytest.mark.parametrize(
    "address", ["clamd", "clamd:0", "clamd:65536", ":3310", "run/clamd.ctl", "http://clamd:1/x", "::1:5"]
)
async def test_no_addresses(address: str) -> None:
    assert not is_address(address)
