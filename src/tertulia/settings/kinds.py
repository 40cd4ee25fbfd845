"""The kinds of values that settings take: what is refused, and the words that say what is taken instead."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta

Seconds = Annotated[float, Meta(gt=0)]
Count = Annotated[int, Meta(ge=1)]
Most = Annotated[int, Meta(ge=0)]
Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]+\S*$", description="a URL that begins with http:// or https://")]
DatabaseUrl = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9+]+://\S*$",
        description="a URL such as sqlite:////srv/tertulia.db or postgresql://user@host/name",
    ),
]
BlobUrl = Annotated[
    str,
    Meta(
        pattern=r"^(?:file|s3)://\S+$",
        description="a URL such as file:///srv/files or s3://bucket/prefix?endpoint=https://host",
    ),
]
ModelServer = Annotated[
    str,
    Meta(
        pattern=r"^(?:[a-z0-9][a-z0-9.-]*=)?https?://[^\s/]+\S*$",
        description="model servers, each as URL or name=URL",
    ),
]
McpServer = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]*=https?://[^\s/]+\S*$",
        description="MCP servers, each as name=URL",
    ),
]
ModelId = Annotated[str, Meta(pattern=r"^[^/\s]+/\S+$", description="a model as server/model")]
ToolReference = Annotated[
    str, Meta(pattern=r"^\w+(\.\w+)*:\w+(\.\w+)*$", description="tools, each as module:attribute")
]
NetworkText = Annotated[
    str, Meta(pattern=r"^[0-9a-fA-F.:]+/[0-9]{1,3}$", description="networks such as 10.1.0.0/16 or fd12:3456::/32")
]
FilePath = Annotated[Path, Meta(description="a file")]
ImageModels = Annotated[
    str, Meta(pattern=r"^!?[^/\s]+/\S+$", description="patterns of server/model, where * stands for anything")
]
HostName = Annotated[
    str, Meta(pattern=r"^[^\s/:]+$|^\[[0-9a-fA-F:.]+\]$", description="host names, without scheme and port")
]
Origin = Annotated[
    str, Meta(pattern=r"^https?://[^\s/]+$", description="origins such as https://chat.example, without a path")
]
EmbedOrigin = Annotated[
    str,
    Meta(
        pattern=r"^https?://(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?$",
        description="origins such as https://www.example, each without a path or a `*`",
    ),
]
"""What stands in a policy as it is, so it has nothing in it that would end its place there."""

IssuerRole = Annotated[
    str,
    Meta(
        pattern=r"^\S+=(?:admin|user|reader)$",
        description="values and the roles that they give, such as staff=user or chat-admins=admin",
    ),
]
HeaderName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9-]+$", description="the name of a header")]
