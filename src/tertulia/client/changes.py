"""What changed among an agent's sessions, as a stream has it."""

from collections.abc import Iterator, Sequence

import msgspec

from tertulia.client.errors import UnexpectedAnswer
from tertulia.client.sse import Frame
from tertulia.domain.changes import ChangeEnvelope, ChangeId, LoggedChange

_envelope = msgspec.json.Decoder(ChangeEnvelope)


def changes_in(frames: Sequence[Frame]) -> Iterator[LoggedChange]:
    """Yield the changes in some frames; comments are none. Raises UnexpectedAnswer."""
    for frame in frames:
        if frame.id is None or not frame.data:
            continue
        try:
            change = _envelope.decode(frame.data).event.payload
            yield LoggedChange(id=ChangeId.parse(frame.id), change=change)
        except (ValueError, msgspec.MsgspecError) as error:
            raise UnexpectedAnswer(f"The stream has an event that is none: {error}") from error
