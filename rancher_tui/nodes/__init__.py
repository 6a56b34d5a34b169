"""Nodes: prove over SSH that RKE will succeed on them, before it runs.

preflight.preflight (the ladder of every node and the judgement of its facts), host_keys.scan and host_keys.pin,
paste.parse (many hosts pasted in any form).
"""
