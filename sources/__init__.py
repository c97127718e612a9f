"""The systems that invoke functions, one module or package each. Importing this imports none of them."""

SOURCES: tuple[str, ...] = (
    "alb",
    "apigateway",
    "cloudfront",
    "dynamodb",
    "eventbridge",
    "functionurl",
    "iot",
    "iotevents",
    "kinesis",
    "logs",
    "s3",
    "scheduler",
    "sns",
    "sqs",
)
