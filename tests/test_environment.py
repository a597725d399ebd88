"""Variables: every option of `serve` has one, and those that nobody reads are not passed over in silence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest

from mockserver import cli
from mockserver.cli import serve
from mockserver.cli.composition import settings_of
from mockserver.cli.environment import warnings
from mockserver.cli.options import SERVE
from mockserver.options import Options
from tests.processes import refused, run, serving

VALUES: dict[str, tuple[str, Any]] = {
    "fixture": ("large", "large"),
    "seed": ("7", 7),
    "customers": ("12", 12),
    "vendor": ("open2b, kounta", ("open2b", "kounta")),
    "auth": ("strict", "strict"),
    "fidelity": ("observed", "observed"),
    "rate_limits": ("off", "off"),
    "auto_sandbox": ("ci-* test-?", ("ci-*", "test-?")),
    "host": ("::1", "::1"),
    "port": ("0", 0),
    "tls": ("true", True),
    "tls_ca_out": ("ca.pem", "ca.pem"),
    "tls_cert": ("c.pem", "c.pem"),
    "tls_key": ("k.pem", "k.pem"),
    "admin_token": ("sesame", "sesame"),
    "admin_allow_host": ("a.example,B.example", ("a.example", "b.example")),
    "webhook_allow": (" a.example  [2001:DB8::1] ", ("a.example", "2001:db8::1")),
    "journal": ("0", 0),
    "journal_bytes": ("2000", 2000),
    "max_body": ("1", 1),
    "max_sandboxes": ("1", 1),
    "max_snapshots": ("0", 0),
    "max_faults": ("5", 5),
    "max_waiting": ("6", 6),
    "max_streams": ("7", 7),
    "max_wait": ("0.5", 0.5),
    "state": ("s.json", "s.json"),
    "scenario": ("outage.yaml", "outage.yaml"),
    "project": ("p.yaml", "p.yaml"),
    "no_project": ("1", True),
    "watch": ("yes", True),
    "quiet": ("0", False),
}


def context(**variables: str) -> click.Context:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        parent = click.Context(cli.main, **cli.main.context_settings)
        return serve.command.make_context("serve", [], parent=parent)


def test_every_option_is_tried_here() -> None:
    assert {option.name for option in SERVE} == set(VALUES)


@pytest.mark.parametrize("name", VALUES)
def test_every_option_has_a_variable(name: str) -> None:
    text, value = VALUES[name]
    assert context(**{f"MOCKSERVER_{name.upper()}": text}).params[name] == value


@pytest.mark.parametrize("name", VALUES)
def test_an_empty_variable_says_nothing(name: str) -> None:
    assert context(**{f"MOCKSERVER_{name.upper()}": ""}).params[name] == context().params[name]


@pytest.mark.parametrize("option", SERVE, ids=lambda option: str(option.opts[0]))
def test_every_number_is_bounded_and_every_option_says_its_default(option: click.Option) -> None:
    if isinstance(option.type, (click.types.IntParamType, click.types.FloatParamType)):
        assert isinstance(option.type, (click.IntRange, click.FloatRange))
        assert None not in (option.type.min, option.type.max)
    if option.default is not None and not option.is_flag and not option.multiple:
        assert option.show_default


def test_every_setting_of_a_server_has_an_option() -> None:
    texts = {f"MOCKSERVER_{name.upper()}": text for name, (text, _) in VALUES.items() if name != "project"}
    set_to, otherwise = settings_of(context(**texts).params), settings_of(context().params)
    assert [name for name in Options.__struct_fields__ if getattr(set_to, name) == getattr(otherwise, name)] == []


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, []),
        ({"MOCKSERVER_PORT": "1", "MOCKSERVER_URL": "http://x", "MOCKSERVER_TEST_EFFORT": "3", "MOCKSERVERPORT": ""}, []),
        ({"MOCKSERVER_PROT": "1"}, ["MOCKSERVER_PROT: ignored; there is no such variable (did you mean 'MOCKSERVER_PORT'?)"]),
        ({"MOCKSERVER_RATELIMITS": "off"}, ["MOCKSERVER_RATELIMITS: ignored; there is no such variable (did you mean 'MOCKSERVER_RATE_LIMITS'?)"]),
        ({"MOCKSERVER_XYZZY": "1"}, ["MOCKSERVER_XYZZY: ignored; there is no such variable"]),
        ({"MOCKSERVER_HELP": "1"}, ["MOCKSERVER_HELP: ignored; there is no such variable"]),
        (
            {
                "MOCKSERVER_PORT": "tcp://10.0.0.1:8900",
                "MOCKSERVER_PORT_8900_TCP": "tcp://10.0.0.1:8900",
                "MOCKSERVER_PORT_8900_TCP_ADDR": "10.0.0.1",
                "MOCKSERVER_PORT_8900_TCP_PORT": "8900",
                "MOCKSERVER_PORT_8900_TCP_PROTO": "tcp",
                "MOCKSERVER_SERVICE_HOST": "10.0.0.1",
                "MOCKSERVER_SERVICE_PORT": "8900",
                "MOCKSERVER_SERVICE_PORT_HTTP": "8900",
            },
            [
                "MOCKSERVER_PORT, MOCKSERVER_PORT_8900_TCP, MOCKSERVER_PORT_8900_TCP_ADDR, MOCKSERVER_PORT_8900_TCP_PORT, MOCKSERVER_PORT_8900_TCP_PROTO, MOCKSERVER_SERVICE_HOST, MOCKSERVER_SERVICE_PORT, MOCKSERVER_SERVICE_PORT_HTTP: ignored; Kubernetes sets such variables where a service is called mockserver",
            ],
        ),
    ],
)  # fmt: skip
def test_what_nobody_reads_is_told_with_the_nearest_name(variables: Mapping[str, str], said: list[str]) -> None:
    assert list(warnings(context(), variables)) == said


def test_a_port_of_kubernetes_is_no_port() -> None:
    assert context(MOCKSERVER_PORT="tcp://10.0.0.1:8900").params["port"] == 8900


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "web", "Error: Invalid value for '--port'"),
        ("PORT", "70000", "Error: Invalid value for '--port'"),
        ("AUTH", "none", "Error: Invalid value for '--auth'"),
        ("JOURNAL", "-1", "Error: Invalid value for '--journal'"),
        ("WEBHOOK_ALLOW", "a.example,http://b", "Error: Invalid value for '--webhook-allow'"),
        ("AUTO_SANDBOX", "a/b", "Error: Invalid value for '--auto-sandbox'"),
        ("TLS", "perhaps", "Error: Invalid value for '--tls'"),
    ],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: str, says: str) -> None:
    with pytest.raises(click.BadParameter) as refusal:
        context(**{f"MOCKSERVER_{name}": value})
    assert f"Error: {refusal.value.format_message()}".startswith(says)


def test_a_token_that_cannot_be_is_refused_without_being_repeated() -> None:
    with pytest.raises(click.BadParameter) as refusal:
        context(MOCKSERVER_ADMIN_TOKEN="open sesame")  # noqa: S106  it is none
    assert "sesame" not in refusal.value.format_message()


def test_a_process_reads_its_variables_and_warns_of_others(tmp_path: Path) -> None:
    variables = {"MOCKSERVER_PORT": "0", "MOCKSERVER_SEED": "9", "MOCKSERVER_VENDOR": "kounta", "MOCKSERVER_SEDE": "1"}
    with serving(cwd=tmp_path, variables=variables) as server:
        assert server.said.until("seed 9")
        assert {each["name"] for each in server.ask("/__admin/vendors")[1]["vendors"]} == {"kounta"}
        expected = "Warning: MOCKSERVER_SEDE: ignored; there is no such variable (did you mean 'MOCKSERVER_SEED'?)"
        assert server.stop() == [expected]


def test_the_command_line_comes_first(tmp_path: Path) -> None:
    assert refused("--fixture", "nosuch", cwd=tmp_path, variables={"MOCKSERVER_FIXTURE": "default"}).startswith(
        "there is no fixture called nosuch"
    )


def test_other_commands_are_not_bothered(tmp_path: Path) -> None:
    assert run("vendors", cwd=tmp_path, variables={"MOCKSERVER_PORT": "tcp://1", "MOCKSERVER_X": "y"}).stderr == ""
