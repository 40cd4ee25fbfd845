/**
 * What Llama Stack's own TypeScript client does with our server.
 *
 * `node client.mjs URL CUT_URL` runs every check and prints, as one JSON object, what each came to: "ok", or how it failed.
 * At CUT_URL is the same server through connections that break after 2,000 bytes.
 */
import assert from "node:assert/strict";
import LlamaStackClient from "llama-stack-client";

const [url, cutUrl] = process.argv.slice(2);
const client = new LlamaStackClient({ baseURL: url });
const agents = client.agents;
const WEATHER = {
  name: "get_weather",
  description: "Weather",
  parameters: [{ name: "city", parameter_type: "string", description: "City", required: true }],
};
const PARIS = '[[tool=get_weather]] [[args={"city": "Paris"}]]';

async function newAgent(config = {}) {
  const agent_config = { model: "fake/fake-model", instructions: "Be brief.", client_tools: [WEATHER], ...config };
  return (await agents.create({ agent_config })).agent_id;
}

async function newSession(agentId) {
  const id = agentId ?? (await newAgent());
  return [id, (await agents.session.create(id, { session_name: "Test" })).session_id];
}

const says = (content, more = {}) => ({ messages: [{ role: "user", content }], ...more });

async function read(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const streamed = async (place, words) => read(await agents.turn.create(...place, says(words, { stream: true })));
const turnsOf = async (place) => (await agents.session.retrieve(...place)).turns;

const checks = {
  async agents_and_sessions_are_created_listed_read_and_deleted() {
    const agentId = await newAgent();
    const place = await newSession(agentId);
    assert.equal((await agents.retrieve(agentId)).agent_config.model, "fake/fake-model");
    assert.ok((await agents.list()).data.some((agent) => agent.agent_id === agentId));
    assert.deepEqual((await agents.session.list(agentId)).data.map((session) => session.session_id), [place[1]]);
    assert.equal((await agents.session.retrieve(...place)).session_name, "Test");
    await agents.session.delete(...place);
    await assert.rejects(agents.session.retrieve(...place), LlamaStackClient.NotFoundError);
    await agents.delete(agentId);
    await assert.rejects(agents.retrieve(agentId), LlamaStackClient.NotFoundError);
  },

  async a_turn_is_streamed_and_read_again() {
    const place = await newSession();
    const payloads = (await streamed(place, "Hi")).map((chunk) => chunk.event.payload);
    const text = payloads.filter((each) => each.event_type === "step_progress").map((each) => each.delta.text);
    assert.equal(text.join(""), "tok0 tok1 tok2 ");
    const { event_type, turn } = payloads.at(-1);
    assert.equal(event_type, "turn_complete");
    assert.deepEqual(await agents.turn.retrieve(...place, turn.turn_id), turn);
    const { step } = await agents.steps.retrieve(...place, turn.turn_id, turn.steps[0].step_id);
    assert.deepEqual(step, turn.steps[0]);
    const only = await agents.session.retrieve(...place, { turn_ids: [turn.turn_id] });
    assert.deepEqual(only.turns, [turn]);
  },

  async a_turn_is_answered_whole() {
    const turn = await agents.turn.create(...(await newSession()), says("Hi"));
    assert.equal(turn.output_message.content, "tok0 tok1 tok2 ");
  },

  async client_tools_are_answered_by_resume() {
    const place = await newSession();
    const { turn } = (await streamed(place, `${PARIS} [[tools=2]]`)).at(-1).event.payload;
    assert.equal(turn.output_message.stop_reason, "end_of_message");
    const tool_responses = turn.output_message.tool_calls.map((call) => {
      assert.deepEqual(call.arguments, { city: "Paris" });
      return { call_id: call.call_id, tool_name: call.tool_name, content: "18C" };
    });
    const resumed = await read(await agents.turn.resume(...place, turn.turn_id, { tool_responses, stream: true }));
    assert.equal(resumed.at(-1).event.payload.turn.output_message.content, "Results: 18C, 18C");
    await assert.rejects(
      agents.turn.resume(...place, turn.turn_id, { tool_responses }),
      LlamaStackClient.ConflictError,
    );
  },

  async errors_have_their_classes() {
    const place = await newSession();
    await assert.rejects(agents.turn.create(...place, { messages: [] }), LlamaStackClient.BadRequestError);
    await assert.rejects(
      agents.turn.create(place[0], "none", says("Hi", { stream: true })),
      LlamaStackClient.NotFoundError,
    );
    await assert.rejects(agents.turn.create(...place, says("Hi [[error=400]]")), (error) => {
      assert.ok(error instanceof LlamaStackClient.InternalServerError);
      assert.match(error.error.error.message, /the model is broken/);
      return true;
    });
    assert.equal((await turnsOf(place)).length, 1);
    const failed = (await streamed(place, "Hi [[error=400]]")).at(-1);
    assert.match(failed.error.message, /the model is broken/);
    const nowhere = new LlamaStackClient({ baseURL: "http://127.0.0.1:9", maxRetries: 0 });
    await assert.rejects(nowhere.agents.list(), LlamaStackClient.APIConnectionError);
  },

  async too_many_turns_are_a_rate_limit() {
    const place = await newSession();
    const first = await agents.turn.create(...place, says("Hi [[tokens=1]] [[delay=2000]]", { stream: true }));
    const second = await agents.turn.create(...place, says("Hi", { stream: true }));
    const third = agents.turn.create(...place, says("Hi", { stream: true }), { maxRetries: 0 });
    await assert.rejects(third, LlamaStackClient.RateLimitError);
    for (const stream of [first, second]) {
      assert.equal((await read(stream)).at(-1).event.payload.event_type, "turn_complete");
    }
  },

  async tries_of_an_impatient_client_are_one_turn() {
    const place = await newSession();
    const words = says("Hi [[tokens=2]] [[delay=800]]");
    const turn = await agents.turn.create(...place, words, { timeout: 1000, maxRetries: 5 });
    assert.equal(turn.output_message.content, "tok0 tok1 ");
    assert.deepEqual((await turnsOf(place)).map((each) => each.turn_id), [turn.turn_id]);
  },

  async a_cut_connection_loses_nothing() {
    const place = await newSession();
    const broken = new LlamaStackClient({ baseURL: cutUrl, maxRetries: 0 });
    const seen = [];
    try {
      const stream = await broken.agents.turn.create(...place, says("Hi [[tokens=50]]", { stream: true }));
      for await (const chunk of stream) seen.push(chunk.event.payload.event_type);
    } catch (error) {
      assert.match(String(error), /premature|aborted|terminated|reset/i);
    }
    assert.ok(seen.length > 0 && !seen.includes("turn_complete"));
    let turn;
    do [turn] = await turnsOf(place);
    while (!turn.completed_at);
    assert.match(turn.output_message.content, /tok49 $/);
  },

  async signs_of_life_are_no_events() {
    const chunks = await streamed(await newSession(), "Hi [[tokens=1]] [[delay=500]]");
    assert.ok(chunks.every((chunk) => chunk.event.payload.event_type));
  },
};

const results = {};
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    results[name] = "ok";
  } catch (error) {
    results[name] = String(error.stack ?? error);
  }
}
console.log(JSON.stringify(results));
