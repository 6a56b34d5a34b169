"""What each broken rung is called for people, and what to do about it."""

from __future__ import annotations

from dataclasses import replace

from rancher_tui.i18n import EMPTY, Message, msg
from rancher_tui.transport.ssh import Target
from rancher_tui.transport.ssh_errors import Rung, SshError
from rancher_tui.transport.ssh_known import host_pattern


def title(error: SshError, target: Target) -> Message:
    """One line: what broke."""
    at = {"host": target.address, "port": target.port, "user": target.user, "key": _key(error, target)}
    if error.rung is Rung.BAD_TARGET and error.evidence.get("field") == "user":
        return msg("there is no user to log in to {host} as", host=target.address)
    if error.rung is Rung.FORWARDING_REFUSED and "through" in error.evidence:
        return msg("{host} forwards to no host behind it", host=target.address)
    return replace(_TITLES[error.rung], arguments=at)


def remedy(error: SshError, target: Target) -> Message:
    """The command to run or the thing to change; some follow from what was seen."""
    seen = str(error.evidence.get("error", "")) + str(error.evidence.get("received", ""))
    if error.rung is Rung.NO_BANNER and "MaxStartups" in seen:
        return msg(
            "raise MaxStartups in /etc/ssh/sshd_config on {host}, or wait and try again", host=target.address
        )
    if error.rung is Rung.BAD_TARGET:
        return msg("correct the {field} of this node", field=error.evidence.get("field", "address"))
    if error.rung is Rung.LOGIN_REFUSED and target.agent:
        return msg("ssh-add -l; ssh {user}@{host} -p {port}", **_at(target))
    if error.rung is Rung.HOST_KEY_CHANGED and error.evidence.get("source"):
        return msg(
            "find out why; if it was set up anew: ssh-keygen -f {file} -R '{name}', then trust the new key",
            file=str(error.evidence["source"]),
            name=host_pattern(target.address, int(target.port)),
        )
    at = {**_at(target), "key": _key(error, target), "file": _host_key_file(error)}
    return replace(_REMEDIES.get(error.rung, EMPTY), arguments=at)


def detail(error: SshError) -> Message:
    """What was seen, in a sentence."""
    said = str(error.evidence.get("error", ""))
    if error.rung is Rung.HOST_KEY_CHANGED:
        return msg(
            "known by {source}: {known}; shown now: {shown}. Someone may sit between, or the host was set up anew",
            source=error.evidence.get("source") or "-",
            known=", ".join(error.evidence.get("known", [])) or "-",
            shown=error.evidence.get("fingerprint", "-"),
        )
    if error.rung is Rung.HOST_KEY_UNKNOWN:
        return msg(
            "it shows {type} {fingerprint}", type=error.evidence.get("type", "-"), fingerprint=_shown(error)
        )
    if error.rung is Rung.KEY_NOT_PRIVATE:
        return msg("it looks like: {kind}", kind=error.evidence.get("looks_like", "-"))
    if error.rung is Rung.KEY_ENCRYPTED:
        if "bcrypt" in said:
            return msg("RKE cannot use it; to open it here too, install the Python package bcrypt")
        return msg("RKE cannot ask for a passphrase; only an agent can use this key")
    return msg("{said}", said=said) if said else EMPTY


def _shown(error: SshError) -> str:
    return str(error.evidence.get("fingerprint", "-"))


def _host_key_file(error: SshError) -> str:
    """Where the server keeps the key that it showed; every key it has where its type is not known."""
    algorithm = str(error.evidence.get("type", "")).removeprefix("sk-")
    kinds = {
        "ssh-ed25519": "ed25519",
        "ssh-rsa": "rsa",
        "rsa-sha2": "rsa",
        "ecdsa-sha2": "ecdsa",
        "ssh-dss": "dsa",
    }
    kind = next((kind for start, kind in kinds.items() if algorithm.startswith(start)), "*")
    return f"/etc/ssh/ssh_host_{kind}_key.pub"


def _key(error: SshError, target: Target) -> str:
    return str(error.evidence.get("path") or target.key_reference or target.key_path)


def _at(target: Target) -> dict[str, str]:
    return {"host": target.address, "port": target.port, "user": target.user}


_TITLES = {
    Rung.BAD_TARGET: msg("{host}:{port} cannot be dialled"),
    Rung.NAME_UNRESOLVED: msg("this machine cannot resolve {host}"),
    Rung.TCP_REFUSED: msg("{host} refuses connections to port {port}"),
    Rung.TCP_TIMEOUT: msg("no answer from {host} port {port}"),
    Rung.TCP_UNREACHABLE: msg("no way to {host}"),
    Rung.NO_BANNER: msg("port {port} of {host} takes connections but shows no SSH banner"),
    Rung.NOT_SSH: msg("port {port} of {host} does not speak SSH"),
    Rung.NO_COMMON_ALGORITHM: msg("no common algorithm with the SSH server of {host}"),
    Rung.HOST_KEY_UNKNOWN: msg("the host key of {host} is not known yet"),
    Rung.HOST_KEY_CHANGED: msg("the host key of {host} is not the known one"),
    Rung.KEY_MISSING: msg("there is no key {key}"),
    Rung.KEY_UNREADABLE: msg("the key {key} cannot be read"),
    Rung.KEY_ENCRYPTED: msg("the key {key} has a passphrase"),
    Rung.KEY_NOT_PRIVATE: msg("{key} is no private key"),
    Rung.AGENT_UNREACHABLE: msg("the SSH agent has no key to offer"),
    Rung.LOGIN_REFUSED: msg("{host} refuses the login of {user}"),
    Rung.CONNECTION_LOST: msg("the connection to {host} was lost"),
    Rung.COMMAND_FAILED: msg("{host} runs no command for {user}"),
    Rung.FORWARDING_REFUSED: msg("the SSH server of {host} forbids forwarding to the Docker socket"),
    Rung.FORWARDING_FAILED: msg("the Docker socket of {host} cannot be reached"),
}

_REMEDIES = {
    Rung.NAME_UNRESOLVED: msg(
        "getent hosts {host}; give the node's address, or add the name to DNS or /etc/hosts"
    ),
    Rung.TCP_REFUSED: msg("check the port; on {host}: systemctl status sshd"),
    Rung.TCP_TIMEOUT: msg("ping {host}; nc -vz {host} {port}; is it up, is a firewall between?"),
    Rung.TCP_UNREACHABLE: msg("ip route get {host}; check address, link and routes"),
    Rung.NO_BANNER: msg("on {host}: journalctl -u sshd -e; look for MaxStartups, UseDNS, hosts.deny"),
    Rung.NOT_SSH: msg("check the node's port; ssh -v -p {port} {user}@{host}"),
    Rung.NO_COMMON_ALGORITHM: msg("ssh -vv -p {port} {user}@{host}; update the SSH server"),
    Rung.HOST_KEY_UNKNOWN: msg("on its console: ssh-keygen -lf {file}; compare, then trust it"),
    Rung.HOST_KEY_CHANGED: msg(
        "find out why; if it was set up anew: ssh-keygen -R {host}, then trust the new key"
    ),
    Rung.KEY_MISSING: msg("correct the key path of this node, or: ssh-keygen -f {key}"),
    Rung.KEY_UNREADABLE: msg("ls -l {key}; it must be a file that you may read"),
    Rung.KEY_ENCRYPTED: msg("ssh-add {key} and set ssh_agent_auth, or: ssh-keygen -p -N '' -f {key}"),
    Rung.KEY_NOT_PRIVATE: msg("give the file without .pub; PuTTY's: puttygen KEY.ppk -O private-openssh"),
    Rung.AGENT_UNREACHABLE: msg("ssh-add -l; ssh-add KEY; or turn ssh_agent_auth off"),
    Rung.LOGIN_REFUSED: msg("ssh-copy-id -i {key} -p {port} {user}@{host}; on {host}: journalctl -u sshd -e"),
    Rung.CONNECTION_LOST: msg("try again; on {host}: journalctl -u sshd -e"),
    Rung.COMMAND_FAILED: msg(
        "ssh -p {port} {user}@{host} true; the user needs a shell (usermod -s /bin/bash {user})"
    ),
    Rung.FORWARDING_REFUSED: msg(
        "on {host}, sshd_config: AllowTcpForwarding yes, AllowStreamLocalForwarding yes; reload sshd"
    ),
    Rung.FORWARDING_FAILED: msg("on {host}: systemctl status docker"),
}
