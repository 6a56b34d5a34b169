"""What the linters of nginx and HAProxy say: one text for a code, whatever the program."""

from __future__ import annotations

from typing import Any, Final

from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import EMPTY, Message, msg

CHECK: Final = "balancer-lint"
SHORT: Final = 60.0
"""Seconds: a silent connection that is cut this early closes shells under the operator's hands."""
LARGEST: Final = 16_000_000
"""Bytes of a configuration that is judged."""
LONG_ENOUGH: Final = 900.0
"""Seconds: what Rancher's own sample configuration has."""

_WORDS: Final = {
    "syntax": (
        Status.FAIL,
        msg("the configuration cannot be read"),
        msg("The program would not start with it."),
        EMPTY,
    ),
    "host-header": (
        Status.FAIL,
        msg("the Host header does not reach the nodes as the client sent it"),
        msg("The ingress finds Rancher by it; otherwise: default backend - 404."),
        msg("nginx: proxy_set_header Host $host; HAProxy: leave it as it comes"),
    ),
    "forwarded-proto": (
        Status.FAIL,
        msg("X-Forwarded-Proto is not set to https"),
        msg("Rancher would redirect to https for ever, or believe what a client claims."),
        msg("nginx: proxy_set_header X-Forwarded-Proto $scheme; HAProxy: set-header X-Forwarded-Proto https"),
    ),
    "scheme-behind-proxy": (
        Status.FAIL,
        msg("X-Forwarded-Proto is $scheme where TLS ends somewhere else"),
        msg("On this port $scheme is http: Rancher would redirect to https for ever."),
        msg("end TLS here, or: proxy_set_header X-Forwarded-Proto https;"),
    ),
    "forwarded-port": (
        Status.FAIL,
        msg("X-Forwarded-Port is not set to the port of https"),
        msg("Rancher's links may name the wrong port."),
        msg("nginx: proxy_set_header X-Forwarded-Port $server_port; HAProxy: set-header with %[dst_port]"),
    ),
    "forwarded-for": (
        Status.FAIL,
        msg("X-Forwarded-For is not set by the balancer"),
        msg("Rancher's audit log would name the balancer, or what a client claims."),
        msg("nginx: proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; HAProxy: option forwardfor"),
    ),
    "headers-dropped": (
        Status.FAIL,
        msg("headers set further out are lost here"),
        msg("A level that sets one header itself inherits none: all of them have to be repeated."),
        msg("repeat the proxy_set_header lines of the outer level here, or remove the ones here"),
    ),
    "websocket-upgrade": (
        Status.FAIL,
        msg("the Upgrade header is not passed on"),
        msg("No WebSocket opens: no shells, no logs, no agents."),
        msg("proxy_set_header Upgrade $http_upgrade;"),
    ),
    "websocket-connection": (
        Status.FAIL,
        msg("the Connection header does not say Upgrade when the client asks for one"),
        msg("No WebSocket opens: no shells, no logs, no agents."),
        msg("map $http_upgrade $connection_upgrade, and proxy_set_header Connection $connection_upgrade;"),
    ),
    "missing-map": (
        Status.FAIL,
        msg("the Connection header names a variable that no map sets"),
        msg("nginx refuses an unknown variable, or sends an empty header."),
        msg("map $http_upgrade $connection_upgrade {{ default Upgrade; '' close; }}"),
    ),
    "connection-always-upgrade": (
        Status.WARN,
        msg("every request says Connection: upgrade, also those that ask for none"),
        msg("WebSockets work, but connections to the nodes cannot be reused and some servers refuse them."),
        msg("map $http_upgrade $connection_upgrade {{ default Upgrade; '' close; }}"),
    ),
    "http-version": (
        Status.FAIL,
        msg("the nodes are spoken to in HTTP/1.0"),
        msg("There is no Upgrade in HTTP/1.0: no WebSocket opens."),
        msg("proxy_http_version 1.1;"),
    ),
    "short-timeout": (
        Status.FAIL,
        msg("A silent connection is cut after {seconds} s"),
        msg("Idle shells, kubectl and agents are cut off."),
        msg("nginx: proxy_read_timeout 1800s; HAProxy: timeout tunnel 1h"),
    ),
    "buffering": (
        Status.FAIL,
        msg("answers are collected before they are passed on"),
        msg("Logs and events appear late or in heaps."),
        msg("nginx: proxy_buffering off;"),
    ),
    "upload-limit": (
        Status.WARN,
        msg("uploads over {bytes} bytes are refused"),
        msg("Catalogs, charts and cluster files are sent through the balancer."),
        msg("client_max_body_size 0;"),
    ),
    "redirect": (
        Status.WARN,
        msg("plain HTTP is not redirected to https"),
        msg("Whoever types the name without https:// gets an error."),
        msg("nginx: return 301 https://$server_name$request_uri; HAProxy: http-request redirect scheme https"),
    ),
    "redirect-wrong": (
        Status.FAIL,
        msg("the redirect to https loses the path or leads elsewhere"),
        msg("A browser has to come out at the same page by https."),
        msg("nginx: return 301 https://$server_name$request_uri; HAProxy: http-request redirect scheme https"),
    ),
    "http2": (
        Status.WARN,
        msg("HTTP/2 is not offered"),
        msg("Rancher works without it; its pages load slower."),
        msg("nginx: listen 443 ssl http2; HAProxy: alpn h2,http/1.1"),
    ),
    "old-tls": (
        Status.WARN,
        msg("TLS before 1.2 is offered"),
        msg("Those versions are broken."),
        msg("nginx: ssl_protocols TLSv1.2 TLSv1.3; HAProxy: ssl-min-ver TLSv1.2"),
    ),
    "no-certificate": (
        Status.FAIL,
        msg("TLS without a certificate"),
        msg("The server has no certificate or no key of its own."),
        msg("nginx: ssl_certificate and ssl_certificate_key; HAProxy: crt FILE"),
    ),
    "no-tls": (
        Status.FAIL,
        msg("nothing ends TLS and passes requests on to nodes"),
        msg("A layer-7 balancer for Rancher listens with TLS and speaks plain HTTP to the nodes."),
        msg("rancher-tui balancer SESSION KIND writes one that does"),
    ),
    "not-served": (
        Status.FAIL,
        msg("no site answers to {name}"),
        msg("A request for it meets another site, or none."),
        msg("name it in server_name, and in the cluster file alike"),
    ),
    "layer-4": (
        Status.FAIL,
        msg("TLS is passed on, not ended, here"),
        msg("That is a layer-4 balancer: it needs the templates in which the ingress ends TLS."),
        msg("use mode http with TLS on the bind line, or choose an ingress template"),
    ),
    "not-root": (
        Status.FAIL,
        msg("only a part of the paths is passed on"),
        msg("Rancher needs the whole name: pages, /v3, /k8s, /ping, WebSockets."),
        msg("pass on location /"),
    ),
    "path-rewritten": (
        Status.FAIL,
        msg("the path is changed on the way"),
        msg("Rancher needs every path as the client sent it."),
        msg("leave the path as it comes"),
    ),
    "no-backend": (
        Status.FAIL,
        msg("there is no node behind it"),
        EMPTY,
        msg("list the nodes, each with the ingress's port 80"),
    ),
    "single-backend": (
        Status.WARN,
        msg("there is only one node behind it"),
        msg("When it stops, Rancher is gone although the cluster lives."),
        msg("list every node that runs the ingress"),
    ),
    "tls-to-nodes": (
        Status.WARN,
        msg("the nodes are spoken to by TLS"),
        msg("The templates for an external balancer expect plain HTTP on port 80 of the nodes."),
        msg("speak plain HTTP to port 80 of the nodes"),
    ),
    "no-health-check": (
        Status.FAIL,
        msg("nodes are not checked"),
        msg("Requests keep going to a node that has stopped."),
        msg("option httpchk GET /healthz, and check on every server line"),
    ),
    "weak-health-check": (
        Status.WARN,
        msg("the health check only opens a connection"),
        msg("A node whose ingress answers nothing useful counts as healthy."),
        msg("option httpchk GET /healthz, http-check expect status 200"),
    ),
    "health-status": (
        Status.FAIL,
        msg("the health check does not take 200 for an answer"),
        msg("The ingress answers /healthz with 200: every node would count as broken."),
        msg("http-check expect status 200"),
    ),
    "health-path": (
        Status.FAIL,
        msg("nodes are checked by {path}"),
        msg("The ingress answers 200 to /healthz; anything else gets 404, and every node counts as broken."),
        msg("option httpchk GET /healthz"),
    ),
    "one-worker": (
        Status.WARN,
        msg("one process does all the work"),
        msg("It ends TLS for every browser and agent on one core."),
        msg("worker_processes auto;"),
    ),
    "few-files": (
        Status.WARN,
        msg("only {number} open files are allowed, for {connections} connections"),
        msg("Each connection holds one or two; the system's usual limit counts where none is set."),
        msg("worker_rlimit_nofile 40000;"),
    ),
    "no-server-name": (
        Status.WARN,
        msg("the site has no name of its own"),
        msg("It answers to a name only as long as no other site comes first on its port."),
        msg("server_name NAME;"),
    ),
    "no-tunnel-timeout": (
        Status.WARN,
        msg("WebSockets have no limit of their own"),
        msg("The limits for client and server count for them too, who shortens those cuts shells."),
        msg("timeout tunnel 1h"),
    ),
    "no-timeout": (
        Status.WARN,
        msg("no limit is set: {names}"),
        msg("A connection that hangs is held for ever; HAProxy itself warns of that."),
        msg("timeout connect 30s, timeout client 1800s, timeout server 1800s"),
    ),
    "few-connections": (
        Status.WARN,
        msg("only {number} connections are allowed"),
        msg("Each browser and each agent holds connections open."),
        msg("nginx: worker_connections 8192; HAProxy: maxconn 8000"),
    ),
    "include-missing": (
        Status.WARN,
        msg("A file or name that it uses is not known here"),
        msg("It may be known on the balancer; what it holds was not judged."),
        EMPTY,
    ),
    "not-validated": (
        Status.WARN,
        msg("not tested with haproxy -c"),
        msg("What the program itself would refuse was not looked for."),
        msg("haproxy -c -f FILE on the balancer"),
    ),
}


def finding(
    code: str, subject: str, /, *, status: Status | None = None, detail: Message = EMPTY, **evidence: Any
) -> Finding:
    """The finding of `code` about a place; `evidence` also fills the text's fields."""
    usual, title, words, remedy = _WORDS[code]
    fields = {key: text for key, text in evidence.items() if f"{{{key}}}" in title.template}
    shown = Message(title.template, fields)
    return Finding(status or usual, code, subject, shown, detail or words, remedy, evidence, CHECK, 2)


def timeout_status(seconds: float) -> Status | None:
    """How a limit on silence is judged; None where it is long enough. 0 stands for none at all."""
    if seconds <= 0 or seconds >= LONG_ENOUGH:
        return None
    return Status.FAIL if seconds <= SHORT else Status.WARN
