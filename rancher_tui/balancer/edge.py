"""What the balancer itself does at its edge, whatever stands behind it: HTTP/2 and the redirect to https."""

from __future__ import annotations

from urllib.parse import urlsplit

from rancher_tui.balancer.front import Front, Judge
from rancher_tui.finding import Finding, Status
from rancher_tui.i18n import Message, msg
from rancher_tui.transport.http import Answer, FetchError, certificate_without_sni

REDIRECTS = (301, 302, 307, 308)
_PATH = "/some/path?x=1"


def http2(judge: Judge, answer: Answer) -> Finding:
    """Whether HTTP/2 was chosen by ALPN; Rancher works without."""
    if answer.alpn == "h2":
        return judge.good("http2", msg("HTTP/2 is spoken"))
    return judge.say(
        Status.WARN,
        "http2",
        msg("HTTP/2 is not offered"),
        msg("Rancher works without it; its pages ask for many files at once and are slower."),
        msg("nginx: listen 443 ssl http2; HAProxy: alpn h2,http/1.1"),
        alpn=answer.alpn,
        hop="balancer",
    )


async def without_sni(judge: Judge, front: Front, answer: Answer) -> Finding | None:
    """Whether a client that sends no server name is shown another certificate; None where all see the same."""
    try:
        shown = await certificate_without_sni(front.address or front.fqdn, front.port, front.limit)
    except FetchError as error:
        words = error.words
    else:
        if shown == answer.certificate:
            return None
        words = "another certificate"
    return judge.say(
        Status.WARN,
        "default-certificate",
        msg("without SNI another certificate is served, or none"),
        msg("Old clients and some health checks send no server name and meet the default site."),
        msg("make the site of this name the balancer's default one"),
        words=words,
        hop="tls",
    )


async def redirect(judge: Judge, front: Front) -> Finding:
    """Plain HTTP is sent to https with the same name, path and query."""
    try:
        answer = await front.get_plain(_PATH)
    except FetchError as error:
        if error.kind in ("refused", "timeout", "unreachable", "closed"):
            return judge.say(
                Status.WARN,
                "redirect",
                msg("nothing answers plain HTTP on port {port}", port=front.http_port),
                msg("Whoever types the name without https:// gets an error."),
                msg("add a redirect from port 80 to https"),
                words=error.words,
                hop="balancer",
            )
        return judge.unreachable(error)
    wrong = _wrong_redirect(answer, front)
    location = answer.headers.get("location", "")
    if wrong is None:
        return judge.good("redirect", msg("plain HTTP is sent to https"), location=location, status=answer.status)
    return judge.say(
        Status.FAIL,
        "redirect",
        wrong,
        msg("A browser that asks by plain HTTP must come out at the same page by https."),
        msg("nginx: return 301 https://$server_name$request_uri;"),
        status=answer.status,
        location=location,
        expected=front.base + _PATH,
        hop="balancer",
    )


def _wrong_redirect(answer: Answer, front: Front) -> Message | None:
    """What is wrong with a redirect; None where nothing is."""
    if answer.status not in REDIRECTS:
        return msg("plain HTTP is answered with {status}, not redirected", status=answer.status)
    wanted = urlsplit(front.base + _PATH)
    try:
        parts = urlsplit(answer.headers.get("location", ""))
    except ValueError:
        return msg("the redirect leads to no address at all")
    if parts.scheme != "https":
        return msg("the redirect does not lead to https")
    if (parts.hostname or "").lower() != (wanted.hostname or "").lower():
        return msg("the redirect leads to another name")
    if _port(parts.netloc) not in (front.https_port, front.port):
        return msg("the redirect leads to another port")
    if (parts.path, parts.query) != (wanted.path, wanted.query):
        return msg("the redirect loses path or query")
    return None


def _port(netloc: str) -> int | None:
    try:
        return urlsplit(f"https://{netloc}").port or 443
    except ValueError:
        return None
