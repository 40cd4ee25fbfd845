"""How a turn is run: by which model and tools, within which rules and budget; settled when a node takes it on."""

from collections.abc import Mapping

from tertulia.domain.agents import Budget
from tertulia.domain.tools import Grant, definition_hash
from tertulia.engine.turn import Plan
from tertulia.models.base import Resolve
from tertulia.runtime.agents_in_use import AgentsInUse
from tertulia.runtime.limits import Budgets
from tertulia.runtime.live import LiveTurn
from tertulia.runtime.patience import patiently
from tertulia.runtime.steps import TurnPlan
from tertulia.store.base import Store
from tertulia.store.turns import TurnRecord
from tertulia.tools.base import Tool


class Planner:
    """Plans turns."""

    def __init__(self, store: Store, agents: AgentsInUse, *, resolve: Resolve, budgets: Budgets) -> None:
        self._store = store
        self._agents = agents
        self._resolve = resolve
        self._budgets = budgets

    async def plan(self, live: LiveTurn) -> TurnPlan:
        """Say how a turn runs from where its log ends. Raises AgentNotFound, AgentWithdrawn, ModelNotFound."""
        record = live.record
        agent = await self._agents.of(record)
        config = agent.config
        server, model, window = await self._resolve(config.model)
        tools = await self._agents.tools_with(agent, record)
        # Of a tool that was lost while it ran, and is not there any more, nobody knows whether it had its effect.
        gone = {step.tool_name for step in live.state.open_steps} - tools.keys()
        return TurnPlan(
            rules=Plan(
                client_tools=frozenset(tool.name for tool in config.client_tools),
                unrepeatable=frozenset(gone | {n for n, tool in tools.items() if not tool.policy.is_idempotent}),
                to_approve=await self._to_approve(record, tools),
                max_infer_iters=config.max_infer_iters,
                max_tokens=await self._max_tokens(record, config.budget),
                input_shields=tuple(config.input_shields),
                output_shields=tuple(config.output_shields),
            ),
            config=config,
            lender=agent.lender,
            server=server,
            model=model,
            tools=tools,
            tool_config=record.tool_config or config.tool_config,
            window_tokens=window,
        )

    async def tools_of(self, record: TurnRecord) -> dict[str, Tool]:
        """Return the tools of the server that a turn may use, by name. Raises AgentNotFound, AgentWithdrawn."""
        return await self._agents.tools_of(record)

    async def _to_approve(self, record: TurnRecord, tools: Mapping[str, Tool]) -> frozenset[str]:
        """Return the tools whose calls a person must approve: of those that want it, the ones without a grant."""
        hashes = {n: definition_hash(tool.definition) for n, tool in tools.items() if tool.policy.approval != "never"}
        if not hashes:
            return frozenset()
        grants = await patiently(lambda: self._store.read_grants(record.owner, record.session_id))
        return frozenset(n for n, each in hashes.items() if Grant(tool_name=n, definition_hash=each) not in grants)

    async def _max_tokens(self, record: TurnRecord, of_agent: Budget) -> int | None:
        """Return what a turn may cost: no more than its budget, and than what its session's budget has left for it."""
        budget = self._budgets.within(of_agent)
        if budget.session_tokens is None:
            return budget.turn_tokens
        ids = (record.owner, record.session_id)
        spent = await patiently(lambda: self._store.read_session_tokens(*ids, besides=record.turn_id))
        left = max(0, budget.session_tokens - spent)
        return left if budget.turn_tokens is None else min(left, budget.turn_tokens)
