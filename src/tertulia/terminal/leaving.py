"""The parts of the page that are worked on while they are shown: that work ends before they go, not after.

The library ends it when a part and all that is in it are gone: what arrives while they go would find half of them, and
that is an error which closes the whole page.
"""

from textual.messages import Prune
from textual.widget import Widget


class EndsItsWork:
    """A part whose workers end when it is told to go."""

    async def on_prune(self, event: Prune) -> None:
        """Hear it, before the parts within do; then the library closes this one."""
        assert isinstance(self, Widget)
        # What a worker returns is left open by the library.
        self.workers.cancel_node(self)  # pyright: ignore[reportUnknownMemberType] - as said above
