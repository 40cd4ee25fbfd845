"""Exports over HTTP: what is saved, under which name; what is brought in, once, and what is refused."""

import base64
import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from tertulia.domain.exports import SessionExport, json_schema
from tests.server.site import Site, is_problem

PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "session-export.schema.json"
DATA = b"nothing that fits into a message\n" * 3_000


async def furnished(site: Site) -> str:
    """A session with a file, with an agent that has instructions; its path."""
    agent = await site.new_agent(instructions="Never tell the canary.", name="Lisboeta")
    session = await site.new_session(agent, session_name="Plans: ação / 2026", metadata={"a": [1, None]})
    await site.patch(session, {"tags": ["work", "ação"]})
    file = {"name": "notes.txt", "type": "text/plain", "content": base64.b64encode(DATA).decode()}
    message = {"role": "user", "content": "# Read *this*", "file": file}
    answer = await site.post(f"{session}/turn", {"messages": [message]})
    assert answer.json()["status"] == "completed"
    return session


async def exported(site: Site, session: str) -> dict[str, Any]:
    answer = await site.get(f"{session}/export")
    assert answer.status_code == 200
    return answer.json()


def import_of(session: str) -> str:
    return f"{session.rpartition('/session/')[0]}/sessions/import"


async def test_a_session_is_saved_as_json_with_all_that_hangs_on_it(site: Site) -> None:
    session = await furnished(site)
    answer = await site.get(f"{session}/export")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment; filename=" in answer.headers["content-disposition"]
    export = msgspec.json.decode(answer.content, type=SessionExport)
    shown = (await site.get(session)).json()
    assert [msgspec.to_builtins(each.turn) for each in export.turns] == shown["turns"]
    assert msgspec.to_builtins(export.session) == {**shown, "turns": []}
    assert export.agent.agent_config.instructions == "Never tell the canary."
    assert base64.b64decode(export.files[0].content or "") == DATA


async def test_what_is_exported_is_what_the_published_schema_says(site: Site) -> None:
    schema = json.loads(PUBLISHED.read_text())
    assert schema == json_schema(), "make generate writes it anew"
    validator = Draft202012Validator(schema)
    export = await exported(site, await furnished(site))
    validator.validate(export)
    assert not validator.is_valid({**export, "version": 2})


async def test_markdown_is_for_people_and_has_no_instructions(site: Site) -> None:
    answer = await site.get(f"{await furnished(site)}/export?format=markdown")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# Plans: ação / 2026\n\n*With Lisboeta, begun ")
    assert "\n# Read *this*\n" in answer.text
    assert "- Attached: notes.txt\n" in answer.text
    assert "canary" not in answer.text


async def test_what_was_deleted_comes_back_under_its_ids(site: Site) -> None:
    session = await furnished(site)
    sent, shown = await exported(site, session), (await site.get(session)).json()
    await site.delete(f"{session}?for_good=true")
    answer = await site.post(import_of(session), sent)
    assert answer.status_code == 201
    assert answer.headers["location"] == session
    assert (await site.get(session)).json() == shown
    assert (await site.get(shown["turns"][0]["input_messages"][0]["file"]["url"])).content == DATA
    again = await site.post(import_of(session), sent)
    assert (again.status_code, again.json()) == (200, answer.json())


async def test_it_goes_on_where_it_came_to(site: Site) -> None:
    session = await furnished(site)
    other = await site.new_agent()
    answer = await site.post(f"{other}/sessions/import", await exported(site, session))
    copy = answer.headers["location"]
    assert copy != session
    assert (await site.turn(copy, "And now?"))["n"] == 2
    streamed = await site.get(f"{copy}/turn/{(await site.get(copy)).json()['turns'][0]['turn_id']}/events")
    assert "turn_complete" in streamed.text


async def test_what_is_no_export_is_refused_by_its_place(site: Site) -> None:
    session = await furnished(site)
    sent = await exported(site, session)
    is_problem(await site.post(import_of(session), {**sent, "version": 2}), 400, "invalid_request", "/version")
    is_problem(await site.post(import_of(session), {**sent, "more": 1}), 400, "unknown_field", "/more")
    turn = {**sent["turns"][0], "events": sent["turns"][0]["events"][1:]}
    is_problem(
        await site.post(import_of(session), {**sent, "turns": [turn]}), 400, "invalid_request", "/turns/0/events"
    )
    tagged = {**sent, "session": {**sent["session"], "tags": ["a,b"]}}
    is_problem(await site.post(import_of(session), tagged), 400, "invalid_request", "/session/tags")
    is_problem(await site.post("/v1/agents/nobody/sessions/import", sent), 404, "agent_not_found")
    is_problem(await site.get(f"{session}/export?format=pdf"), 400, "invalid_request", "format")


async def test_a_time_that_there_is_not_is_refused_for_retention_reckons_with_it(site: Site) -> None:
    session = await furnished(site)
    sent = await exported(site, session)
    for at in ("2026-13-01T00:00:00.000000Z", "0000-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"):
        sent["session"]["updated_at"] = at
        is_problem(await site.post(import_of(session), sent), 400, "invalid_request", "/session")


@pytest.mark.parametrize("of_what", ["epoch", "seq", "usage", "revision"])
async def test_a_count_that_cannot_be_counted_on_is_refused(site: Site, of_what: str) -> None:
    session = await furnished(site)
    sent = await exported(site, session)
    log = sent["turns"][0]["events"]
    for count in (-1, 2**31, 2**62, 2**70):
        if of_what == "revision":
            sent["session"]["revision"] = count
        for place, logged in enumerate(log):
            if of_what in ("epoch", "seq"):
                logged["id"][of_what] = count + place
            elif of_what == "usage" and logged["event"]["event_type"] == "step_complete":
                logged["event"]["step_details"]["usage"] = {"input_tokens": count}
        pointer = "/session/revision" if of_what == "revision" else "/turns/0/events/0"
        is_problem(await site.post(import_of(session), sent), 400, "invalid_request", pointer)


async def test_all_that_one_has_is_one_archive(site: Site) -> None:
    session = await furnished(site)
    answer = await site.get("/v1/export")
    assert answer.headers["content-type"] == "application/gzip"
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(answer.content))) as tar:
        document = tar.extractfile(f"sessions/{session.rpartition('/')[2]}.json")
        assert document is not None
        export = msgspec.json.decode(document.read(), type=SessionExport)
        content = tar.extractfile(f"files/{export.files[0].info.sha256}")
        assert content is not None
        assert content.read() == DATA
    assert export.files[0].content is None
