"""How the applications hand a value to the routes that ask for it by its name."""

from litestar.di import Provide


def provided(value: object) -> Provide:
    """Return what provides always this value."""

    async def provide() -> object:
        return value

    return Provide(provide)
