"""Tertulia: a durable server for talks with AI agents, as agents, sessions, turns and steps."""

__version__ = "0.1.0"
