"""What a model calls the tools of MCP servers: `group__tool`, so that no server can take the name of another's tool.

Two groups of an owner never have the same prefix (who registers the second is refused), and a prefix has no double
underscore: the first one in a name ends it. So names of different groups differ, whatever their servers call them.
"""

import hashlib
import re

SEPARATOR = "__"
LONGEST = 64
"""What model servers take."""
LONGEST_PREFIX = 32
OF_LLAMA_STACK = "mcp::"
"""What Llama Stack's users begin the names of such groups with."""


def prefix_of(toolgroup_id: str) -> str:
    """Return what the names of a group's tools begin with."""
    words = re.split(r"[^A-Za-z0-9-]+", toolgroup_id.removeprefix(OF_LLAMA_STACK) or toolgroup_id)
    prefix = "_".join(word for word in words if word)
    return prefix if len(prefix) <= LONGEST_PREFIX else _cut(prefix, LONGEST_PREFIX, toolgroup_id)


def name_for(toolgroup_id: str, own_name: str) -> str:
    """Return what a model calls a tool; one whose own name does not fit has a part of its hash in it."""
    prefix = f"{prefix_of(toolgroup_id)}{SEPARATOR}"
    clean = re.sub(r"[^A-Za-z0-9_-]", "_", own_name)
    if clean == own_name and own_name and len(prefix) + len(clean) <= LONGEST:
        return prefix + clean
    return prefix + _cut(clean, LONGEST - len(prefix), own_name)


def _cut(text: str, length: int, whole: str) -> str:
    mark = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{text[: length - 9].rstrip('_')}_{mark}"
