"""Placeholder until accounts come."""

from typing import Literal

Role = Literal["admin", "user", "reader"]
