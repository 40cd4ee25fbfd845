"""The audit, for those who look after the server."""

from typing import Annotated

from litestar import Response, Router, get
from litestar.params import QueryParameter

from tertulia.domain.audit import AuditFilter
from tertulia.domain.errors import Forbidden, InvalidCursor, InvalidRequest
from tertulia.domain.lists import AuditList
from tertulia.domain.paging import DEFAULT_LIMIT
from tertulia.runtime.audit import Audit
from tertulia.server.answers import answer_page
from tertulia.server.auth import ADMIN
from tertulia.server.routes.parameters import Cursor, Given, Limit, Since, Until, given_time
from tertulia.server.routes.problems import raises

Actor = Annotated[str | None, QueryParameter(description="Deeds of this user, by id.", max_length=200)]
Action = Annotated[str | None, QueryParameter(description="Such as `session.delete`.", max_length=200)]


@get("/", operation_id="list_audit", opt=ADMIN, responses=raises(Forbidden, InvalidRequest, InvalidCursor))
async def list_audit(
    audit: Given[Audit],
    actor: Actor = None,
    action: Action = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response[AuditList]:
    """List what was done here, by whom and to what, the newest first. For admins.

    There is no content in it; entries stay when what they speak of is gone.
    """
    which = AuditFilter(actor=actor, action=action, since=given_time(since, "since"), until=given_time(until, "until"))
    return answer_page("entries", await audit.list_entries(which, limit=limit, cursor=cursor or None))


def audit_router() -> Router:
    """The route of the audit."""
    return Router("/v1/audit", route_handlers=[list_audit], tags=["Server"])
