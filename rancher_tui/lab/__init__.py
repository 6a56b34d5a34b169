"""The lab: a practice world on loopback, started as one detached process.

`session.create` lays out a lab's folder and gives the rehearsal's install state; `session.ensure`, `start`,
`stop` and `alive` look after the process; `faults.FAULTS` names what can go wrong in it. The world's parts:
`world` (the process), `hosts` (SSH), `docker_engine`, `name_server`, `balancer`, `cluster` and `api_server`
(Kubernetes), `ingress` and `rancher`; the package `rke` is the `rke` of the rehearsal.
"""
