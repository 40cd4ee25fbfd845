"""What people think of answers: said, changed, taken back; out and in with their session, and for nobody else."""

from typing import Any

from tertulia.models.scripted import Call, Reply
from tests.server.conftest import OpenSite
from tests.server.site import Site, is_problem

CANARY = "comment-canary"


async def rated(open_: OpenSite) -> tuple[Site, str, str, dict[str, Any]]:
    """A session, and the path of a turn in it that was rated."""
    site = await open_(Reply("one"), Reply("two"), Reply("three"))
    session = await site.new_session()
    turn = await site.turn(session, "a")
    path = f"{session}/turn/{turn['turn_id']}"
    answer = await site.put(f"{path}/feedback", {"rating": "down", "comment": CANARY})
    assert (answer.status_code, answer.json()) == (200, {"rating": "down", "comment": CANARY})
    return site, session, path, answer.json()


async def test_a_turn_says_what_its_owner_thinks_of_it(open_: OpenSite) -> None:
    site, session, path, feedback = await rated(open_)
    assert (await site.get(path)).json()["feedback"] == feedback
    assert [turn["feedback"] for turn in (await site.get(session)).json()["turns"]] == [feedback]
    await site.put(f"{path}/feedback", {"rating": "up"})
    assert (await site.get(path)).json()["feedback"] == {"rating": "up", "comment": ""}
    for _ in range(2):
        assert (await site.delete(f"{path}/feedback")).status_code == 204
        assert (await site.get(path)).json()["feedback"] is None


async def test_no_model_is_told_of_it_and_no_reader_of_a_link(open_: OpenSite) -> None:
    site, session, _, _ = await rated(open_)
    for include in ("messages", "steps"):
        link = (await site.post(f"{session}/share", {"include": include})).json()
        shown = await site.get(f"/v1/shared/{link['token']}")
        assert (shown.status_code, CANARY in shown.text, "feedback" in shown.text) == (200, False, False)
    await site.turn(session, "b")
    assert CANARY not in str(site.script.requests)


async def test_it_leaves_with_its_session_and_comes_back(open_: OpenSite) -> None:
    site, session, path, feedback = await rated(open_)
    export = (await site.get(f"{session}/export")).json()
    assert [each["turn"]["feedback"] for each in export["turns"]] == [feedback]
    await site.delete(session)
    await site.delete(f"/v1/trash/{session.rsplit('/', 1)[1]}")
    back = await site.post(f"{session.rsplit('/session', 1)[0]}/sessions/import", export)
    assert back.status_code == 201, back.text
    assert (await site.get(path)).json()["feedback"] == feedback


async def test_a_turn_that_waits_is_not_rated_yet_and_nothing_but_thumbs_is_taken(open_: OpenSite) -> None:
    site, session, path, feedback = await rated(open_)
    for body in ({}, {"rating": "so so"}, {"rating": "up", "comment": "x" * 2001}, {"rating": "up", "stars": 5}):
        answer = await site.put(f"{path}/feedback", body)
        assert answer.status_code == 400, answer.text
    assert (await site.get(path)).json()["feedback"] == feedback
    is_problem(await site.put(f"{session}/turn/none/feedback", {"rating": "up"}), 404, "turn_not_found")


async def test_a_turn_is_rated_once_it_has_ended(open_: OpenSite) -> None:
    site = await open_(Reply(Call("camera", {}, call_id="c1")))
    session = await site.new_session(await site.new_agent(client_tools=[{"name": "camera", "description": "Looks."}]))
    turn = await site.turn(session)
    path = f"{session}/turn/{turn['turn_id']}"
    assert turn["status"] == "awaiting_input"
    is_problem(await site.put(f"{path}/feedback", {"rating": "up"}), 409, "conflict")
    await site.post(f"{path}/cancel")
    assert (await site.put(f"{path}/feedback", {"rating": "up"})).status_code == 200
