"""Load balancers in front of the cluster: written, judged, rehearsed, probed.

`write.write` makes a configuration from the install's state, `lint.lint` judges an existing one. Before the
cluster exists `rehearse.rehearse` proves one with echo servers on the nodes; afterwards `probe.probe` does.
"""
