"""Sign-in at a real provider: who comes back is who signed in, and whoever comes back wrongly is told what to do."""

from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest
from msgspec.structs import replace

from tertulia.domain.errors import Forbidden, IdentityProviderFailed, SignInFailed
from tertulia.identity.attempt import LASTS, text_of
from tertulia.identity.documents import Documents
from tertulia.identity.exchange import Exchange
from tertulia.identity.login import Departure, Login, LoginTerms, Return
from tertulia.identity.provider import Provider
from tertulia.identity.roles import RoleRules
from tests.identity.conftest import Time
from tests.identity.identity_provider import REDIRECT_URI, SECRETS, IdentityProvider

RULES = RoleRules(roles={"tertulia-admins": "admin", "staff": "user"}, default=None)


class Stage:
    """Logins at the provider, as clients that it knows, and the ways that browsers take."""

    def __init__(self, identity_provider: IdentityProvider, documents: Documents, now: Time) -> None:
        self.identity_provider = identity_provider
        self.now = now
        self._documents = documents
        self._secrets = iter(text_of(bytes([number]) * 32) for number in range(256))

    def login(
        self,
        client_id: str = "tertulia",
        *,
        issuer: str | None = None,
        secret: str | None = None,
        scopes: tuple[str, ...] = ("openid", "profile", "groups"),
        role_claim: str | None = "groups",
    ) -> Login:
        provider = Provider(issuer or self.identity_provider.issuer, self._documents, self.now)
        terms = LoginTerms(
            client_id=client_id, redirect_uri=REDIRECT_URI, scopes=scopes, role_claim=role_claim, rules=RULES
        )
        exchange = Exchange(self._documents, client_id=client_id, secret=secret or SECRETS[client_id])
        return Login(terms, provider, exchange, now=self.now, new_secret=lambda: next(self._secrets))

    async def back(self, departure: Departure, login: str = "ada") -> Return:
        """Sign in where the browser is sent to, and come back."""
        return returned(await self.identity_provider.sign_in(departure.url, login), departure.cookie)


def returned(url: str, cookie: str | None) -> Return:
    """What a browser brings that was sent to a URL."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    return Return(cookie=cookie, **{name: query.get(name) for name in ("state", "code", "iss", "error")})


@pytest.fixture
def stage(identity_provider: IdentityProvider, documents: Documents, now: Time) -> Stage:
    return Stage(identity_provider, documents, now)


@pytest.mark.parametrize("client_id", SECRETS)
async def test_who_signs_in_is_known_by_name_and_role(stage: Stage, client_id: str) -> None:
    login = stage.login(client_id)
    arrival = await login.arrive(await stage.back(await login.depart("/s/1")))
    identity = arrival.identity
    assert (identity.issuer, identity.subject) == (stage.identity_provider.issuer, "ada")
    assert (identity.name, identity.role) == ("Ada", "admin")
    assert arrival.return_to == "/s/1"


async def test_without_a_claim_to_look_at_nothing_is_said_of_roles(stage: Stage) -> None:
    login = stage.login(role_claim=None)
    assert (await login.arrive(await stage.back(await login.depart(None)))).identity.role is None


async def test_who_has_no_group_with_a_role_is_not_let_in(stage: Stage) -> None:
    login = stage.login()
    back = await stage.back(await login.depart(None), "eve")
    with pytest.raises(Forbidden, match="TERTULIA_IDENTITY_ROLES"):
        await login.arrive(back)


async def test_who_breaks_off_there_is_told_so(stage: Stage) -> None:
    login = stage.login()
    departure = await login.depart(None)
    back = returned(await stage.identity_provider.refuse(departure.url), departure.cookie)
    assert back.error == "access_denied"
    with pytest.raises(SignInFailed, match="You were not let in there, or broke off"):
        await login.arrive(back)


async def test_a_code_counts_once(stage: Stage) -> None:
    login = stage.login()
    back = await stage.back(await login.depart(None))
    await login.arrive(back)
    with pytest.raises(SignInFailed, match="was used before"):
        await login.arrive(back)


async def test_another_browsers_return_is_not_this_ones(stage: Stage) -> None:
    login = stage.login()
    mine, theirs = await login.depart(None), await login.depart(None)
    back = await stage.back(theirs)
    for cookie in (mine.cookie, None, "", "made up"):
        with pytest.raises(SignInFailed, match="did not begin in this browser"):
            await login.arrive(replace(back, cookie=cookie))


@pytest.mark.parametrize("state", [None, "", "x" * 43, "ä"])
async def test_a_return_with_another_state_is_refused(stage: Stage, state: str | None) -> None:
    login = stage.login()
    departure = await login.depart(None)
    with pytest.raises(SignInFailed, match="did not begin in this browser"):
        await login.arrive(Return(cookie=departure.cookie, state=state, code="x", iss=stage.identity_provider.issuer))


async def test_a_code_that_another_sign_in_asked_for_is_worth_nothing(stage: Stage) -> None:
    """Its verifier is another: that is what PKCE is for."""
    login = stage.login()
    mine, theirs = await login.depart(None), await login.depart(None)
    stolen = (await stage.back(theirs)).code
    back = await stage.back(mine)
    with pytest.raises(SignInFailed, match="was used before"):
        await login.arrive(replace(back, code=stolen))


async def test_an_id_token_with_another_nonce_is_refused(stage: Stage) -> None:
    login = stage.login()
    departure = await login.depart(None)
    parts = urlsplit(departure.url)
    asked = parse_qs(parts.query)["nonce"][0]
    other = departure.url.replace(asked, "n" * len(asked))
    with pytest.raises(SignInFailed, match="answers another sign-in"):
        await login.arrive(await stage.back(Departure(url=other, cookie=departure.cookie)))


async def test_who_takes_too_long_begins_again(stage: Stage) -> None:
    login = stage.login()
    back = await stage.back(await login.depart(None))
    stage.now.ahead = LASTS + 1
    with pytest.raises(SignInFailed, match="took too long"):
        await login.arrive(back)


async def test_an_answer_that_does_not_say_its_issuer_is_refused_when_the_issuer_always_does(stage: Stage) -> None:
    login = stage.login()
    back = await stage.back(await login.depart(None))
    for issuer in (None, "https://elsewhere.example"):
        with pytest.raises(SignInFailed, match="Another identity provider"):
            await login.arrive(replace(back, iss=issuer))


async def test_a_wrong_secret_is_said_to_be_the_operators_to_mend(stage: Stage) -> None:
    login = stage.login(secret="wrong")
    back = await stage.back(await login.depart(None))
    with pytest.raises(IdentityProviderFailed, match="TERTULIA_OIDC_CLIENT_SECRET"):
        await login.arrive(back)


async def test_an_issuer_that_calls_itself_otherwise_is_not_believed(stage: Stage) -> None:
    parts = urlsplit(stage.identity_provider.issuer)
    also = urlunsplit(parts._replace(netloc=f"localhost:{parts.port}"))
    with pytest.raises(IdentityProviderFailed, match="calls itself"):
        await stage.login(issuer=also).depart(None)


async def test_nobody_there_is_said_after_the_first_question_only(stage: Stage) -> None:
    login = stage.login(issuer="http://127.0.0.1:1")
    with pytest.raises(IdentityProviderFailed, match="cannot be reached"):
        await login.depart(None)


async def test_what_has_begun_before_new_keys_ends_after_them(stage: Stage) -> None:
    login = stage.login()
    await login.arrive(await stage.back(await login.depart(None)))
    await stage.identity_provider.rotate()
    stage.now.ahead = 11
    arrival = await login.arrive(await stage.back(await login.depart(None), "bob"))
    assert (arrival.identity.subject, arrival.identity.role) == ("bob", "user")
