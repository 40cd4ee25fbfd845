"""deploy/ holds together: variables are settings, ports lead somewhere, and nobody gets in without a login."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tertulia.settings.checks import ELSEWHERE, check_bind
from tertulia.settings.values import Settings, describe

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
NODES = {name: service for name, service in SERVICES.items() if service.get("image") == "tertulia:local"}
FRONT = SERVICES["front"]
PROXY = (DEPLOY / "haproxy.cfg").read_text()
GUIDE = (DEPLOY.parent / "docs/guide/scaling.md").read_text()
GIVEN = {"POSTGRES_PASSWORD": "s3cret", "MODEL_SERVERS": "http://models.example:8000/v1", "HOST_NAMES": "chat.example"}


def filled(text: str, given: dict[str, str]) -> str:
    """A value as Compose fills it: `${NAME:-default}` and `${NAME:?what is missing}`."""

    def fill(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if given.get(name):
            return given[name]
        assert kind == ":-", f"{name} is missing: {rest}"
        return rest

    return re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", fill, text)


def settings_of(node: str, given: dict[str, str]) -> Settings:
    environ: dict[str, str] = NODES[node]["environment"]
    return Settings.from_env({name: filled(value, given) for name, value in environ.items()})


def test_there_are_two_nodes() -> None:
    assert list(NODES) == ["node-1", "node-2"]


@pytest.mark.parametrize("node", NODES)
def test_every_variable_of_a_node_is_a_setting_with_a_value_that_it_takes(node: str) -> None:
    known = {one.variable for one in describe()} | ELSEWHERE
    assert set(NODES[node]["environment"]) <= known
    settings = settings_of(node, GIVEN)
    assert settings.database_url == "postgresql://tertulia:s3cret@database/tertulia"
    assert settings.model_servers == ["http://models.example:8000/v1"]
    assert "chat.example" in settings.host_names
    assert settings_of(node, {"POSTGRES_PASSWORD": "x"}).model_servers == []


def test_the_nodes_are_alike_but_for_their_ports() -> None:
    one, other = ({**settings_of(node, GIVEN).shown(), "port": ""} for node in NODES)
    assert one == other


@pytest.mark.parametrize("node", NODES)
def test_a_node_listens_where_only_the_proxy_is(node: str) -> None:
    check_bind(settings_of(node, GIVEN))
    assert NODES[node]["network_mode"] == "service:front"
    assert "ports" not in NODES[node]


def test_the_proxy_sends_to_the_ports_at_which_the_nodes_listen() -> None:
    ports = {node: settings_of(node, GIVEN).port for node in NODES}
    sent = re.findall(r"^\s*server (\S+) 127\.0\.0\.1:(\d+)$", PROXY, flags=re.MULTILINE)
    assert {name: int(port) for name, port in sent} == ports


def test_the_one_way_in_is_the_proxys_port_on_this_machine() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["front"]
    bound = re.findall(r"^\s*bind :(\d+)$", PROXY, flags=re.MULTILINE)
    assert FRONT["ports"] == [f"127.0.0.1:{port}:{port}" for port in bound]


def test_the_proxy_asks_everyone_for_a_login_that_has_to_be_given() -> None:
    assert re.findall(r"^\s*http-request auth (.*)$", PROXY, flags=re.MULTILINE) == [
        "realm Tertulia unless { http_auth(people) }"
    ]
    [user] = re.findall(r'^\s*user "\$\{(\w+)\}" password "\$\{(\w+)\}"$', PROXY, flags=re.MULTILINE)
    assert all(FRONT["environment"][name].startswith(f"${{{name}:?") for name in user)


def test_nothing_is_sent_to_a_node_twice_that_could_start_a_turn_twice() -> None:
    assert "http-request disable-l7-retry unless { method GET HEAD } or { req.hdr(Idempotency-Key) -m found }" in PROXY


def test_the_proxy_waits_longer_than_a_stream_is_silent_and_a_stop_longer_than_a_drain() -> None:
    settings = settings_of("node-1", GIVEN)
    client, server = (seconds(re.findall(rf"^\s*timeout {side} (\w+)$", PROXY, re.MULTILINE)[0]) for side in SIDES)
    assert client > 2 * settings.heartbeat
    assert server > settings.first_token_timeout
    assert all(seconds(node["stop_grace_period"]) > settings.drain_timeout + 5 for node in NODES.values())


SIDES = ("client", "server")


def seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


def test_the_files_that_the_services_want_are_there() -> None:
    for node in NODES.values():
        build = node["build"]
        assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    [mount] = FRONT["volumes"]
    assert (DEPLOY / mount.partition(":")[0]).is_file()


def test_the_guide_names_all_that_has_to_be_given() -> None:
    wanted = set(re.findall(r"\$\{(\w+):\?", (DEPLOY / "compose.yaml").read_text()))
    named = set(re.findall(r"^(\w+)=", GUIDE, flags=re.MULTILINE))
    assert wanted == {name for name in named if not name.startswith("TERTULIA_")}
