"""What Llama Stack's two prefixes say differently: `/v1` is that of its releases 0.2, `/v1alpha` that of 0.3.

At `/v1` a tool's parameters are a list and the arguments of a call an object; at `/v1alpha` the parameters are a JSON
Schema and the arguments the text that the model wrote.
"""

from typing import Any

from tertulia.domain.base import Value

Json = dict[str, Any]
"""A JSON object, on its way in or out."""


class Wire(Value):
    """How one prefix says things."""

    prefix: str
    is_alpha: bool


V1 = Wire(prefix="/v1", is_alpha=False)
V1ALPHA = Wire(prefix="/v1alpha", is_alpha=True)


class DataPage(Value):
    """A list, or a page of it; `url` is the route that it came from, as Llama Stack says it."""

    data: list[object]
    has_more: bool
    url: str
