"""What a delivery stream may be declared as: its processor's parameters, its prefixes, what stands alone."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from eventbus.core.effects import Deliver
from eventbus.errors import InvalidSetting
from sources import firehose, kinesis, sqs
from sources.firehose import java_time
from tests.contracts import firehose_table
from tests.contracts.firehose_table import PREFIXES, SETTINGS, Prefix, Setting
from tests.sources.firehose.helpers import (
    BUCKET,
    DYNAMIC,
    SOURCE,
    Work,
    calls,
    declared,
    event_of,
    make_machine,
    said,
    seconds_until,
    taken,
    wake_until,
)

NAMES = {
    "NumberOfRetries": "number_of_retries",
    "BufferSizeInMBs": "buffer_size_in_mbs",
    "BufferIntervalInSeconds": "buffer_interval_in_seconds",
}
SAID = [row for row in SETTINGS if set(row.parameters) - {"LambdaArn"} and "Timeout" not in row.parameters]
"""The rest is about ARNs as texts: a declared function stands for one."""
KEYED = "in/!{partitionKeyFromLambda:customer}/"


def value_of(text: str) -> Any:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


@pytest.mark.parametrize("row", [row for row in SAID if "LambdaArn" in row.parameters], ids=lambda row: row.id)
def test_parameters_of_the_processor(row: Setting) -> None:
    settings = {NAMES[name]: value_of(text) for name, text in row.parameters.items() if name != "LambdaArn"}
    if row.taken:
        assert declared(**settings).name == "orders"
    else:
        with pytest.raises(InvalidSetting, match=next(iter(settings))):
            declared(**settings)


@pytest.mark.parametrize("row", PREFIXES, ids=lambda row: row.id)
def test_prefixes(row: Prefix) -> None:
    """Of an object delivered, and of one with what failed; or refused where it is written."""
    settings = {"prefix": row.prefix, "error_output_prefix": row.error_output_prefix}
    if row.refused:
        with pytest.raises(InvalidSetting):
            declared(**settings)
        return
    machine = make_machine(**settings)

    at = seconds_until(2026, 2, 5, 9, 14, 23)
    machine.put(at, [b"one", b"two"], None)
    wake_until(machine, at + 60)
    [invoke] = calls(machine)
    [one, two] = [each["recordId"] for each in event_of(invoke)["records"]]
    answer = {
        "records": [
            {"recordId": one, "result": "Ok", "data": "b25l"},
            {"recordId": two, "result": "ProcessingFailed"},
        ]
    }
    machine.finished(at + 60, invoke.token, said(answer))
    wake_until(machine, at + 360)

    keys = [str(effect.attributes["key"][1]) for effect in taken(machine, Deliver)]
    for key, prefix in zip(keys, (row.good, row.bad), strict=True):
        pattern = re.escape(prefix).replace("<random>", "[a-zA-Z0-9]{11}")
        assert re.fullmatch(pattern + firehose_table.OBJECT_NAME, key), key


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("yyyy-MM-dd'T'HH:mm:ss.SSS", "2026-02-05T09:14:23.045"),
        ("u y yyyyy", "2026 2026 02026"),
        ("MMM MMMM MMMMM L", "Feb February F 2"),
        ("E EEEE EEEEE", "Thu Thursday T"),
        ("h a K k", "9 AM 9 9"),
        ("''yy''", "'26'"),
        ("'it''s' d", "it's 5"),
    ],
)
def test_timestamps(pattern: str, text: str) -> None:
    """As Java's DateTimeFormatter writes them in English."""
    at = datetime(2026, 2, 5, 9, 14, 23, 45_000, UTC)

    assert java_time.written(java_time.compiled(pattern), at) == text


@pytest.mark.parametrize("hour", [(0, "12 AM 0 24"), (12, "12 PM 0 12"), (13, "1 PM 1 13")], ids=str)
def test_hours_of_half_days(hour: tuple[int, str]) -> None:
    at = datetime(2026, 2, 5, hour[0], tzinfo=UTC)

    assert java_time.written(java_time.compiled("h a K k"), at) == hour[1]


@pytest.mark.parametrize("pattern", ["ddd", "G", "VV", "'open", "[yyyy]", "yyyy#", "b"])
def test_timestamps_that_are_none(pattern: str) -> None:
    with pytest.raises(InvalidSetting, match="DateTimeFormatter|closed"):
        declared(prefix=f"!{{timestamp:{pattern}}}/", error_output_prefix="bad/!{firehose:error-output-type}/")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"name": "a b"}, "name"),
        ({"name": "n" * 65}, "name"),
        ({"name": 7}, "name"),
        ({"bucket": sqs.Queue("orders")}, "bucket"),
        ({"bucket": None}, "bucket"),
        ({"processor": BUCKET}, "processor"),
        ({"kinesis_stream": BUCKET}, "kinesis_stream"),
        ({"kinesis_stream": kinesis.Consumer(SOURCE, "fast")}, "kinesis_stream"),
        ({"size_in_mbs": 0}, "size_in_mbs"),
        ({"size_in_mbs": 129}, "size_in_mbs"),
        ({"interval_in_seconds": 901}, "interval_in_seconds"),
        ({"prefix": 7}, "prefix"),
        ({"prefix": "\ud800"}, "prefix"),
        ({"prefix": "!{partitionKeyFromQuery:x}/", "error_output_prefix": "bad/"}, "partitionKeyFromQuery"),
        ({"processor": None, "number_of_retries": 1}, "number_of_retries"),
        ({"processor": None, "buffer_interval_in_seconds": 0}, "buffer_interval_in_seconds"),
        ({"duration_in_seconds": 10}, "duration_in_seconds"),
        ({"compression_format": "GZIP"}, "compression_format.*stored as it is"),
        ({"bufer_size_in_mbs": 1}, "did you mean buffer_size_in_mbs"),
        (DYNAMIC, "prefix"),
        ({**DYNAMIC, "processor": None, "prefix": KEYED}, "dynamic_partitioning"),
        ({"dynamic_partitioning": True, "prefix": KEYED}, "error_output_prefix"),
        ({**DYNAMIC, "prefix": KEYED, "error_output_prefix": "!{partitionKeyFromLambda:x}"}, "error_output_prefix"),
        ({**DYNAMIC, "prefix": KEYED, "size_in_mbs": 63}, "size_in_mbs"),
        ({**DYNAMIC, "prefix": KEYED, "interval_in_seconds": 59}, "interval_in_seconds"),
        ({**DYNAMIC, "prefix": KEYED, "duration_in_seconds": 7_201}, "duration_in_seconds"),
        ({"prefix": KEYED, "error_output_prefix": "bad/!{firehose:error-output-type}/"}, "prefix"),
    ],
    ids=str,
)
def test_settings_that_are_refused(settings: dict[str, Any], named: str) -> None:
    """By name, where they are written."""
    given = {"name": "orders", "bucket": BUCKET, "processor": Work(), **settings}
    with pytest.raises(InvalidSetting, match=named):
        firehose.DeliveryStream(given.pop("name"), given.pop("bucket"), **given)


def test_what_it_needs_of_its_app() -> None:
    """Its bucket, its function, its source."""
    stream = declared(kinesis_stream=SOURCE)

    assert stream.targets == (BUCKET.arn, Work.arn, SOURCE.arn)
    assert stream.reads_from == (SOURCE,)
    assert declared(processor=None).targets == (BUCKET.arn,)
