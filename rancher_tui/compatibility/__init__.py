"""Which Rancher, RKE, Kubernetes and Docker go together: `solve.solve`, `solve.judge`, `tags.judge_tag`."""
