"""For whom commands take out and bring in: one user, by name."""

import click

from tertulia.cli.console import Failure
from tertulia.domain.users import LOCAL_OWNER
from tertulia.store.accounts import AccountStore

USER = click.option(
    "--user",
    metavar="NAME",
    help="Whose it is: a user's name; without it, the first admin's, who has all of it where nobody signs in.",
)


async def owner_of(store: AccountStore, user: str | None) -> str:
    """Return the owner that a user is. Raises Failure."""
    if user is None:
        return LOCAL_OWNER
    found = await store.find_user(user)
    if found is None:
        raise Failure(f"There is no user {user[:100]!r} here. An admin finds the names on the page, under Settings.")
    return found.user.user_id
