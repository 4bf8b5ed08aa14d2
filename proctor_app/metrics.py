"""The figures that Prometheus reads at `/metrics`. Their names are part of what operators build on."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()

LIVE_SESSIONS = Gauge("proctor_live_sessions", "Sessions with somebody connected to this process", registry=REGISTRY)
CONNECTED_SOCKETS = Gauge("proctor_connected_sockets", "Open sockets of this process", registry=REGISTRY)
REQUESTS_UNDER_WAY = Gauge("proctor_requests_under_way", "HTTP requests being answered now", registry=REGISTRY)
SLOWED = Counter(
    "proctor_slowed", "Messages that were refused because their sender sends too many", ["event"], registry=REGISTRY
)
CLOSED_SOCKETS = Counter(
    "proctor_closed_sockets",
    "Sockets that this process closed: malformed, stuck (did not read), silent (joined nothing)",
    ["reason"],
    registry=REGISTRY,
)
CHANGES_WAITING = Gauge("proctor_changes_waiting", "Changes of incidents that wait to be written", registry=REGISTRY)
CHANGES_REFUSED = Counter(
    "proctor_changes_refused", "Changes of incidents that were refused because too many wait", registry=REGISTRY
)
OBSERVATION_SECONDS = Histogram(
    "proctor_observation_seconds",
    "From an observation's arrival to its acknowledgement, the durable write included",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 15.0),
    registry=REGISTRY,
)
# From the database, so that every web process tells the same.
REPORTS = Gauge("proctor_reports", "Reports by how far they are", ["status"], registry=REGISTRY)
REPORT_SECONDS = Gauge(
    "proctor_report_seconds", "Longest making of a report among those made in the last hour", registry=REGISTRY
)
JOBS_WAITING = Gauge("proctor_jobs_waiting", "Jobs in line that nobody has begun", registry=REGISTRY)
