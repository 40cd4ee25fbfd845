"""Sessions, as Llama Stack's clients make, read and list them."""

from tests.llama_stack.stack import OpenStack, Stack, says


async def test_a_session_has_its_name_and_its_turns_in_order(stack: Stack) -> None:
    session = await stack.new_session(name="Plans")
    turn_ids = [(await stack.post(f"{session}/turn", says(words))).json()["turn_id"] for words in "abc"]
    found = (await stack.get(session)).json()
    assert (found["session_id"], found["session_name"]) == (session.rpartition("/")[2], "Plans")
    assert [turn["turn_id"] for turn in found["turns"]] == turn_ids
    assert found["started_at"] < found["turns"][0]["started_at"]


async def test_a_session_has_all_its_turns_however_large_they_are(open_: OpenStack) -> None:
    stack = await open_(max_message_chars=3_000_000)
    session = await stack.new_session()
    turns = [(await stack.post(f"{session}/turn", says(letter * 3_000_000))).json() for letter in "abc"]
    answer = await stack.get(session)
    assert "content-length" not in answer.headers  # it is made while it is sent
    assert answer.json()["turns"] == turns
    assert answer.json()["turn_count"] == 3


async def test_only_the_turns_that_are_asked_for_are_read(stack: Stack) -> None:
    session = await stack.new_session()
    one, _, three = [(await stack.post(f"{session}/turn", says(words))).json()["turn_id"] for words in "abc"]

    async def read(turn_ids: str) -> list[str]:
        return [turn["turn_id"] for turn in (await stack.get(f"{session}?turn_ids={turn_ids}")).json()["turns"]]

    assert await read(f"{three},{one},none") == [one, three]
    assert await read("none") == []


async def test_a_session_must_have_a_name(stack: Stack) -> None:
    agent = await stack.new_agent()
    refused = await stack.post(f"{agent}/session", {})
    assert refused.status_code == 400
    assert "session_name" in refused.json()["detail"]


async def test_of_branches_its_clients_see_the_active_one(stack: Stack) -> None:
    session = await stack.new_session()
    first, _ = [(await stack.post(f"{session}/turn", says(words))).json() for words in ("Hello", "Go on")]
    again = (await stack.site.post(f"/v1{session}/turn/{first['turn_id']}/retry", {})).json()
    after = (await stack.post(f"{session}/turn", says("And then?"))).json()
    turns = (await stack.get(session)).json()["turns"]
    assert [turn["turn_id"] for turn in turns] == [again["turn_id"], after["turn_id"]]


async def test_any_name_is_taken_as_far_as_there_is_room(stack: Stack) -> None:
    agent = await stack.new_agent()
    for name, expected in (("x" * 300, "x" * 200), ("a\0b ", "a b"), ("", "New session")):
        made = (await stack.post(f"{agent}/session", {"session_name": name})).json()
        assert made["session_name"] == expected


async def test_a_wrong_query_is_refused_by_its_name(stack: Stack) -> None:
    refused = await stack.get("/agents?start_index=-1")
    assert (refused.status_code, refused.json()["error"]["detail"]["errors"][0]["loc"]) == (
        400,
        ["query", "start_index"],
    )


async def test_sessions_are_listed_by_index_without_their_turns(stack: Stack) -> None:
    agent = await stack.new_agent()
    made = [await stack.new_session(agent, name=name) for name in "abc"]
    await stack.post(f"{made[0]}/turn", says("Hello"))

    async def listed(query: str) -> tuple[str, bool]:
        page = (await stack.get(f"{agent}/sessions{query}")).json()
        assert page["url"] == f"{stack.prefix}/agents/{{agent_id}}/sessions"
        assert all(session["turns"] == [] for session in page["data"])
        return "".join(session["session_name"] for session in page["data"]), page["has_more"]

    assert await listed("") == ("acb", False)
    assert await listed("?limit=2") == ("ac", True)
    assert await listed("?start_index=2&limit=2") == ("b", False)
    assert (await stack.get("/agents/nobody/sessions")).status_code == 404


async def test_more_sessions_than_a_page_are_listed_all_the_same(open_: OpenStack) -> None:
    stack = await open_()
    agent = await stack.new_agent()
    for number in range(205):
        await stack.site.services.sessions.create("local", agent.rpartition("/")[2], name=str(number))
    page = (await stack.get(f"{agent}/sessions")).json()
    assert [session["session_name"] for session in page["data"]] == [str(n) for n in reversed(range(205))]
    page = (await stack.get(f"{agent}/sessions?start_index=201&limit=3")).json()
    assert ([session["session_name"] for session in page["data"]], page["has_more"]) == (["3", "2", "1"], True)


async def test_a_deleted_session_is_gone(stack: Stack) -> None:
    session = await stack.new_session()
    assert (await stack.delete(session)).status_code == 204
    for answer in [await stack.get(session), await stack.delete(session)]:
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "session_not_found")


async def test_a_session_is_the_same_one_in_both_dialects(stack: Stack) -> None:
    session = await stack.new_session(name="Plans")
    await stack.post(f"{session}/turn", says("Hello"))
    native = (await stack.site.get(f"/v1{session}")).json()
    assert (native["session_name"], len(native["turns"])) == ("Plans", 1)


async def test_turns_that_are_asked_for_come_with_no_more_of_their_files_than_one_answer_can_have(
    stack: Stack,
) -> None:
    session = await stack.new_session()
    large = (await stack.site.client.post("/v1/files", files={"file": ("a.bin", bytes(13_000_000))})).json()
    body = {"messages": [{"role": "user", "content": "Look.", "file": {"file_id": large["file_id"]}}]}
    turn_ids = [(await stack.site.post(f"/v1{session}/turn", body)).json()["turn_id"] for _ in range(3)]
    found = (await stack.get(f"{session}?turn_ids={','.join(turn_ids)}")).json()["turns"]
    contents = [turn["input_messages"][0]["file"]["content"] for turn in found]
    assert [content is not None for content in contents] == [True, True, False]
