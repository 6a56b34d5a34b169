"""Configurations of other hands, judged: what is right in another form, and what is wrong in forms of its own."""

from __future__ import annotations

import tempfile
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rancher_tui.balancer.haproxy_lint import judged as haproxy_judged
from rancher_tui.balancer.haproxy_read import read as haproxy_read
from rancher_tui.balancer.haproxy_read import seconds as haproxy_seconds
from rancher_tui.balancer.lint import kind_of, lint
from rancher_tui.balancer.nginx_lint import lint_nginx
from rancher_tui.balancer.nginx_read import seconds, size

HEADERS = """
proxy_set_header Host $http_host;
proxy_set_header X-Forwarded-Proto https;
proxy_set_header X-Forwarded-Port 443;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
proxy_http_version 1.1;
proxy_read_timeout 30m;
proxy_buffering off;
client_max_body_size 0;
"""
MAP = "map $http_upgrade $connection_upgrade { default upgrade; '' close; }"
UPSTREAM = "upstream nodes { server 10.0.0.1:80; server 10.0.0.2:80; server 10.0.0.3:80; }"
MAIN = "worker_processes auto; worker_rlimit_nofile 40000;"
REDIRECT = "server { listen 80 default_server; return 308 https://$host$request_uri; }"


def server(inside: str, listen: str = "listen 443 ssl http2;") -> str:
    return f"server {{ {listen} server_name r.example.com; ssl_certificate a; ssl_certificate_key b; {inside} }}"


def whole(*servers: str, outer: str = "") -> str:
    return f"{MAIN} events {{ worker_connections 8192; }} http {{ {MAP} {UPSTREAM} {outer} {REDIRECT} {' '.join(servers)} }}"


async def codes(folder: Path, text: str) -> list[str]:
    file = folder / "config"
    file.write_text(text)
    return sorted(finding.code for finding in (await lint(file)).findings if finding.status != "pass")


PASS = "location / { proxy_pass http://nodes; %s }"


@pytest.mark.parametrize(
    "text",
    [
        whole(server(PASS % HEADERS)),
        whole(server("location / { proxy_pass http://nodes; }"), outer=HEADERS),
        whole(server(f"{HEADERS} location / {{ proxy_pass http://nodes; }}")),
        whole(server(PASS % HEADERS, "listen [::]:443 ssl; listen 443 ssl; http2 on;")),
        whole(server(PASS % HEADERS.replace("$http_host", "$host:$server_port"))),
        whole(server(PASS % HEADERS.replace("$http_host", "r.example.com"))),
        whole(server(PASS % HEADERS.replace("Proto https", "Proto $scheme"))),
        whole(server(PASS % HEADERS.replace("$proxy_add_x_forwarded_for", "$remote_addr"))),
        whole(server(PASS % HEADERS.replace("30m", "1h30m"))),
        whole(server(f"location ~ ^/ {{ proxy_pass http://nodes; {HEADERS} }}")),
        MAP + UPSTREAM + REDIRECT + server(PASS % HEADERS),
        whole(server(PASS % HEADERS)).replace("default upgrade", "websocket upgrade; default close"),
    ],
    ids=[
        "all in the location",
        "headers at http level",
        "headers at server level",
        "http2 as a directive",
        "host with port",
        "host by its name",
        "scheme where TLS ends",
        "the client's address alone",
        "a long time in two units",
        "a regular location for everything",
        "a piece for conf.d",
        "a map by name",
    ],
)
async def test_what_is_right_in_another_form_is_not_blamed(text: str, tmp_path: Path) -> None:
    assert await codes(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (whole(server(PASS % HEADERS, "listen 8443;")), []),
        (
            whole(
                server(
                    PASS % HEADERS.replace("Proto https", "Proto $scheme").replace("443", "$server_port"),
                    "listen 8443;",
                )
            ),
            ["scheme-behind-proxy"],
        ),
        (whole(server(f"location / {{ {HEADERS} if ($a) {{ proxy_pass http://nodes; }} }}")), []),
        (whole(server(f"location /rancher/ {{ proxy_pass http://nodes/; {HEADERS} }}")), ["not-root"]),
        (
            whole(
                server(PASS % HEADERS.replace("proxy_set_header Host $http_host;", "proxy_set_header Host '';"))
            ),
            ["host-header"],
        ),
        (whole(server(PASS % "proxy_set_header X-A b;"), outer=HEADERS), ["headers-dropped"]),
        (
            whole(
                server(PASS % HEADERS),
                server("location / {{ proxy_pass http://nodes; {} }}".format(HEADERS.replace("off", "on"))),
            ),
            ["buffering"],
        ),
        (whole(server(PASS % HEADERS)).replace("server 10.0.0.2:80; server 10.0.0.3:80;", ""), ["single-backend"]),
        (
            whole(server(PASS % HEADERS)).replace(
                "server 10.0.0.2:80; server 10.0.0.3:80;", "server 10.0.0.2:80 down;"
            ),
            ["single-backend"],
        ),
        (whole(server(PASS % HEADERS)).replace("http://nodes", "https://nodes"), ["tls-to-nodes"]),
        (whole(server(PASS % HEADERS)).replace("8192", "512"), ["few-connections"]),
        (
            whole(server(PASS % HEADERS)).replace("https://$host$request_uri", "https://$host$uri"),
            ["redirect-wrong"],
        ),
        (
            whole(server(PASS % HEADERS)).replace("https://$host$request_uri", "https://$host:8443$request_uri"),
            ["redirect-wrong"],
        ),
        (whole(server(PASS % HEADERS)).replace("ssl_certificate_key b;", ""), ["no-certificate"]),
        (
            whole(
                server(PASS % HEADERS.replace("Proto https", "Proto $forwarded")),
                outer="map $http_x_forwarded_proto $forwarded { default $http_x_forwarded_proto; '' $scheme; }",
            ),
            ["forwarded-proto"],
        ),
        (
            whole(server(PASS % HEADERS)).replace("default upgrade; '' close;", "default upgrade;"),
            ["connection-always-upgrade"],
        ),
        (whole(server("return 301 https://$host$request_uri; " + PASS % HEADERS)), ["redirect-wrong"]),
        ("events {} stream { server { listen 443; proxy_pass 10.0.0.1:443; } }", ["layer-4"]),
        ("events {} http { server { listen 80; root /var/www; } }", ["no-tls"]),
        (
            "events { worker_connections 1024; } http { include /nowhere/at/all.conf; }",
            ["include-missing", "no-tls"],
        ),
        (whole(server(PASS % HEADERS)) + "}", ["syntax"]),
        ("http {", ["syntax"]),
        ("this is no configuration\n", ["unknown-kind"]),
        ("", ["unknown-kind"]),
    ],
)
async def test_what_is_wrong_is_named(text: str, expected: list[str], tmp_path: Path) -> None:
    assert await codes(tmp_path, text) == expected


async def test_includes_are_read_and_findings_name_their_own_file_and_line(tmp_path: Path) -> None:
    site = server("\nlocation / {\n proxy_pass http://nodes;\n" + HEADERS.replace("off", "on") + "}")
    (tmp_path / "site.conf").write_text(f"\n\n{site}")
    inside = f"{MAP} {UPSTREAM} {REDIRECT}\ninclude {tmp_path}/*.conf;"
    (tmp_path / "main").write_text(f"{MAIN} events {{ worker_connections 8192; }}\nhttp {{ {inside} }}")
    report = await lint(tmp_path / "main")
    (finding,) = report.findings
    line = (tmp_path / "site.conf").read_text().splitlines().index("proxy_buffering on;") + 1
    assert (finding.code, finding.subject) == ("buffering", f"{tmp_path}/site.conf:{line}")


HAPROXY = """
defaults
    mode http
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    timeout tunnel 1h
    option forwardfor

frontend plain
    bind *:80
    redirect scheme https code 301 if !{ ssl_fc }

frontend tls
    bind *:443 ssl crt /etc/haproxy/r.pem alpn h2,http/1.1
    http-request set-header X-Forwarded-Proto https if { ssl_fc }
    http-request set-header X-Forwarded-Port 443
    default_backend nodes

backend nodes
    option httpchk GET /healthz
    server a 10.0.0.1:80 check
    server b 10.0.0.2:80 check
"""


def haproxy_codes(text: str) -> list[str]:
    return sorted(finding.code for finding in haproxy_judged(haproxy_read(text, "haproxy.cfg"), "haproxy.cfg"))


ONE_LISTEN = """
defaults
  mode http
  timeout connect 5s
  timeout tunnel 20m
  timeout client 20m
  timeout server 20m
listen rancher
  bind :80
  bind :443 ssl crt "/etc/ssl/a b.pem" alpn h2
  http-request redirect scheme https unless { ssl_fc }
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-Port %[dst_port]
  http-request set-header X-Forwarded-For %[src]
  default-server check port 80
  option httpchk
  http-check send meth GET uri /healthz
  server a 10.0.0.1:80
  server b 10.0.0.2:80
"""


def test_haproxy_in_other_forms_is_not_blamed() -> None:
    assert haproxy_codes(HAPROXY) == []
    assert haproxy_codes(ONE_LISTEN) == []
    assert haproxy_codes(HAPROXY.replace("timeout tunnel 1h", "")) == ["no-tunnel-timeout"]
    assert (
        haproxy_codes(
            HAPROXY.replace("option httpchk GET", "option httpchk GET".upper().lower().replace("get", "GET"))
        )
        == []
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("mode http", "mode tcp", ["layer-4"]),
        ("default_backend nodes", "", ["no-backend"]),
        (
            "set-header X-Forwarded-Proto https if { ssl_fc }",
            "set-header X-Forwarded-Proto https if { path /x }",
            ["forwarded-proto"],
        ),
        ("X-Forwarded-Port 443", "X-Forwarded-Port 80", ["forwarded-port"]),
        ("option forwardfor", "option forwardfor header X-Client", ["forwarded-for"]),
        ("backend nodes", "backend nodes\n    no option forwardfor", []),
        ("timeout tunnel 1h", "timeout tunnel 60000", ["short-timeout"]),
        ("timeout server 1h", "timeout server 5m", ["short-timeout"]),
        ("    server b 10.0.0.2:80 check\n", "", ["single-backend"]),
        (" check\n    server b", "\n    server b", ["no-health-check"]),
        ("10.0.0.2:80", "10.0.0.2:443 ssl verify none", ["tls-to-nodes"]),
        ("redirect scheme https code 301 if !{ ssl_fc }", "default_backend nodes", ["redirect"]),
        ("redirect scheme https", "redirect scheme http", ["redirect-wrong"]),
        ("default_backend nodes", "default_backend nodes\n    redirect scheme https", ["redirect-wrong"]),
        ("default_backend nodes", "default_backend nodes\n    redirect scheme https if !{ ssl_fc }", []),
        (" alpn h2,http/1.1", " alpn http/1.1", ["http2"]),
        (" crt /etc/haproxy/r.pem", "", ["no-certificate"]),
        ("option httpchk GET /healthz", "option httpchk GET /health", ["health-path"]),
        (
            "option httpchk GET /healthz",
            "http-request set-path /x%[path]\n    option httpchk GET /healthz",
            ["path-rewritten"],
        ),
        (
            "option httpchk GET /healthz",
            "http-send-name-header Host\n    option httpchk GET /healthz",
            ["host-header"],
        ),
        (
            "\ndefaults",
            "\nglobal\n    maxconn 100\n    ssl-default-bind-options ssl-min-ver TLSv1.0\ndefaults",
            ["few-connections", "old-tls"],
        ),
    ],
)
def test_what_is_wrong_with_haproxy_is_named(old: str, new: str, expected: list[str]) -> None:
    assert old in HAPROXY
    assert haproxy_codes(HAPROXY.replace(old, new, 1)) == expected


def test_sections_quotes_comments_and_continued_lines_are_read() -> None:
    text = textwrap.dedent(
        """
        frontend a # comment
          bind "*:443" ssl crt 'x y' \\
            alpn h2
        defaults named
          mode http
        defaults later from named
          timeout client 5s
        backend b from named
          balance 'unclosed
        """
    )
    frontend, named, later, backend = haproxy_read(text, "f")
    assert frontend.lines[0].words == ("bind", "*:443", "ssl", "crt", "x y", "alpn", "h2")
    assert frontend.lines[0].place == "f:3"
    assert backend.defaults is named
    assert (later.mode, backend.mode) == ("http", "http")
    assert backend.lines[0].words == ("balance", "'unclosed")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60", 60),
        ("900s", 900),
        ("30m", 1800),
        ("1h30m", 5400),
        ("500ms", 0.5),
        ("1d", 86400),
        ("x", None),
        ("", None),
    ],
)
def test_times_of_nginx(text: str, value: float | None) -> None:
    assert seconds(text) == value


def test_sizes_of_nginx_and_times_of_haproxy() -> None:
    assert [size(text) for text in ("0", "1m", "512k", "2G", "x", "")] == [
        0,
        1 << 20,
        512 << 10,
        2 << 30,
        None,
        None,
    ]
    assert [haproxy_seconds(text) for text in ("50000", "50s", "1h", "10m", "x")] == [50, 50, 3600, 600, None]


def test_which_program_a_configuration_is_for() -> None:
    assert kind_of(HAPROXY) == "haproxy"
    assert kind_of(ONE_LISTEN) == "haproxy"
    assert kind_of(whole(server(PASS % HEADERS))) == "nginx"
    assert kind_of("# only a comment\n") is None
    assert kind_of("nodes:\n  - address: 10.0.0.1\n") is None


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_to_a_configuration_breaks_the_linters(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([whole(server(PASS % HEADERS)), HAPROXY, ONE_LISTEN]))
    for _cut in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 40))
        text = text[:start] + data.draw(st.text(max_size=6)) + text[start + length :]
    list(haproxy_judged(haproxy_read(text, "f"), "f"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "f"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        lint_nginx(file)
