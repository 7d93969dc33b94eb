"""What is counted of the pipeline."""

from prometheus_client import Counter

INTAKE = Counter("chatzee_intake_events", "Webhook events by what became of them.", ["channel", "outcome"])
APPLIED = Counter("chatzee_inbound_applied", "Inbound events applied.", ["channel"])
SETTLED = Counter("chatzee_outbound_settled", "Outbound deliveries settled.", ["channel", "state"])
