"""What is written for each kind of load balancer: complete, explained, and safe whatever was typed."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from rancher_tui.balancer.write import RefusedError, write
from rancher_tui.install.state import BALANCER_KINDS, Balancer, InstallState, Node

NODES = tuple(Node(address=f"10.0.0.{number}") for number in (1, 2, 3))
STATE = InstallState(fqdn="rancher.example.com", nodes=NODES)


def part(kind: str, name: str, state: InstallState = STATE) -> str:
    (found,) = [part.text for part in write(state, kind).parts if part.name == name]
    return found


@pytest.mark.parametrize(
    "directive",
    [
        "worker_processes 4;",
        "worker_rlimit_nofile 40000;",
        "worker_connections 8192;",
        "server 10.0.0.1:80 ",
        "server 10.0.0.2:80 ",
        "server 10.0.0.3:80 ",
        "map $http_upgrade $connection_upgrade {",
        "default Upgrade;",
        "''      close;",
        "listen 443 ssl http2;",
        "server_name rancher.example.com;",
        'ssl_certificate     "/etc/nginx/ssl/fullchain.pem";',
        'ssl_certificate_key "/etc/nginx/ssl/privkey.pem";',
        "proxy_pass http://rancher;",
        "proxy_http_version 1.1;",
        "proxy_set_header Host $host;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header X-Forwarded-Port $server_port;",
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
        "proxy_set_header Upgrade $http_upgrade;",
        "proxy_set_header Connection $connection_upgrade;",
        "proxy_read_timeout 1800s;",
        "proxy_buffering off;",
        "listen 80;",
        "return 301 https://$server_name$request_uri;",
    ],
)
def test_nginx_has_every_directive_that_rancher_needs(directive: str) -> None:
    assert directive in write(STATE, "nginx").text


def test_every_line_of_nginx_that_does_something_stands_under_a_comment() -> None:
    explained = False
    for line in write(STATE, "nginx").text.splitlines():
        words = line.strip()
        if words.startswith("#"):
            explained = True
        elif not words:
            explained = False
        elif not words.endswith(("{", "}")):
            assert explained, line


@pytest.mark.parametrize("kind", BALANCER_KINDS)
def test_every_kind_names_the_fqdn_and_every_node(kind: str) -> None:
    text = write(STATE, kind).text
    assert "rancher.example.com" in text
    assert all(node.address in text for node in NODES)
    assert "{{" not in text.replace("${{", "")


@pytest.mark.parametrize("kind", ["alb", "traefik", "envoy"])
def test_what_nobody_has_validated_says_so_in_the_text_itself(kind: str) -> None:
    assert "NOT VALIDATED" in write(STATE, kind).parts[0].text
    assert any("not validated" in note.english for note in write(STATE, kind).notes)


def test_only_nodes_that_run_the_ingress_are_behind_the_balancer() -> None:
    nodes = (Node(address="10.0.0.1", roles=("etcd", "controlplane")), Node(address="10.0.0.2", roles=("worker",)))
    text = write(STATE.model_copy(update={"nodes": nodes}), "nginx").text
    assert "10.0.0.2" in text
    assert "10.0.0.1" not in text


def test_an_ipv6_node_is_written_with_brackets_before_its_port() -> None:
    state = STATE.model_copy(update={"nodes": (Node(address="fd00::1"),)})
    assert "server [fd00::1]:80 " in write(state, "nginx").text
    assert "reverse_proxy [fd00::1]:80 {" in write(state, "caddy").text
    assert 'url: "http://[fd00::1]:80"' in write(state, "traefik").text
    assert 'address: "fd00::1"' in write(state, "envoy").text


@pytest.mark.parametrize("kind", ["nginx", "haproxy", "caddy", "envoy"])
def test_another_port_than_443_is_in_the_redirect(kind: str) -> None:
    state = STATE.model_copy(update={"balancer": Balancer(https_port="8443", http_port="8080")})
    assert re.search(
        r"(301|code 301|redir|prefix|port_redirect).*8443|8443.* (code )?301", write(state, kind).text
    )


def test_traefik_and_envoy_are_yaml_with_the_fields_that_rancher_needs() -> None:
    static = yaml.safe_load(part("traefik", "traefik.yml"))
    assert static["entryPoints"]["web"]["http"]["redirections"]["entryPoint"]["scheme"] == "https"
    dynamic = yaml.safe_load(part("traefik", "rancher.yml"))
    balancer = dynamic["http"]["services"]["rancher"]["loadBalancer"]
    assert balancer["passHostHeader"] is True
    assert [server["url"] for server in balancer["servers"]] == [f"http://10.0.0.{n}:80" for n in (1, 2, 3)]
    assert balancer["healthCheck"]["path"] == "/healthz"

    envoy = yaml.safe_load(part("envoy", "envoy.yaml"))
    http, https = envoy["static_resources"]["listeners"]
    (manager,) = [chain["filters"][0]["typed_config"] for chain in https["filter_chains"]]
    assert manager["use_remote_address"] is True
    assert manager["upgrade_configs"] == [{"upgrade_type": "websocket"}]
    assert manager["stream_idle_timeout"] == "1800s"
    (route,) = manager["route_config"]["virtual_hosts"][0]["routes"]
    assert route["route"] == {"cluster": "rancher", "timeout": "0s"}
    (redirect,) = http["filter_chains"][0]["filters"][0]["typed_config"]["route_config"]["virtual_hosts"][0][
        "routes"
    ]
    assert redirect["redirect"] == {"https_redirect": True}


@pytest.mark.parametrize(
    ("update", "subject"),
    [
        ({"fqdn": ""}, "fqdn"),
        ({"fqdn": "10.0.0.9"}, "fqdn"),
        ({"fqdn": "rancher.example.com; include /etc/passwd"}, "fqdn"),
        ({"fqdn": "rancher.example.com\nserver_name x"}, "fqdn"),
        ({"nodes": ()}, "nodes"),
        ({"nodes": (Node(address=""),)}, "nodes.0.address"),
        ({"nodes": (NODES[0], Node(address="10.0.0.2; }"))}, "nodes.1.address"),
        ({"nodes": (Node(address="10.0.0.1", internal_address="10.0.0.1' || true"),)}, "nodes.0.internal_address"),
        ({"balancer": Balancer(https_port="443 ssl; x")}, "balancer.https_port"),
        ({"balancer": Balancer(http_port="9" * 5000)}, "balancer.http_port"),
        ({"balancer": Balancer(node_port="0")}, "balancer.node_port"),
        ({"balancer": Balancer(certificate_path="/etc/x.pem; }")}, "balancer.certificate_path"),
        ({"balancer": Balancer(key_path="/etc/$host/key.pem")}, "balancer.key_path"),
        ({"balancer": Balancer(key_path="/etc/`id`.pem")}, "balancer.key_path"),
    ],
)
@pytest.mark.parametrize("kind", BALANCER_KINDS)
def test_what_would_become_a_directive_is_refused_by_its_key(
    kind: str, update: dict[str, Any], subject: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        write(STATE.model_copy(update=update), kind)
    assert subject in [finding.subject for finding in refused.value.findings]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=30), st.sampled_from(("fqdn", "address", "certificate_path", "node_port")))
def test_no_typed_text_adds_a_line_or_a_directive(text: str, key: str) -> None:
    if key == "fqdn":
        state = STATE.model_copy(update={"fqdn": text})
    elif key == "address":
        state = STATE.model_copy(update={"nodes": (Node(address=text),)})
    else:
        state = STATE.model_copy(update={"balancer": Balancer(**{key: text})})
    try:
        written = write(state, "nginx").text
    except RefusedError:
        return
    plain = write(STATE.model_copy(update={"nodes": state.nodes}), "nginx").text
    assert written.count(";") == plain.count(";")
    assert written.count("\n") == plain.count("\n")
    assert written.count('"') == plain.count('"')


def test_an_unknown_kind_is_no_kind() -> None:
    with pytest.raises(ValueError, match="f5"):
        write(STATE, "f5")


def aws_calls(script: str) -> list[tuple[str, str, dict[str, list[str]]]]:
    """The `aws SERVICE OPERATION --option value …` calls of a shell script, variables filled in."""
    filled = re.sub(r"\$\{?[A-Za-z_]+\}?", "example-0123456789", script.replace("\\\n", " "))
    calls = []
    for match in re.finditer(r"\baws (?=elbv2|ec2)[^\n]*", filled):
        words = shlex.split(match.group().removesuffix(")"))
        options: dict[str, list[str]] = {}
        for word in words[3:]:
            if word.startswith("--"):
                options[word] = []
            else:
                options[list(options)[-1]].append(word)
        calls.append((words[1], words[2], options))
    return calls


def filled_in(shape: Any, words: list[str]) -> Any:
    """An option's words as the API's shape wants them, by the AWS CLI's shorthand (`Key=…,Value=…`, `A={B=c}`)."""
    if shape.type_name == "list":
        return [filled_in(shape.member, [word]) for word in words]
    (word,) = words
    if shape.type_name == "structure":
        found = {}
        for key, nested, plain in re.findall(r"(\w+)=(?:\{([^}]*)\}|([^,]*(?:,(?!\w+=)[^,]*)*))", word):
            member = shape.members[key]
            values = plain.split(",") if member.type_name == "list" else [nested or plain]
            found[key] = filled_in(member, values)
        return found
    return int(word) if shape.type_name in ("integer", "long") else word


@pytest.mark.parametrize("https_port", ["443", "8443"])
def test_amazon_s_own_models_take_every_request_of_the_script(https_port: str) -> None:
    session, validate = import_module("botocore.session"), import_module("botocore.validate")
    state = STATE.model_copy(update={"balancer": Balancer(https_port=https_port)})
    calls = aws_calls(part("alb", "rancher-alb.sh", state))
    assert len(calls) == 8
    for service, operation, options in calls:
        model = session.get_session().get_service_model(service)
        shape = model.operation_model("".join(word.title() for word in operation.split("-"))).input_shape
        by_option = {"--" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower(): name for name in shape.members}
        request = {
            by_option[option]: filled_in(shape.members[by_option[option]], words)
            for option, words in options.items()
            if option not in ("--query", "--output")
        }
        report = validate.ParamValidator().validate(request, shape)
        assert not report.has_errors(), f"{operation}: {report.generate_report()}"
        for name, value in request.items():
            enum = getattr(shape.members[name], "enum", [])
            assert not enum or value in enum, f"{operation}: {name}={value}"


@pytest.mark.parametrize("https_port", ["443", "8443"])
def test_envoy_s_own_messages_take_every_field(https_port: str) -> None:
    bootstrap = import_module("envoy.config.bootstrap.v3.bootstrap_pb2")
    for used in (
        "filters.network.http_connection_manager.v3.http_connection_manager",
        "filters.http.router.v3.router",
        "transport_sockets.tls.v3.tls",
    ):
        import_module(f"envoy.extensions.{used}_pb2")
    json_format = import_module("google.protobuf.json_format")
    state = STATE.model_copy(update={"balancer": Balancer(https_port=https_port)})
    read = json_format.ParseDict(yaml.safe_load(part("envoy", "envoy.yaml", state)), bootstrap.Bootstrap())
    (cluster,) = read.static_resources.clusters
    assert len(cluster.load_assignment.endpoints[0].lb_endpoints) == 3


@pytest.mark.parametrize("kind", BALANCER_KINDS)
def test_a_template_that_ends_tls_at_the_ingress_is_told_of(kind: str) -> None:
    usual = write(STATE, kind)
    other = write(STATE.model_copy(update={"template": "ingress-certificate"}), kind)
    assert other.text == usual.text
    assert len(other.notes) == len(usual.notes) + 1
    assert "ends it at the ingress" in other.notes[0].english
