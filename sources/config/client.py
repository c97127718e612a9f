"""What one can do with the recorder of an account."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import define

from eventbus.ports import Feed

from . import answers, checking
from .answers import ComplianceByConfigRule, ConfigurationItem, DescribedRule, EvaluationResult
from .errors import unsatisfied
from .machine import RecorderMachine
from .results import COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE
from .settings import NAME_LIMIT

OF_RESOURCES: Final = (COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE)
OF_RULES: Final = (COMPLIANT, NON_COMPLIANT)
ARN_LIMIT: Final = 1_000


@define(eq=False)
class RecorderClient:
    """`bus[recorder]`. Operations, parameters and results carry AWS's names in snake case, refusals are its errors."""

    _machine: RecorderMachine
    _feed: Feed

    async def put_resource_config(
        self,
        resource_type: str,
        resource_id: str,
        configuration: str,
        *,
        tags: Mapping[str, str] | None = None,
        arn: str | None = None,
    ) -> None:
        """The resource is such from now on: a change, of which all rules hear that it concerns. `configuration` is JSON
        of an object. Without `arn`, which is ours, it has `arn:aws:<service>:...:<kind>/<id>`. Raises
        `ValidationException`."""
        machine, feed = self._machine, self._feed
        checking.resource(resource_type, resource_id)
        content, tagged = checking.configuration(configuration), checking.tags(tags)
        if arn is not None:
            checking.text("arn", arn, ARN_LIMIT)
        action = "config:PutResourceConfig"
        cause = feed.cause()
        await feed.call(machine, action, machine.put, resource_type, resource_id, content, tagged, arn, cause)

    async def delete_resource_config(self, resource_type: str, resource_id: str) -> None:
        """It is gone, which is a change as well. Raises `ResourceNotDiscoveredException`."""
        machine, feed = self._machine, self._feed
        checking.resource(resource_type, resource_id)
        action = "config:DeleteResourceConfig"
        await feed.call(machine, action, machine.delete, resource_type, resource_id, feed.cause())

    async def get_resource_config_history(
        self, resource_type: str, resource_id: str, *, limit: int = 0
    ) -> list[ConfigurationItem]:
        """The youngest first, 10 of them unless said otherwise. Raises `ResourceNotDiscoveredException`."""
        machine, size = self._machine, checking.limit(limit)
        checking.resource(resource_type, resource_id)
        items = await self._feed.call(
            machine, "config:GetResourceConfigHistory", machine.history, resource_type, resource_id, size
        )
        return [answers.configuration_item(item, machine.birth.epoch) for item in items]

    async def put_evaluations(
        self, result_token: str, evaluations: Sequence[Mapping[str, Any]] | None = None, *, test_mode: bool = False
    ) -> list[Mapping[str, Any]]:
        """What a function found, at most 100 at a time: each `compliance_resource_type`, `compliance_resource_id`,
        `compliance_type` (COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE), `ordering_timestamp`, and perhaps `annotation`.
        Returns those that failed: none. Raises `InvalidResultTokenException`, `ValidationException`,
        `InvalidParameterValueException`; then nothing of it is stored."""
        machine = self._machine
        if not isinstance(test_mode, bool):
            raise unsatisfied("testMode", test_mode, "be true or false")
        found = checking.evaluations(evaluations)
        token = checking.token(result_token, test_mode=test_mode)
        await self._feed.call(machine, "config:PutEvaluations", machine.evaluated, token, found, test_mode=test_mode)
        return []

    async def start_config_rules_evaluation(self, config_rule_names: Sequence[str]) -> None:
        """These rules, 25 at most, are asked of all resources in their scope. Raises `NoSuchConfigRuleException`,
        `LimitExceededException` more than once in a minute."""
        machine, feed = self._machine, self._feed
        names = checking.rule_names(config_rule_names, least=1)
        await feed.call(
            machine, "config:StartConfigRulesEvaluation", machine.start_evaluation, names or [], feed.cause()
        )

    async def describe_config_rules(self, config_rule_names: Sequence[str] | None = None) -> list[DescribedRule]:
        """All, or these. Raises `NoSuchConfigRuleException`."""
        machine, names = self._machine, checking.rule_names(config_rule_names)
        rules = await self._feed.call(machine, "config:DescribeConfigRules", machine.rules, names)
        return [answers.described(rule) for rule in rules]

    async def get_compliance_details_by_config_rule(
        self, config_rule_name: str, *, compliance_types: Sequence[str] | None = None
    ) -> list[EvaluationResult]:
        """The newest result of each resource that the rule applies to. Raises `NoSuchConfigRuleException`."""
        machine = self._machine
        checking.text("configRuleName", config_rule_name, NAME_LIMIT)
        types = checking.compliance_types(compliance_types, OF_RESOURCES)
        results = await self._feed.call(
            machine, "config:GetComplianceDetailsByConfigRule", machine.results, config_rule_name, types
        )
        return [answers.evaluation_result(config_rule_name, result, machine.birth.epoch) for result in results]

    async def describe_compliance_by_config_rule(
        self, config_rule_names: Sequence[str] | None = None, *, compliance_types: Sequence[str] | None = None
    ) -> list[ComplianceByConfigRule]:
        """Of all rules or of these: NON_COMPLIANT if any resource is, COMPLIANT if all are. Raises
        `NoSuchConfigRuleException`."""
        machine, names = self._machine, checking.rule_names(config_rule_names)
        types = checking.compliance_types(compliance_types, OF_RULES)
        rules = await self._feed.call(machine, "config:DescribeComplianceByConfigRule", machine.rules, names)
        found = [ComplianceByConfigRule(rule.name, rule.results.compliance) for rule in rules]
        return [each for each in found if types is None or each.compliance_type in types]
