"""Nodes: prove over SSH that RKE will succeed on them, before it runs.

preflight.preflight (the ladder of every node, the judgement of its facts, the nodes side by side, this machine),
preflight.ladder (the rungs alone, up to `docker ps`), expected.Expected.of (what an install expects of its nodes),
host_keys.scan and host_keys.pin, between.between (the ways between nodes; listens there), cleanup.plan and
cleanup.clean (what an earlier cluster left), paste.parse (many hosts pasted in any form), ssh_config.offers.
"""
