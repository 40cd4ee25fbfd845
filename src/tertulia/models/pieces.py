"""The pieces of one read, with what belongs together put together.

What arrives in one read was fast enough to be one delta: merging here spares everything above the cost of each token.
"""

from tertulia.domain.deltas import ReasoningDelta, TextDelta, ToolCallDelta, ToolCallPart
from tertulia.models.base import Piece

MAX_PIECE_CHARS = 2048
"""The longest text of one delta."""

Kind = type[TextDelta] | type[ReasoningDelta] | int
"""What a text is part of: the answer, the reasoning, or the arguments of the tool call with that index."""


class Batch:
    """Pieces in the order in which they came."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []
        self._kind: Kind = TextDelta
        self._texts: list[str] = []

    def add(self, kind: Kind, text: str) -> None:
        """Add text; it joins the text before it when that is of the same kind."""
        if kind != self._kind:
            self._flush()
            self._kind = kind
        self._texts.append(text)

    def add_piece(self, piece: Piece) -> None:
        """Add a piece that stands for itself."""
        self._flush()
        self._pieces.append(piece)

    def pieces(self) -> list[Piece]:
        """Return all of them."""
        self._flush()
        return self._pieces

    def _flush(self) -> None:
        if not self._texts:
            return
        text = "".join(self._texts)
        self._texts.clear()
        for begin in range(0, len(text), MAX_PIECE_CHARS):
            self._pieces.append(_piece(self._kind, text[begin : begin + MAX_PIECE_CHARS]))


def _piece(kind: Kind, text: str) -> Piece:
    if isinstance(kind, int):
        return ToolCallDelta(tool_call=ToolCallPart(index=kind, arguments_json=text))
    return kind(text=text)
