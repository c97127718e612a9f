"""The app of the demo's second act: orders on a stream; one that can't be billed is cut out of its batch by halving.

`bill` is a handler as one writes it for Lambda: it knows nothing of this package, and of no single record either.
"""

import json
from base64 import b64decode
from typing import Any

from eventbus import App
from sources import kinesis, sqs

from .shop import charge

app: App = App("ticker")
orders: kinesis.Stream = app.add(kinesis.Stream("orders"))
poisoned: sqs.Queue = app.add(sqs.Queue("orders-poisoned"))


@app.function(timeout=10)
def bill(event: kinesis.KinesisEvent, context: Any) -> None:
    """Bills all orders of a batch, or fails with the first that can't be."""
    for record in event["Records"]:
        charge(json.loads(b64decode(record["kinesis"]["data"])))


app.map(
    orders,
    bill,
    starting_position="TRIM_HORIZON",
    batch_size=100,
    bisect_batch_on_function_error=True,
    maximum_retry_attempts=1,
    on_failure=poisoned,
)
