"""The systems that invoke functions, one module or package each. Importing this imports none of them."""

SOURCES: tuple[str, ...] = (
    "alb",
    "apigateway",
    "cloudformation",
    "cloudfront",
    "dynamodb",
    "eventbridge",
    "functionurl",
    "kinesis",
    "logs",
    "s3",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
)
