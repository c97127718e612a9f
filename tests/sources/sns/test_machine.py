"""The machine of a topic: fan-out, filters, dead letters, confirmations."""

import copy
import json

import pytest

from eventbus.core.effects import Attributes, Cause, Deliver, Delivered
from eventbus.names import Arn, arn_of
from sources import sns
from sources.sns.attributes import checked
from sources.sns.message import Message
from sources.sns.options import protocol_of
from tests.sources.helpers import Machines, make_queue
from tests.sources.sns.helpers import ATTRIBUTES, DEAD, FUNCTION, QUEUE, URL, Sink, make_topic, run_until, told

CAUSE = Cause("request", ())
RAW = {"RawMessageDelivery": "true"}
REDRIVE = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": DEAD.arn})}
GONE = "ResourceNotFoundException"


def test_every_subscription_is_told() -> None:
    """Each by a delivery of its own, out of the same invocation; the trace hears of it first."""
    machine = make_topic()
    machine.subscribe(0.0, "sqs", QUEUE, RAW)
    machine.subscribe(0.0, "lambda", FUNCTION, {})

    message = machine.publish(1.0, Message("x", cause=CAUSE))

    assert [effect.target for effect in machine.effects if isinstance(effect, Deliver)] == [QUEUE, FUNCTION]
    assert {effect.cause for effect in machine.effects if isinstance(effect, Deliver)} == {CAUSE}
    assert machine.notes == [
        ("published", machine.arn, message.number, None, CAUSE),
        ("notified", machine.arn, message.number, QUEUE, CAUSE),
        ("notified", machine.arn, message.number, FUNCTION, CAUSE),
    ]
    assert machine.outstanding() == 2


def test_delivery_is_outstanding_until_it_is_answered() -> None:
    """Once; a second answer, and one that nobody asked for, are passed by."""
    machine = make_topic()
    machine.subscribe(0.0, "sqs", QUEUE, RAW)
    machine.publish(0.0, Message("x"))
    [effect] = machine.effects
    assert isinstance(effect, Deliver)

    machine.delivered(0.0, effect.token, None)
    machine.delivered(0.0, effect.token, GONE)
    machine.delivered(0.0, 999, None)

    assert machine.outstanding() == 0
    assert [what for what, _ in told(machine)] == ["published", "notified"]


def test_filters_are_noted() -> None:
    """With the subscription, and what the message lacks."""
    machine, sink = make_topic(), Sink()
    machine.subscribe(0.0, "sqs", QUEUE, {**RAW, "FilterPolicy": '{"n":[{"numeric":[">",2]}],"tags":["paid"]}'})
    for attributes in (ATTRIBUTES, {**ATTRIBUTES, "n": {"data_type": "Number", "string_value": "2"}}, {}):
        machine.publish(0.0, Message("x", checked(attributes)))
    Machines(machine, sink).drain(0.0)

    assert len(sink.taken) == 1
    filtered = [detail for what, detail in told(machine) if what == "filtered"]
    assert filtered == ["q: n: 2 is not > 2", "q: no attributes"]


@pytest.mark.parametrize(
    ("body", "passes"),
    [('{"a":{"b":1}}', True), ('{"a":{"b":2}}', False), ("plain", False), ("[1]", False), ('{"a":{"b":"1"}}', False)],
)
def test_filters_of_the_body_look_inside(body: str, passes: bool) -> None:
    """What is no JSON object never matches; attributes count for nothing."""
    machine, sink = make_topic(), Sink()
    machine.subscribe(0.0, "sqs", QUEUE, {**RAW, "FilterPolicy": '{"a":{"b":[1]}}', "FilterPolicyScope": "MessageBody"})
    machine.publish(0.0, Message(body, checked(ATTRIBUTES)))
    Machines(machine, sink).drain(0.0)

    assert sink.bodies == ([body] if passes else [])


@pytest.mark.parametrize(
    ("endpoint", "raw", "error"),
    [
        (FUNCTION, False, "AccessDeniedException"),
        (QUEUE, False, "AccessDeniedException"),
        (QUEUE, True, "AccessDeniedException"),
        (URL, False, "Status404"),
        (URL, True, "Status404"),
    ],
    ids=["function", "queue", "raw queue", "url", "raw url"],
)
def test_dead_letter_is_what_would_have_been_delivered(endpoint: Arn, raw: bool, error: str) -> None:
    """The envelope, of a function too; the raw message, with the attributes that a queue would have got."""
    machine, sink, dead = make_topic(), Sink(endpoint), Sink(DEAD.arn)
    subscription = machine.subscribe(0.0, protocol_of(endpoint), endpoint, {**REDRIVE, **(RAW if raw else {})})
    subscription.confirmed = True
    Machines(machine, sink).drain(0.0)
    sink.errors = [error]

    message = machine.publish(0.0, Message("x", {"n": ("Number", "1")}))
    Machines(machine, sink, dead).drain(0.0)

    [got] = dead.got
    assert got.attributes == ({"n": ("Number", "1")} if raw and endpoint == QUEUE else {})
    if raw:
        assert got.body == "x"
    else:
        envelope = json.loads(got.body)
        assert (envelope["Type"], envelope["Message"]) == ("Notification", "x")
        assert envelope["UnsubscribeURL"].endswith(subscription.arn)
    assert machine.notes[-1] == ("handed_over", machine.arn, message.number, f"dead letter {DEAD.arn}", None)
    assert machine.outstanding() == 0


def test_refused_dead_letter_is_dropped() -> None:
    """It is not tried again."""
    machine = make_topic()
    machine.subscribe(0.0, "sqs", QUEUE, REDRIVE)
    machine.publish(0.0, Message("x"))

    Machines(machine, Sink(DEAD.arn, ["ServiceUnavailable"])).drain(0.0)

    assert told(machine)[-1] == ("dropped", "dead letter refused: ServiceUnavailable")
    assert machine.outstanding() == 0


def test_without_a_dead_letter_queue_it_is_dropped() -> None:
    """With the endpoint, and why."""
    machine = make_topic()
    machine.subscribe(0.0, "sqs", QUEUE, {})
    machine.publish(0.0, Message("x"))

    Machines(machine).drain(0.0)

    assert told(machine)[-1] == ("dropped", "q: ResourceNotFoundException")


def test_more_than_ten_attributes_are_not_sent_raw() -> None:
    """They are dropped as the client's error; inside an envelope they go."""
    many: Attributes = {f"a{number}": ("String", "x") for number in range(11)}
    machine, raw, wrapped = make_topic(), Sink(), Sink(arn_of("sqs", "wrapped"))
    machine.subscribe(0.0, "sqs", raw.arn, RAW)
    machine.subscribe(0.0, "sqs", wrapped.arn, {})

    machine.publish(0.0, Message("x", many))
    machine.publish(0.0, Message("y", dict(list(many.items())[:10])))
    Machines(machine, raw, wrapped).drain(0.0)

    assert raw.bodies == ["y"]
    assert len(json.loads(wrapped.bodies[0])["MessageAttributes"]) == 11
    assert ("dropped", "q: more than 10 attributes, raw") in told(machine)


def test_retry_is_noted_and_waited_for() -> None:
    """How long it waits; each try is a note of its own."""
    machine, sink = make_topic(), Sink(errors=["ServiceUnavailable"] * 4)
    machine.subscribe(0.0, "sqs", QUEUE, RAW)
    machine.publish(0.0, Message("x"))

    assert run_until(5.0, machine, sink) == [0.0, 0.0, 0.0, 1.0]
    refused = [("notified", QUEUE), ("not_taken", f"ServiceUnavailable by {QUEUE}")]
    assert told(machine)[1:] == [
        *refused,
        ("retry_wait", 0.0),
        *refused,
        ("retry_wait", 0.0),
        *refused,
        ("retry_wait", 0.0),
        *refused,
        ("retry_wait", 1.0),
        ("notified", QUEUE),
    ]


def test_other_machines_publish() -> None:
    """What they deliver is a message, with its attributes; who it was is noted."""
    machine, sink, asker = make_topic(), Sink(), Arn(f"{FUNCTION}:async")
    machine.subscribe(0.0, "sqs", QUEUE, RAW)

    machine.deliver(0.0, Deliver(machine.arn, asker, 7, "x", {"n": ("Number", "1")}, CAUSE))
    answer = machine.effects.pop()
    Machines(machine, sink).drain(0.0)

    assert isinstance(answer, Delivered)
    assert (answer.asker, answer.token, answer.error) == (asker, 7, None)
    assert (sink.got[0].body, sink.got[0].attributes, sink.got[0].cause) == ("x", {"n": ("Number", "1")}, CAUSE)
    assert told(machine)[0] == ("published", f"by {asker}")


def test_what_other_machines_may_not_publish_is_refused() -> None:
    """For good: too long, empty, or with a deduplication id on a standard topic."""
    for effect in (
        Deliver(QUEUE, FUNCTION, 7, "x" * 262_145),
        Deliver(QUEUE, FUNCTION, 7, ""),
        Deliver(QUEUE, FUNCTION, 7, "x", group="g", deduplication_id="d"),
    ):
        machine = make_topic()
        machine.deliver(0.0, effect)
        [answer] = machine.effects

        assert isinstance(answer, Delivered)
        assert (answer.error or "").startswith("InvalidParameterValue: ")
        assert machine.notes == []


def test_messages_of_s3_have_its_subject() -> None:
    """As people know it from their mail."""
    machine, sink = make_topic(), Sink()
    machine.subscribe(0.0, "sqs", QUEUE, {})

    machine.deliver(0.0, Deliver(machine.arn, Arn("arn:aws:s3:::uploads"), 7, "{}"))
    machine.effects.pop(0 if isinstance(machine.effects[0], Delivered) else 1)
    Machines(machine, sink).drain(0.0)

    assert json.loads(sink.bodies[0])["Subject"] == "Amazon S3 Notification"


def test_tokens_are_good_for_two_days() -> None:
    """Not for longer; confirming again is no error."""
    machine, sink = make_topic(), Sink(URL)
    subscription = machine.subscribe(0.0, "https", URL, {})
    Machines(machine, sink).drain(0.0)
    token = json.loads(sink.bodies[0])["Token"]
    with pytest.raises(sns.InvalidParameterException, match="Invalid parameter: Token"):
        machine.confirm(172_800.0, token)

    assert machine.confirm(172_799.0, token) is subscription
    assert machine.confirm(172_799.0, token) is subscription


def test_confirmation_is_tried_again_and_never_a_dead_letter() -> None:
    """By the policy of the subscription."""
    machine = make_topic()
    machine.subscribe(0.0, "https", URL, REDRIVE)
    sink = Sink(URL, ["Status500"] * 4)

    assert run_until(100.0, machine, sink) == [20.0, 40.0, 60.0]
    assert told(machine)[-1] == ("dropped", f"{URL}: Status500")


def test_nothing_is_sent_after_leaving() -> None:
    """But what was published before; leaving twice is no error."""
    machine, sink = make_topic(), Sink(errors=["ServiceUnavailable"] * 4)
    arn = machine.subscribe(0.0, "sqs", QUEUE, RAW).arn
    machine.publish(0.0, Message("before"))
    run_until(0.5, machine, sink)
    machine.unsubscribe(0.5, arn)
    machine.unsubscribe(0.5, arn)
    machine.publish(0.5, Message("after"))
    run_until(5.0, machine, sink)

    assert (sink.bodies, machine.deleted) == (["before"], 1)
    with pytest.raises(sns.NotFoundException):
        machine.find(5.0, arn)


def test_a_url_takes_its_leaving_back() -> None:
    """With the token that it was sent then; that of a pending subscription which has left is worth nothing."""
    machine, sink = make_topic(), Sink(URL)
    subscription = machine.subscribe(0.0, "https", URL, {})
    Machines(machine, sink).drain(0.0)
    machine.confirm(0.0, json.loads(sink.bodies[0])["Token"])
    machine.unsubscribe(0.0, subscription.arn)
    Machines(machine, sink).drain(0.0)

    assert machine.confirm(0.0, json.loads(sink.bodies[1])["Token"]) is subscription
    assert (list(machine.subscriptions), machine.deleted) == ([subscription.arn], 0)

    pending = machine.subscribe(0.0, "https", f"{URL}/other", {})
    machine.unsubscribe(0.0, pending.arn)
    asked = [effect for effect in machine.effects if isinstance(effect, Deliver)]
    assert len(asked) == 1
    with pytest.raises(sns.InvalidParameterException):
        machine.confirm(0.0, json.loads(asked[0].body)["Token"])


def test_who_came_back_meanwhile_takes_nothing_back() -> None:
    """An endpoint has one subscription; a token of the one that has left is worth nothing then."""
    machine, sink = make_topic(), Sink(URL)
    first = machine.subscribe(0.0, "https", URL, {})
    Machines(machine, sink).drain(0.0)
    machine.confirm(0.0, json.loads(sink.bodies[0])["Token"])
    machine.unsubscribe(0.0, first.arn)
    second = machine.subscribe(0.0, "https", URL, {})
    Machines(machine, sink).drain(0.0)

    with pytest.raises(sns.InvalidParameterException, match="Token"):
        machine.confirm(0.0, json.loads(sink.bodies[1])["Token"])
    assert list(machine.subscriptions) == [second.arn]


def test_dead_letter_is_as_it_was_published() -> None:
    """Whatever has been set since then; the queue is the one of now."""
    machine, sink, dead = make_topic(), Sink(errors=["ServiceUnavailable"] * 4), Sink(DEAD.arn)
    arn = machine.subscribe(0.0, "sqs", QUEUE, RAW).arn
    machine.publish(0.0, Message("x"))
    run_until(0.5, machine, sink)
    machine.set_subscription_attributes(0.5, arn, "RawMessageDelivery", "false")
    machine.set_subscription_attributes(0.5, arn, "RedrivePolicy", REDRIVE["RedrivePolicy"])
    sink.errors = [GONE]
    run_until(1.0, machine, sink, dead)

    assert dead.bodies == ["x"]


def test_topics_of_large_messages_have_100_subscriptions() -> None:
    """The 101st is refused, and so is the size once there are more."""
    machine = make_topic(maximum_message_size=262_145)
    for number in range(100):
        machine.subscribe(0.0, "sqs", arn_of("sqs", f"q{number}"), {})

    with pytest.raises(sns.InvalidParameterException, match="up to 100 subscriptions"):
        machine.subscribe(0.0, "sqs", QUEUE, {})
    machine.change_settings(0.0, "MaximumMessageSize", "262144")
    machine.subscribe(0.0, "sqs", QUEUE, {})
    with pytest.raises(sns.InvalidParameterException, match="up to 100 subscriptions"):
        machine.change_settings(0.0, "MaximumMessageSize", "262145")


def test_a_topic_has_200_filter_policies() -> None:
    """Those that are gone count no more."""
    machine = make_topic()
    policy = {"FilterPolicy": '{"a":["1"]}'}
    found = [machine.subscribe(0.0, "sqs", arn_of("sqs", f"q{number}"), policy) for number in range(200)]
    plain = machine.subscribe(0.0, "sqs", QUEUE, {})

    for attempt in range(2):
        with pytest.raises(sns.FilterPolicyLimitExceededException):
            machine.set_subscription_attributes(0.0, plain.arn, "FilterPolicy", '{"a":["1"]}')
        if attempt == 0:
            machine.set_subscription_attributes(0.0, found[0].arn, "FilterPolicy", '{"a":["2"]}')
    machine.unsubscribe(0.0, found[0].arn)
    machine.set_subscription_attributes(0.0, plain.arn, "FilterPolicy", '{"a":["1"]}')
    assert plain.options.filter is not None


def test_a_queue_takes_what_a_topic_sends() -> None:
    """A real one, with attributes."""
    queue, machine = make_queue("q"), make_topic()
    machine.subscribe(0.0, "sqs", QUEUE, RAW)
    machine.publish(0.0, Message("x", checked(ATTRIBUTES)))

    Machines(machine, queue).drain(0.0)

    [message] = queue.messages()
    assert (message.body, message.attributes["raw"]) == ("x", ("Binary", b"\0\1"))


def test_a_copy_goes_on_alone() -> None:
    """It shares nothing that changes."""
    machine = make_topic()
    machine.subscribe(0.0, "sqs", QUEUE, {**RAW, "FilterPolicy": '{"n":["1"]}'})
    machine.publish(0.0, Message("x", {"n": ("String", "1")}))

    twin = copy.deepcopy(machine)
    Machines(machine, Sink()).drain(0.0)

    assert (machine.outstanding(), twin.outstanding()) == (0, 1)
    assert len(twin.effects) == 1
