"""J5: a stream of 4 shards, N records of 1 KB, batches of up to 100, order checked per shard.

`ministack` is a server in a process of its own, whose CPU time is not counted: compare its `ops_per_s`. It demands one
exact botocore, so it may live in another environment: MINISTACK_PYTHON names the Python that has it.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.harness import Timer, bodies, main

SHARDS = 4
BATCH = 100


async def bare(n: int, timer: Timer) -> bool:
    shards: list[asyncio.Queue[tuple[int, str]]] = [asyncio.Queue() for _ in range(SHARDS)]
    last = [-1] * SHARDS
    seen = 0

    async def handler(shard: int, batch: list[tuple[int, str]], context: None) -> None:
        nonlocal seen
        for number, _ in batch:
            assert number > last[shard]
            last[shard] = number
        seen += len(batch)

    texts = bodies(n)
    with timer:
        for number, text in enumerate(texts):
            await shards[number % SHARDS].put((number, text))
        for shard, queue in enumerate(shards):
            while not queue.empty():
                await handler(shard, [queue.get_nowait() for _ in range(min(BATCH, queue.qsize()))], None)
    return seen == n


async def stream(n: int, timer: Timer, at_once: int = 1) -> bool:
    from eventbus import App
    from sources import kinesis

    app = App("bench")
    orders = app.add(kinesis.Stream("orders", shard_count=SHARDS))
    last: dict[str, int] = {}
    seen = 0

    @app.function
    async def handler(event: Any, context: Any) -> None:
        nonlocal seen
        for record in event["Records"]:
            shard, _, number = record["eventID"].partition(":")
            assert int(number) > last.get(shard, -1)
            last[shard] = int(number)
        seen += len(event["Records"])

    app.map(orders, handler, batch_size=BATCH, starting_position="TRIM_HORIZON")
    texts = [text.encode() for text in bodies(n)]
    async with app.start() as bus:
        client = bus[orders]
        with timer:
            if at_once == 1:
                for number, text in enumerate(texts):
                    await client.put_record(data=text, partition_key=f"key-{number % 64}")
            for first in range(0, n if at_once > 1 else 0, at_once):
                await client.put_records(
                    [
                        {"data": text, "partition_key": f"key-{number % 64}"}
                        for number, text in enumerate(texts[first : first + at_once], first)
                    ]
                )
            await bus.settle()
    return seen == n


async def in_hundreds(n: int, timer: Timer) -> bool:
    """As the peers are given them."""
    return await stream(n, timer, BATCH)


async def through_boto3(client: Any, n: int, timer: Timer) -> bool:
    client.create_stream(StreamName="orders", ShardCount=SHARDS)
    client.get_waiter("stream_exists").wait(StreamName="orders", WaiterConfig={"Delay": 1})
    shards = [shard["ShardId"] for shard in client.list_shards(StreamName="orders")["Shards"]]
    last = dict.fromkeys(shards, -1)
    seen = 0

    async def handler(shard: str, batch: list[dict[str, Any]], context: None) -> None:
        nonlocal seen
        for record in batch:
            number = int(record["Data"][:8])
            assert number > last[shard]
            last[shard] = number
        seen += len(batch)

    texts = [text.encode() for text in bodies(n)]
    with timer:
        for at in range(0, n, BATCH):
            entries = [
                {"Data": text, "PartitionKey": f"key-{number % 64}"}
                for number, text in enumerate(texts[at : at + BATCH], at)
            ]
            client.put_records(StreamName="orders", Records=entries)
        for shard in shards:
            start = {"StreamName": "orders", "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
            place = client.get_shard_iterator(**start)["ShardIterator"]
            while (answer := client.get_records(ShardIterator=place, Limit=BATCH))["Records"]:
                await handler(shard, answer["Records"], None)
                place = answer["NextShardIterator"]
    return seen == n and len(shards) == SHARDS


async def moto(n: int, timer: Timer) -> bool:
    import boto3
    from moto import mock_aws

    with mock_aws():
        return await through_boto3(boto3.client("kinesis", region_name="us-east-1"), n, timer)


@contextmanager
def ministack_server() -> Iterator[str]:
    """Its address. `python -m ministack` would listen on every interface."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host, port = free.getsockname()
    python = os.environ.get("MINISTACK_PYTHON", sys.executable)
    command = [python, "-m", "hypercorn", "--workers", "0", "--bind", f"{host}:{port}", "ministack.app:app"]
    environment = {**os.environ, "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0"}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is ended then too
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                socket.create_connection((host, port)).close()
                break
            except ConnectionRefusedError:
                if server.poll() is not None:
                    raise RuntimeError(f"{python} can't run ministack") from None
                time.sleep(0.02)
        yield f"http://{host}:{port}"
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


async def ministack(n: int, timer: Timer) -> bool:
    import boto3

    with ministack_server() as url:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        client = boto3.client("kinesis", region_name="us-east-1", endpoint_url=url, **keys)
        return await through_boto3(client, n, timer)


if __name__ == "__main__":
    main(
        "J5",
        {"bare": bare, "eventbus": stream, "eventbus, put_records": in_hundreds, "moto": moto, "ministack": ministack},
        50_000,
    )
