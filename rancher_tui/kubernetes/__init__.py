"""What the API server of the new cluster says: `kubeconfig.read`, `client.Client`, `witnesses.witnesses`."""
