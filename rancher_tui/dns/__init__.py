"""Looking a name up from every vantage and comparing the answers with the load balancer.

`check.check` asks and judges; `judge` is the pure part; `verdict` says it in one sentence; `records` gives the
record to create; `watch.watch` repeats the check until all vantages agree; `nodes.node_vantage` looks from a node.
"""
