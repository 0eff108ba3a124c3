"""The Helm chart: linted, rendered as it was looked at (golden/), and valid field by field. No cluster runs here.

Where another rendering than that of golden/ is meant: TOTEBOARD_WRITE_GOLDEN=1 pytest tests/chart
"""

import copy
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "toteboard"
CHECKS = ROOT / "deploy" / "helm" / "checks"
GOLDEN = Path(__file__).with_name("golden")
HELM = ROOT / "var" / "chart" / "helm"
SIZES = {"club": "values.yaml", "hall": "values-hall.yaml", "final": "values-final.yaml"}
# Of which the schemas are.
KUBERNETES = "1.34"
OPERATORS = ("postgresql.cnpg.io/", "keda.sh/", "monitoring.coreos.com/", "gateway.networking.k8s.io/")
# Fields that are newer than the schemas that there are, and the first version that has them.
NEWER = {"/spec/plugins/0/isWALArchiver": "CloudNativePG 1.26"}


def helm(*words: str) -> str:
    ran = subprocess.run([HELM, *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def rendered(size: str, *more: str) -> str:
    return helm("template", "tote", str(CHART), "--namespace", "tote", "--values", str(CHART / SIZES[size]), *more)


def documents(text: str) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(text) if document]


def complaints(found: list[dict[str, Any]]) -> list[str]:
    """Of every document, whoever's kind it is."""
    wrong = []
    of_operators = [one for one in found if one["apiVersion"].startswith(OPERATORS)]
    for one in found:
        if one not in of_operators:
            try:
                kubernetes_validate.validate(one, KUBERNETES, strict=True)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                wrong.append(f"{one['kind']} {one['metadata']['name']}: {error}")
    checked = subprocess.run(
        [_node() / "node", CHECKS / "validate.cjs"],
        input=json.dumps(of_operators),
        capture_output=True,
        text=True,
        check=True,
    )
    told: list[str] = json.loads(checked.stdout)
    return wrong + [line for line in told if not any(f": {field} is no field" in line for field in NEWER)]


def _node() -> Path:
    asked = [ROOT / "scripts" / "node.sh", ROOT / ".venv" / "bin"]
    return Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())


def kinds(found: list[dict[str, Any]]) -> set[str]:
    return {one["kind"] for one in found}


@pytest.mark.parametrize("size", SIZES)
def test_helm_finds_nothing_and_it_renders_as_it_was_looked_at(size: str) -> None:
    helm("lint", "--strict", str(CHART), "--values", str(CHART / SIZES[size]))
    text, golden = rendered(size), GOLDEN / f"{size}.yaml"
    if os.environ.get("TOTEBOARD_WRITE_GOLDEN"):
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("size", SIZES)
def test_every_field_is_one(size: str) -> None:
    found = documents(rendered(size))
    assert complaints(found) == []
    assert {"Deployment", "Cluster", "PodDisruptionBudget", "NetworkPolicy", "PodMonitor", "PrometheusRule"} <= kinds(
        found
    )
    if size != "club":
        assert {"ScaledObject", "ScheduledBackup"} <= kinds(found)


@pytest.mark.parametrize(
    "more",
    [
        ("--set", "database.cnpg.enabled=false"),
        ("--set", "autoscaling.keda=false"),
        ("--set", "nats.enabled=true"),
        ("--set", "gateway.enabled=true", "--set", "ingress.enabled=false"),
        ("--set", "settings.lanes=4", "--set", "secrets.smtp_url.name=mail", "--set", "secrets.smtp_url.key=url"),
        (
            "--set",
            "image.digest=sha256:0123",
            "--set",
            "networkPolicy.enabled=false",
            "--set",
            "monitoring.enabled=false",
        ),
    ],
    ids=lambda more: more[1],
)
def test_other_ways_are_valid_too(more: tuple[str, ...]) -> None:
    assert complaints(documents(rendered("hall", *more))) == []


def test_what_is_no_field_or_no_kind_is_found() -> None:
    found = documents(rendered("hall"))
    for kind, path, value in (
        ("Deployment", ("spec", "replica"), 3),
        ("Deployment", ("spec", "minReadySeconds"), "soon"),
        ("ScaledObject", ("spec", "minReplicas"), 3),
        ("ScaledObject", ("spec", "pollingInterval"), "often"),
        ("Cluster", ("spec", "instances"), "three"),
        ("Cluster", ("spec", "storage", "sice"), "1Gi"),
        ("PodMonitor", ("spec", "podMetricsEndpoint"), []),
        ("ScheduledBackup", ("spec", "shedule"), "daily"),
        ("PrometheusRule", ("kind",), "PrometheusRules"),
        ("NetworkPolicy", ("kind",), "NetworkPolice"),
    ):
        one = copy.deepcopy(next(document for document in found if document["kind"] == kind))
        place = one
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        assert complaints([one]), (kind, path)


def test_pods_are_restricted_and_only_the_migration_has_the_owner() -> None:
    """The profile "restricted" of Kubernetes's pod security standards."""
    for document in documents(rendered("final", "--set", "nats.enabled=true")):
        if "template" not in document.get("spec", {}):
            continue
        pod = document["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        for container in pod["containers"]:
            context = container["securityContext"]
            assert context["allowPrivilegeEscalation"] is False
            assert context["readOnlyRootFilesystem"] is True
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert container["resources"]["limits"]["memory"]
            names = {one["name"] for one in container.get("env", ())}
            assert ("TOTEBOARD_DATABASE_URL" in names) == (document["kind"] == "Job")


def test_its_rules_are_those_of_prometheus() -> None:
    assert (CHART / "files" / "rules.yaml").read_text() == (ROOT / "deploy" / "prometheus" / "rules.yaml").read_text()
    (rule,) = [one for one in documents(rendered("club")) if one["kind"] == "PrometheusRule"]
    assert rule["spec"] == yaml.safe_load((ROOT / "deploy" / "prometheus" / "rules.yaml").read_text())


def test_what_it_scales_by_is_a_metric_that_there_is() -> None:
    listed = (ROOT / "docs" / "metrics.md").read_text()
    queries = [
        trigger["metadata"]["query"]
        for document in documents(rendered("final"))
        if document["kind"] == "ScaledObject"
        for trigger in document["spec"]["triggers"]
        if trigger["type"] == "prometheus"
    ]
    assert len(queries) == 4
    metrics = ("toteboard_bets_total", "toteboard_sockets_open", "toteboard_next_close_seconds")
    for query in queries:
        name = next(name for name in metrics if name in query)
        assert f"`{name}`" in listed
