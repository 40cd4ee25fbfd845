"""What a person thinks of an answer: a thumb, and words if they have some.

It stands beside the turn and not in its log: nothing follows from it, no model is given it, and it can be taken back.
"""

from typing import Annotated, Literal

from msgspec import Meta

from tertulia.domain.base import Value

Rating = Literal["up", "down"]
Comment = Annotated[str, Meta(max_length=2000)]


class Feedback(Value):
    """What the owner of a turn said of it."""

    rating: Rating
    comment: Comment = ""
