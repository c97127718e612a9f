"""The systems that invoke functions, one module or package each. Importing this imports none of them."""

SOURCES: tuple[str, ...] = (
    "alb",
    "apigateway",
    "cloudformation",
    "cloudfront",
    "cloudwatch",
    "cognito",
    "dynamodb",
    "eventbridge",
    "firehose",
    "functionurl",
    "kinesis",
    "logs",
    "s3",
    "s3batch",
    "scheduler",
    "secretsmanager",
    "ses",
    "sns",
    "sqs",
    "stepfunctions",
)
