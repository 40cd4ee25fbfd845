"""Use cases of shields: which there are, and what one says of a message.

Those of the operator's file are everybody's and stay as they are; others are registered by an owner and are theirs.
What cannot be judged does not pass: a shield that fails, or is gone, fails the turn.
"""

from collections.abc import Sequence
from contextlib import aclosing

from tertulia.domain.agents import AgentConfig, GreedySampling, SamplingParams
from tertulia.domain.base import Value
from tertulia.domain.deltas import TextDelta
from tertulia.domain.errors import Conflict, FieldError, InvalidRequest, ShieldFailed, ShieldNotFound
from tertulia.domain.paging import MAX_LIMIT
from tertulia.domain.shields import ModelShield, PatternShield, Shield
from tertulia.domain.steps import Violation
from tertulia.engine import guard
from tertulia.models.base import ModelRequest, Resolve
from tertulia.runtime import patterns
from tertulia.runtime.audit import about
from tertulia.runtime.clock import Clock
from tertulia.runtime.patience import patiently
from tertulia.store.shields import ShieldStore

MAX_REGISTERED = 200
"""How many shields one owner may register, so that all of them can be listed at once."""
SAMPLING = SamplingParams(strategy=GreedySampling(), max_tokens=1024)


class Said(Value):
    """What a shield looks at: what the user said and, where it is the answer that counts, the answer."""

    user: str
    answer: str | None = None

    @property
    def text(self) -> str:
        """The words that count."""
        return self.user if self.answer is None else self.answer


class Shields:
    """What people, and turns, do with shields."""

    def __init__(self, store: ShieldStore, resolve: Resolve, *, configured: Sequence[Shield], clock: Clock) -> None:
        self._store = store
        self._resolve = resolve
        self._configured = {shield.shield_id: shield for shield in configured}
        self._clock = clock

    async def list_shields(self, owner: str) -> list[Shield]:
        """All shields that the owner's agents can have: the configured ones first."""
        found = list(self._configured.values())
        cursor: str | None = None
        while True:
            page = await self._store.list_shields(owner, limit=MAX_LIMIT, cursor=cursor)
            found += [shield for shield in page.items if shield.shield_id not in self._configured]
            cursor = page.next_cursor
            if cursor is None:
                return found

    async def get(self, owner: str, shield_id: str) -> Shield:
        """Raises ShieldNotFound."""
        return self._configured.get(shield_id) or await self._store.get_shield(owner, shield_id)

    async def register(self, owner: str, shield: Shield) -> None:
        """Keep a shield, in the place of the owner's earlier one of that name.

        Raises Conflict; InvalidRequest or ModelNotFound when it could not do its work.
        """
        about(shield_id=shield.shield_id)
        self._refuse_configured(shield.shield_id)
        check(shield)
        if isinstance(shield, ModelShield):
            await self._resolve(shield.model)
        others = [each for each in await self.list_shields(owner) if each.shield_id != shield.shield_id]
        if len(others) - len(self._configured) >= MAX_REGISTERED:
            raise Conflict(f"There are {MAX_REGISTERED} registered shields already. Unregister one first.")
        await self._store.save_shield(owner, shield, at=self._clock())

    async def unregister(self, owner: str, shield_id: str) -> None:
        """Raises ShieldNotFound, Conflict."""
        self._refuse_configured(shield_id)
        await self._store.delete_shield(owner, shield_id)

    def _refuse_configured(self, shield_id: str) -> None:
        if shield_id in self._configured:
            raise Conflict(f"The shield {shield_id} is the operator's (TERTULIA_SHIELDS) and cannot be changed here.")

    async def check_config(self, owner: str, config: AgentConfig) -> None:
        """Raise InvalidRequest, naming the field, when an agent would have a shield that is not there."""
        for name in ("input_shields", "output_shields"):
            for place, shield_id in enumerate(getattr(config, name)):
                try:
                    await self.get(owner, shield_id)
                except ShieldNotFound as missing:
                    pointer = f"/agent_config/{name}/{place}"
                    detail = f"there is no shield {shield_id!r}"
                    raise InvalidRequest(
                        f"{pointer}: {detail}. {missing.message.partition('. ')[2]}",
                        errors=[FieldError(pointer=pointer, detail=detail)],
                    ) from None

    async def judge(self, owner: str, shield_id: str, said: Said) -> Violation | None:
        """What a shield finds; None when it lets it pass. Raises ShieldFailed, ModelError, NotFound."""
        shield = await patiently(lambda: self.get(owner, shield_id))
        if isinstance(shield, PatternShield):
            return await patterns.find(shield, said.text)
        answer = await self._ask(shield, said)
        try:
            return guard.verdict(shield, answer)
        except guard.Unclear:
            raise ShieldFailed(
                f"The shield {shield_id} asked {shield.model}, which answered neither “safe” nor “unsafe”."
            ) from None

    async def _ask(self, shield: ModelShield, said: Said) -> str:
        server, model, _ = await self._resolve(shield.model)
        messages = guard.question(shield, said.user, said.answer)
        request = ModelRequest(model=model, messages=messages, sampling=SAMPLING)
        text = ""
        async with aclosing(server.stream(request)) as batches:
            async for batch in batches:
                text += "".join(piece.text for piece in batch if isinstance(piece, TextDelta))
        return text


def check(shield: Shield) -> None:
    """Raise InvalidRequest unless a shield can do its work, as far as that can be told before it must."""
    if isinstance(shield, PatternShield):
        patterns.check(shield)
    elif "/" not in shield.model:
        detail = f"a model is named server/model, not {shield.model!r}"
        raise InvalidRequest(
            f"The shield {shield.shield_id}: {detail}.", errors=[FieldError(pointer="/model", detail=detail)]
        )
