"""What `GET /metrics` shows, read with Prometheus' own parser."""

from prometheus_client.parser import text_string_to_metric_families

from raw_http import request

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class MetricsPage:
    """One answer of a server; it must be whole and of the right form."""

    def __init__(self, server):
        response = request(server.address, "GET", "/metrics")
        assert response.status == 200, response
        assert response.header("content-type") == CONTENT_TYPE, response
        self.text = response.body.decode("utf-8")
        self.families = list(text_string_to_metric_families(self.text))
        self._values = {}
        for family in self.families:
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self._values, f"{sample} is there twice"
                self._values[key] = sample.value

    def get(self, name: str, **labels: str) -> float | None:
        """The value of a sample with exactly these labels, if there is one."""
        return self._values.get((name, frozenset(labels.items())))

    def value(self, name: str, **labels: str) -> float:
        """The value of a sample that must be there."""
        value = self.get(name, **labels)
        assert value is not None, f"{name} {labels} is not in\n{self.text}"
        return value

    def total(self, name: str) -> float:
        """The sum over all labels."""
        return sum(value for (sample, _), value in self._values.items() if sample == name)
