"""All that an owner has as one archive: it comes back as it was, again, and as far as it is there."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from tertulia.domain.errors import SessionNotFound, SourceUnreadable
from tertulia.domain.exports import SessionExport
from tertulia.runtime.archiving import Archives
from tertulia.runtime.clock import SystemClock
from tertulia.runtime.importing import Importer, Report
from tertulia.sources.tertulia.opening import open_tertulia
from tests.golden.logs import LOGS
from tests.runtime.exports import Place, Talk, as_turn, exported_file, pieces, with_file
from tests.store.values import agent, session

ANA, BEN = "ana", "ben"
DATA = bytes(range(256)) * 3_000
WHOLE = ["s1", "s2", "s3", "s5"]


def talk(session_id: str, files: dict[str, bytes]) -> Talk:
    log = with_file("f1", LOGS["tools_side_by_side"]) if files else LOGS["plain_answer"]
    turn = as_turn(1, log, session_id=session_id)
    return Talk(session=session(session_id, session_name=f"Plans / {session_id}"), logs=[turn], files=files)


async def furnished() -> Place:
    """A place where Ana has two agents, three sessions, a fork, and a file that nobody uses; Ben has a secret."""
    place = Place()
    await place.open(ANA, BEN)
    await place.keep(ANA, talk("s1", {"f1": DATA}))
    await place.store.create_agent(ANA, agent("../second", created_at="2026-01-03T00:00:00.000000Z"))
    await place.keep(ANA, talk("s2", {"f1": DATA}))
    await place.keep(ANA, talk("s3", {}))
    await place.store.fork_session(
        ANA, "s3", session("s5", agent_id="ana-a", updated_at="2026-12-01T00:00:00.000000Z"), turn_id="s3-t1"
    )
    await place.keep(BEN, talk("s4", {"f1": b"secret"}))
    loose = await place.files.bring(ANA, exported_file("loose", b"nobody uses this"), pieces(b"nobody uses this"))
    assert loose is not None
    await place.store.add_file(ANA, replace(loose, is_listed=True))
    return place


async def archived(place: Place, path: Path) -> Path:
    archives = Archives(place.store, place.files, place.exports, clock=SystemClock())
    told: list[None] = []
    sent = [piece async for piece in archives.pieces(ANA, lambda: told.append(None))]
    written(path, sent)
    assert len(told) == await archives.count(ANA) == len(WHOLE)
    return path


def written(path: Path, sent: list[bytes]) -> None:
    path.write_bytes(b"".join(sent))


async def brought(place: Place, path: Path) -> Report:
    source = open_tertulia(path)
    try:
        return await Importer(source, place.store, place.files, owner=ANA).run(lambda _done, _of_all: None)
    finally:
        source.close()


async def everything(place: Place) -> list[SessionExport]:
    found: list[SessionExport] = []
    for session_id in WHOLE:
        export = await place.exported(ANA, session_id)
        found.append(replace(export, exported_at=""))
    return found


async def test_all_comes_back_as_it_was_once(tmp_path: Path) -> None:
    there, here = await furnished(), Place()
    await here.store.open()
    path = await archived(there, tmp_path / "all.tar.gz")
    report = await brought(here, path)
    assert (report.agents, report.sessions, report.turns, report.findings) == (2, 4, 4, [])
    assert await everything(here) == await everything(there)
    for file_id in ("f1", "loose"):
        assert await here.files.get(ANA, file_id) == await there.files.get(ANA, file_id)
        assert await here.content(ANA, file_id) == await there.content(ANA, file_id)
    again = await brought(here, path)
    assert (again.agents_here, again.sessions_here, again.sessions, again.is_complete) == (2, 4, 0, True)


async def test_it_is_a_plain_archive_with_nothing_of_anybody_else(tmp_path: Path) -> None:
    path = await archived(await furnished(), tmp_path / "all.tar.gz")
    with tarfile.open(path) as tar:
        names = tar.getnames()
    assert names[0] == "account.json"
    assert {"agents/%2E%2E%2Fsecond.json", "sessions/s1.json", "uploads/loose.json"} <= {*names}
    assert not any(".." in name or name.startswith("/") for name in names)
    assert b"secret" not in gzip.decompress(path.read_bytes())


async def test_what_is_read_of_a_file_is_a_piece_at_a_time(tmp_path: Path) -> None:
    place = await furnished()
    archives = Archives(place.store, place.files, place.exports, clock=SystemClock())
    assert max([len(piece) async for piece in archives.pieces(ANA)]) < len(DATA)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
async def test_one_that_is_cut_off_has_whole_sessions_and_says_so(tmp_path: Path, part: float) -> None:
    there, here = await furnished(), Place()
    await here.store.open()
    path = await archived(there, tmp_path / "all.tar.gz")
    whole = gzip.decompress(path.read_bytes())
    path.write_bytes(whole[: int(len(whole) * part)])
    report = await brought(here, path)
    assert not report.is_complete
    for export in await everything(there):
        if await is_there(here, export.session.session_id):
            came = await here.exported(ANA, export.session.session_id)
            assert [each.turn for each in came.turns] == [each.turn for each in export.turns]
    await archived(there, path)
    report = await brought(here, path)
    assert report.is_complete
    assert await everything(here) == await everything(there)


async def is_there(place: Place, session_id: str) -> bool:
    try:
        await place.store.get_session(ANA, "ana-a", session_id)
    except SessionNotFound:
        return False
    return True


async def test_a_session_with_a_damaged_file_does_not_come_and_all_others_do(tmp_path: Path) -> None:
    there, here = await furnished(), Place()
    await here.store.open()
    path = await archived(there, tmp_path / "all.tar.gz")
    damaged = bytearray(gzip.decompress(path.read_bytes()))
    place = damaged.index(DATA[:512])
    damaged[place : place + 4] = b"oops"
    path.write_bytes(damaged)
    report = await brought(here, path)
    assert [finding.what for finding in report.findings if finding.is_lost] == ["session s1"]
    assert [each for each in WHOLE if await is_there(here, each)] == ["s2", "s3", "s5"]


async def test_what_is_no_archive_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x"
    other = io.BytesIO()
    with tarfile.open(fileobj=other, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("sessions/x.json"))
    for content in (b"", b"nonsense", b"{}", other.getvalue()):
        path.write_bytes(content)
        with pytest.raises(SourceUnreadable, match="Tertulia"):
            open_tertulia(path)


async def test_one_session_is_brought_in_by_its_own_file(tmp_path: Path) -> None:
    there, here = await furnished(), Place()
    await here.store.open()
    path = tmp_path / "s1.json"
    exporting = await there.exports.session(ANA, "ana-a", "s1")
    path.write_bytes(b"".join([piece async for piece in exporting.json()]))
    report = await brought(here, path)
    assert (report.agents, report.sessions, report.is_complete) == (1, 1, True)
    assert replace(await here.exported(ANA), exported_at="") == (await everything(there))[0]
    assert await here.content(ANA, "f1") == DATA
