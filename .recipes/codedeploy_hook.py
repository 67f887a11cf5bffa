"""A CodeDeploy hook for AfterAllowTraffic: rolls a deploy of the Lambda function back where it is unhealthy.

A Lambda function with this file, thresholds.yaml and the package, which is installed from its repository at a commit
(as a container image: it is too big for a zip file). It needs

- a name that begins with CodeDeployHook_: by AWS's managed role, CodeDeploy may call no other;
- a timeout of 15 minutes, the most that Lambda allows; 1,769 MB of memory, which is a whole vCPU (the checks take up to
  500 MB); and 2,048 MB of ephemeral storage for the logs that are read, more for very busy functions;
- a role with the policy that `websocket-health-checks doctor --policy -E prod` prints, and
  codedeploy:PutLifecycleEventHookExecutionStatus;
- in thresholds.yaml the function with its alias, `function: {name: chat-handler, alias: live}`: so the version that the
  alias leads to is judged alone, and from the time on at which it began to serve.

BeforeAllowTraffic is too early: nobody has used the new version by then. HEALTH_CHECKS_OPTIONS holds options of your
own, such as `--notify` with a topic for those who want to know. Where there was too little traffic to tell (exit code
11), the deploy stands, unless HEALTH_CHECKS_DOUBT is Failed: ten minutes are enough from fifteen connects a minute on.
"""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3

OPTIONS = "-E prod --since-deploy --warm-up 1m --wait 10m --hold 2"
PASS, INCONCLUSIVE = 0, 11
SPARE_SECONDS = 30
"""What it takes to stop the checks and to answer: a hook that says nothing holds the deploy up for an hour."""


def handler(event: dict[str, str], context: Any) -> dict[str, str]:
    """Run the checks, and tell CodeDeploy what came of it; what breaks the checks themselves rolls back, too."""
    status = "Failed"
    try:
        code = run_checks(context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS)
        print(json.dumps({"deployment": event["DeploymentId"], "exit_code": code}))
        doubt = os.environ.get("HEALTH_CHECKS_DOUBT", "Succeeded")
        status = {PASS: "Succeeded", INCONCLUSIVE: doubt}.get(code, "Failed")
    finally:
        boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
            deploymentId=event["DeploymentId"],
            lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
            status=status,
        )
    return {"status": status}


def run_checks(seconds: float) -> int | None:
    """The exit code of the checks; None where they took too long. Only the temporary folder can be written to."""
    command = [
        sys.executable,
        "-m",
        "websocket_health_checks.checks.command",
        "--thresholds",
        str(Path(__file__).with_name("thresholds.yaml")),
    ]
    command += shlex.split(os.environ.get("HEALTH_CHECKS_OPTIONS", OPTIONS))
    with tempfile.TemporaryDirectory() as reports:
        try:
            return subprocess.run([*command, "--report-dir", reports], timeout=seconds, check=False).returncode
        except subprocess.TimeoutExpired:
            return None
