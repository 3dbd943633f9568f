"""A real Envoy with the module in it, started and stopped for a test."""

import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs/examples/envoy/envoy.yaml"


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Gateway:
    """The example configuration, with ports, policy and module of the test."""

    def __init__(self, module, policy, model, collector=None, structured=False):
        self.port, self.admin = free_port(), free_port()
        self.config = yaml.safe_load(EXAMPLE.read_text())
        self.log = tempfile.NamedTemporaryFile(prefix="tamis-envoy-", suffix=".log")
        self._address(self.config["admin"]["address"], self.admin)
        resources = self.config["static_resources"]
        listener = resources["listeners"][0]
        self._address(listener["address"], self.port)
        filters = listener["filter_chains"][0]["filters"][0]["typed_config"]["http_filters"]
        wasm = filters[0]["typed_config"]["config"]
        wasm["vm_config"]["code"]["local"]["filename"] = str(module)
        if policy is not None:
            text = policy if isinstance(policy, str) else json.dumps(policy)
            wasm["configuration"] = {"@type": "type.googleapis.com/google.protobuf.StringValue", "value": text}
        if structured:
            wasm["configuration"] = {"@type": "type.googleapis.com/google.protobuf.Struct", "value": policy}
        self._cluster(resources, "model", model)
        if collector is not None:
            self._cluster(resources, "collector", collector)

    @staticmethod
    def _address(address, port):
        address["socket_address"].update(address="127.0.0.1", port_value=port)

    def _cluster(self, resources, name, port):
        clusters = [cluster for cluster in resources["clusters"] if cluster["name"] != name]
        endpoint = {"endpoint": {"address": {"socket_address": {"address": "127.0.0.1", "port_value": port}}}}
        clusters.append({
            "name": name,
            "type": "STATIC",
            "per_connection_buffer_limit_bytes": 4 << 20,
            "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
        })
        resources["clusters"] = clusters

    def start(self):
        """Starts it, and waits until it serves. Whether it does."""
        envoy = pathlib.Path(sys.executable).parent / "envoy"
        file = tempfile.NamedTemporaryFile("w", suffix=".json", delete=False)
        json.dump(self.config, file)
        file.close()
        command = [envoy, "-c", file.name, "--concurrency", "1", "--disable-hot-restart", "--file-flush-interval-msec", "50"]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(300):
            if self.process.poll() is not None:
                return False
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/ready", timeout=1) as ready:
                    if ready.status == 200:
                        return True
            except OSError:
                time.sleep(0.1)
        return False

    def __enter__(self):
        if not self.start():
            raise RuntimeError(f"Envoy does not start:\n{self.said()}")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def said(self):
        """What the plugin and the access log say, and what went wrong."""
        lines = pathlib.Path(self.log.name).read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines if "wasm log" in line or line.startswith("{") or "[error]" in line or "[critical]" in line)

    def stats(self):
        """Counters and gauges."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/stats") as stats:
            lines = stats.read().decode().splitlines()
        pairs = (line.split(": ", 1) for line in lines if ": " in line)
        return {name: int(value) for name, value in pairs if value.isdigit()}

    def resident(self):
        """Kilobytes of memory."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))

    def cpu(self):
        """Seconds of processor time, of all threads."""
        threads = pathlib.Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"
