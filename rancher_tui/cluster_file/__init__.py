"""rancher-cluster.yml: `compose.compose`, `read.read`, `lint.lint`, `diff.unified`, `export.export`."""
