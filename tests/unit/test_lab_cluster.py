"""The lab's Kubernetes store: manifests applied or refused as kubectl would, and nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from rancher_tui.lab.cluster import ApplyError, Cluster

NAMESPACE = "kind: Namespace\napiVersion: v1\nmetadata: {name: cattle-system}\n"


async def test_documents_become_objects_with_kube_system_for_want_of_a_namespace(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "cluster.json")
    cluster.apply(f"---\n{NAMESPACE}---\nkind: Service\napiVersion: v1\nmetadata: {{name: web}}\n---\n")
    assert [item["metadata"]["name"] for item in cluster.list("namespaces")] == ["cattle-system"]
    assert cluster.get("services", "kube-system", "web") is not None


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ("a: b: c", "error converting YAML to JSON"),
        ("kind: Thing\napiVersion: v1\nmetadata: {name: x}", 'no matches for kind "Thing" in version "v1"'),
        (
            "kind: Deployment\napiVersion: apps/v2\nmetadata: {name: x}",
            'no matches for kind "Deployment" in version "apps/v2"',
        ),
        ("kind: Secret\napiVersion: v1\nmetadata: {name: x}\ndata: {a: '<CA>'}", "cannot be handled as a Secret"),
        (
            "kind: Ingress\napiVersion: extensions/v1beta1\nmetadata: {name: x}\n"
            "spec: {rules: [{host: 10.0.0.1}]}",
            "must be a DNS name, not an IP address",
        ),
        ("kind: Namespace\napiVersion: v1\nmetadata: {}", "name may not be empty"),
        ("- a\n- b", "error validating data"),
    ],
)
async def test_a_bad_document_is_refused(tmp_path: Path, manifest: str, words: str) -> None:
    with pytest.raises(ApplyError, match=words):
        Cluster(tmp_path / "cluster.json").apply(manifest)


async def test_what_came_before_a_bad_document_stays(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "cluster.json")
    with pytest.raises(ApplyError):
        cluster.apply(f"{NAMESPACE}---\nkind: Nope\napiVersion: v1\nmetadata: {{name: x}}\n")
    assert cluster.get("namespaces", "", "cattle-system")


async def test_a_store_read_again_is_the_same(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "cluster.json")
    cluster.apply(NAMESPACE)
    cluster.save()
    again = Cluster(tmp_path / "cluster.json")
    assert again.get("namespaces", "", "cattle-system") == cluster.get("namespaces", "", "cattle-system")


async def test_watchers_hear_of_changes_and_ends(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "cluster.json")
    heard: list[tuple[str, bool]] = []
    cluster.watch(lambda key, item: heard.append((key[2], item is not None)))
    cluster.apply(NAMESPACE)
    cluster.delete("namespaces", "", "cattle-system")
    cluster.delete("namespaces", "", "cattle-system")
    assert heard == [("cattle-system", True), ("cattle-system", False)]


async def test_a_replaced_object_keeps_its_identity_and_gets_a_new_version(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "cluster.json")
    first = dict(cluster.put("nodes", {"metadata": {"name": "n"}})["metadata"])
    second = cluster.put("nodes", {"metadata": {"name": "n"}})["metadata"]
    assert second["uid"] == first["uid"]
    assert second["resourceVersion"] != first["resourceVersion"]
