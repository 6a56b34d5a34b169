"""An HTTPS API server of the tests' own: client certificates, answers by path, and ways to answer badly."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Authority:
    """A CA that signs without key identifiers, as RKE's does."""

    def __init__(self, name: str = "kube-ca") -> None:
        self.key: Key = ec.generate_private_key(ec.SECP256R1())
        self.name = _name(name)
        self.certificate = self._sign(self.name, self.key, ca=True)

    def _sign(self, subject: x509.Name, key: Key, *, ca: bool = False) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
            )
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, name: str) -> tuple[bytes, bytes]:
        """A certificate for 127.0.0.1 and its key, PEM."""
        key: Key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        return self._sign(_name(name), key).public_bytes(serialization.Encoding.PEM), private


@dataclass
class Api:
    """What the server answers: JSON by path, `status` by path where it is forced, `misbehave` instead of both."""

    authority: Authority
    port: int = 0
    objects: dict[str, Any] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    misbehave: Callable[[asyncio.StreamWriter], Any] | None = None
    asked: list[str] = field(default_factory=list)

    def kubeconfig(self, folder: Path, *, trusted: Authority | None = None, user: Authority | None = None) -> Path:
        """A kubeconfig as RKE writes it."""
        certificate, key = (user or self.authority).issue("kube-admin")
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "local",
                    "cluster": {
                        "api-version": "v1",
                        "certificate-authority-data": _encode((trusted or self.authority).pem),
                        "server": f"https://127.0.0.1:{self.port}",
                    },
                }
            ],
            "contexts": [{"name": "local", "context": {"cluster": "local", "user": "kube-admin-local"}}],
            "current-context": "local",
            "users": [
                {
                    "name": "kube-admin-local",
                    "user": {"client-certificate-data": _encode(certificate), "client-key-data": _encode(key)},
                }
            ],
        }
        path = folder / "kube_config_rancher-cluster.yml"
        path.write_text(yaml.safe_dump(document))
        return path

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split()[1].decode()
            self.asked.append(path)
            if self.misbehave is not None:
                result = self.misbehave(writer)
                if asyncio.iscoroutine(result):
                    await result
                return
            code = self.status.get(path, self.status.get("*", 200 if path in self.objects else 404))
            body = json.dumps(self.objects.get(path, {"kind": "Status", "code": code})).encode()
            writer.write(
                b"HTTP/1.1 %d X\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (code, len(body)) + body
            )
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def api_server(folder: Path) -> AsyncIterator[Api]:
    """Serve on a free port of loopback until the block ends."""
    authority = Authority()
    certificate, key = authority.issue("kube-apiserver")
    (folder / "server.pem").write_bytes(certificate + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    context.load_verify_locations(cadata=authority.pem.decode())
    context.verify_mode = ssl.CERT_REQUIRED
    api = Api(authority)
    server = await asyncio.start_server(api.answer, "127.0.0.1", 0, ssl=context)
    api.port = server.sockets[0].getsockname()[1]
    try:
        yield api
    finally:
        server.close()


def node(name: str, ready: str = "True") -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": ready, "message": "" if ready == "True" else "network is not ready"}]
    return {"metadata": {"name": name}, "status": {"conditions": conditions}}


JOB = "/apis/batch/v1/namespaces/kube-system/jobs/rke-user-addon-deploy-job"
DEPLOYMENT = "/apis/apps/v1/namespaces/cattle-system/deployments/cattle"
OLD_DEPLOYMENT = "/apis/extensions/v1beta1/namespaces/cattle-system/deployments/cattle"
PODS = "/api/v1/namespaces/cattle-system/pods?labelSelector=app%3Dcattle"


def good() -> dict[str, Any]:
    """The objects of an install that went well."""
    return {
        "/api/v1/nodes": {"items": [node("10.0.0.1"), node("node2"), node("node3")]},
        JOB: {"status": {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}},
        DEPLOYMENT: {"spec": {"replicas": 1}, "status": {"availableReplicas": 1}},
    }
