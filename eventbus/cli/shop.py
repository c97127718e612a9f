"""The app of the demo: files of orders become messages, messages become bills, what can't be billed a dead letter.

`bill` is a handler as one writes it for Lambda: it knows nothing of this package.
"""

import json
from typing import Any
from urllib.parse import unquote_plus

from eventbus import App, current_bus
from sources import s3, sqs

app: App = App("shop")
uploads: s3.Bucket = app.add(s3.Bucket("uploads"))
dead: sqs.Queue = app.add(sqs.Queue("orders-dead"))
orders: sqs.Queue = app.add(sqs.Queue("orders", visibility_timeout=30, redrive=sqs.Redrive(dead, max_receive_count=3)))


@app.function(timeout=10)
async def ingest(event: s3.S3Event, context: Any) -> None:
    """Reads a file, sends one message for each of its lines."""
    bus = current_bus()
    for record in event["Records"]:
        stored = await bus[uploads].get_object(unquote_plus(record["s3"]["object"]["key"]))
        for line in stored.body.decode().splitlines():
            await bus[orders].send_message(line)


@app.function(timeout=10)
def bill(event: sqs.SqsEvent, context: Any) -> dict[str, Any]:
    """Bills each order; the ones that fail are reported one by one."""
    failures = []
    for record in event["Records"]:
        try:
            charge(json.loads(record["body"]))
        except Exception:
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


def charge(order: dict[str, Any]) -> float:
    """The price of an order. Raises ValueError for one that costs nothing."""
    price = float(order["quantity"] * order["unit_price"])
    if price <= 0:
        raise ValueError(f"order {order['id']} costs {price}")
    return price


app.add(s3.Notification(uploads, ingest, events=["s3:ObjectCreated:*"], prefix="in/"))
app.map(orders, bill, batch_size=10, function_response_types=["ReportBatchItemFailures"])
