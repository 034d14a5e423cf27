"""Steps as a shell reads them: the same calls that `drctl` makes, as `aws` commands for bash."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any, Final

import attrs

from constructs_lib.procedures.fill import parameters_of
from constructs_lib.procedures.step import Each, Role
from constructs_lib.procedures.value import Lookup, fields_of, filled_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from constructs_lib.procedures.step import Call, Probe, Step
    from constructs_lib.procedures.value import Carried

__all__ = ["ACCOUNT", "Printed", "search", "variable"]

ACCOUNT: Final = "$ACCOUNT"
"""How a synthesized stack's reference to the account reads; everything else from a stack is taken as it stands."""

_OPEN, _CLOSE = "\ue000", "\ue001"
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_QUOTED = re.compile(f'"{_MARK.pattern}"')
_SPECIAL = re.compile(r'([\\"`$])')
_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_COMMAND_LINE = {"s3": "s3api"}
_PAUSE = 15
# No `timeout`, which macOS lacks.
_ONCE = "AWS_MAX_ATTEMPTS=1"
_TEN_SECONDS = "--cli-connect-timeout 5 --cli-read-timeout 5"
_NOT_A_NAME = re.compile(r"\W", re.ASCII)


def search(expression: str, reply: Any) -> Any:
    """Return what JMESPath finds in *reply*; None where the reply is not what the question expects."""
    import jmespath

    try:
        return jmespath.search(expression, reply)
    except jmespath.exceptions.JMESPathTypeError:
        return None


class _List(str):
    """A mark for a command that gives a list."""

    __slots__ = ()


class Printed:
    """The commands of one component's recovery, with what is known filled in and variables for the rest.

    Args:
        names: What is known. A `Lookup` becomes a command in the command.
        declared: The Terraform arguments of the component's resources: `main` and `member`.
        asked: Names that a call can do without, and that the reader is asked for all the same.
    """

    def __init__(
        self,
        names: Mapping[str, Any],
        declared: Mapping[str, Mapping[str, Any]],
        *,
        asked: Collection[str] = (),
    ) -> None:
        self._asked = asked
        self._names = names
        self._declared = declared
        self._shell: list[str] = []
        self._lists: set[str] = set()

    # ------------------------------------------------------------ what a value is filled with

    def name(self, key: str) -> Any:
        """Return the name, or a mark for the variable or the command that gives it."""
        value = self._names.get(key)
        # What is found by looking at many, or may not be there, is for the reader to write down.
        if value is not None and not (isinstance(value, Lookup) and (value.tagged or value.optional)):
            return self._known(value)
        return None if key in _OPTIONAL and key not in self._asked else self._marked(f"${variable(key)}")

    def carried(self, setting: Carried) -> Any:
        """Return what Terraform declares for the setting."""
        arguments = self._declared.get(setting.of)
        if not setting.argument or arguments is None:
            return None
        return self._known(search(setting.argument, arguments))

    def as_json(self, value: Any) -> str:
        """Return *value* as JSON; a list that a command gives is quoted by that command."""
        if isinstance(value, _List):
            number = _MARK.fullmatch(value)
            if number:
                command = self._shell[int(number[1])]
                return self._marked(f"{command[:-1]} --output json | tr -d ' \\n' | sed 's/\"/\\\\\"/g')")
        return json.dumps(value, ensure_ascii=False)

    def _known(self, value: Any) -> Any:
        if isinstance(value, Lookup):
            output = "" if value.many else " --output text"
            words = self._words(value.service, value.operation, value.region, self._known(dict(value.parameters)))
            mark = self._marked(f"$({words} --query {self._word(value.query)}{output})")
            if not value.many:
                return mark
            self._lists.update(_MARK.findall(mark))
            return _List(mark)
        if isinstance(value, str) and ACCOUNT in value:
            return value.replace(ACCOUNT, self._marked(ACCOUNT))
        if isinstance(value, list):
            return [self._known(item) for item in value]
        if isinstance(value, dict):
            return {name: self._known(item) for name, item in value.items()}
        return value

    def _marked(self, shell: str) -> str:
        if shell not in self._shell:
            self._shell.append(shell)
        return f"{_OPEN}{self._shell.index(shell)}{_CLOSE}"

    # ------------------------------------------------------------ what a step reads like

    def text(self, text: str) -> str:
        """Return words for people, with names filled; what is not known reads as its variable."""
        for key in fields_of(text):
            text = text.replace(f"{{{key}}}", str(self._readable(key)))
        return _MARK.sub(lambda found: self._shell[int(found[1])], text)

    def _line(self, text: str) -> str:
        """Return a command with names filled; one that AWS makes up by the command that tells it."""
        for key in fields_of(text):
            value = self._names.get(key)
            told = isinstance(value, Lookup) and not value.tagged
            text = text.replace(f"{{{key}}}", str(self._known(value) if told else self._readable(key)))
        return _MARK.sub(lambda found: self._shell[int(found[1])], text)

    def _readable(self, key: str) -> Any:
        value = self._names.get(key)
        return f"${variable(key)}" if value is None or isinstance(value, Lookup) else self.name(key)

    def is_needed(self, step: Step) -> bool:
        """Tell whether there is anything to do for *step*, as far as the files say."""
        from constructs_lib.procedures.fill import fill

        return all(fill(value, self) not in (None, False) for value in step.needs)

    def commands(self, step: Step, seconds: int) -> Iterator[str]:
        """Yield what to type for *step*; one shell command each.

        Args:
            step: The step.
            seconds: How long to wait for it.
        """
        if not self.is_needed(step):
            return
        if step.each is not None and step.call is not None:
            yield from self._each(step.each, step.call)
        elif step.call is not None:
            yield self._call(step)
        if step.probe is not None:
            yield self._where_needed(step, self._wait(step.probe, step.limit or seconds))
            yield from (self._kept(name, step.probe.call, query) for name, query in step.probe.keeps.items())
        yield from (self._line(line) for line in step.shell)

    def _call(self, step: Step) -> str:
        call = step.call
        assert call is not None
        kept = {name: query for name, query in step.keeps.items() if not name.startswith("source")}
        for name, query in kept.items():
            printed = self._kept(name, call, query)
            return printed.partition("=$(")[2][:-1] if step.id.startswith("verify") else printed
        command = self._aws(call)
        if step.best_effort:
            return f"{_ONCE} {command} {_TEN_SECONDS} || echo 'not reached: go on'"
        if step.otherwise:
            again = attrs.evolve(call, parameters={**call.parameters, **step.otherwise})
            return f"{command} || {self._aws(again)}"
        return self._where_needed(step, command)

    def _where_needed(self, step: Step, command: str) -> str:
        """Return *command* for where a reply has told that there is something to do."""
        waits = [key for value in step.needs for key in _names_of(value) if key not in self._names]
        return f'[ "${variable(waits[0])}" = None ] || {{ {command}; }}' if waits else command

    def _kept(self, name: str, call: Call, query: str) -> str:
        query = filled_text(query, lambda key: str(self.name(key))) or query
        # As text the command line answers once for each page; as JSON once for all.
        ending = " --output json | tr -d '\"'" if call.operation.startswith("List") else " --output text"
        return f"{variable(name)}=$({self._aws(call)} --query {self._word(query)}{ending})"

    def _wait(self, probe: Probe, seconds: int) -> str:
        query = filled_text(probe.query, lambda key: str(self.name(key))) or probe.query
        asked = f'"$({self._aws(probe.call)} --query {self._word(query)} --output text)"'
        failed = ""
        if probe.failed:
            # It is not waited for what will never be.
            asked = f'SAID={asked}; [ "$SAID"'
            said = "|".join(map(shlex.quote, probe.failed))
            failed = f'case $SAID in {said}) echo "AWS says $SAID: put that right before you go on"; break;; esac; '
        else:
            asked = f"[ {asked}"
        return (
            f"END=$((SECONDS+{seconds})); until {asked} = {shlex.quote(probe.done)} ]; do {failed}"
            f"if [ $SECONDS -gt $END ]; then echo 'longer than planned: look before you go on'; break; fi; "
            f"sleep {_PAUSE}; done"
        )

    def _aws(self, call: Call) -> str:
        return self._words(call.service, call.operation, self._region(call.region), parameters_of(call, self))

    def _region(self, role: Role) -> str:
        key = {Role.HOME: "region", Role.RECOVERY: "recovery_region", Role.WORKING: "working_region"}[role]
        return str(self.name(key))

    def _words(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> str:
        from botocore import xform_name

        words = ["aws", _COMMAND_LINE.get(service, service), xform_name(operation, "-"), "--region", self._word(region)]
        for member, value in parameters.items():
            option = xform_name(member, "-")
            if isinstance(value, bool):
                words.append(f"--{option}" if value else f"--no-{option}")
            elif isinstance(value, list) and all(isinstance(item, str) for item in value):
                words += [f"--{option}", *map(self._word, value)]
            else:
                words += [f"--{option}", self._word(value)]
        return " ".join(words)

    def _word(self, value: Any) -> str:
        """Return *value* as one word of the shell; only what this module has made is run or expanded."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if not _MARK.search(text):
            if "'" in text and not _SPECIAL.search(text):
                return f'"{text}"'
            return text if _PLAIN.fullmatch(text) else shlex.quote(text)
        text = _QUOTED.sub(self._within_json, text) if value is not text else text
        whole = _MARK.fullmatch(text)
        if whole and isinstance(value, _List):
            # One word for each.
            return f"{self._shell[int(whole[1])][:-1]} --output text)"
        parts = _MARK.split(text)
        shown = [
            self._shell[int(part)] if number % 2 else _SPECIAL.sub(r"\\\1", part) for number, part in enumerate(parts)
        ]
        return f'"{"".join(shown)}"'

    def _within_json(self, quoted: re.Match[str]) -> str:
        """Return the mark of a list within a structure, which is no text there."""
        command = self._shell[int(quoted[1])]
        if quoted[1] not in self._lists:
            return quoted[0]
        return self._marked(f"{command[:-1]} --output json)")

    # ------------------------------------------------------------ many objects

    def _each(self, each: Each, call: Call) -> Iterator[str]:
        """Yield the loop over the objects of a bucket.

        The command line asks for page after page; text has one line for each object, its key last, so that a key with
        quotes or tabs is a key.
        """
        home, there = self._word(self.name("region")), self._word(self.name("recovery_region"))
        at_home, copy = self._word(self.name("bucket")), self._word(self.name("recovery_bucket"))
        if each is Each.WRITTEN_THERE:
            yield f"aws s3 sync s3://{copy} s3://{at_home} --source-region {there} --region {home}"
            return
        region, bucket = (home, at_home) if call.region is Role.HOME else (there, copy)
        listed = f"aws s3api list-object-versions --region {region} --bucket {bucket}"
        if each is Each.DELETED_SINCE:
            # A thousand in one call; the list is asked again until none is left.
            query = (
                "{Quiet: `true`, Objects: DeleteMarkers[?IsLatest && LastModified>='${SINCE:0:19}'] | [:1000]"
                ".{Key: Key, VersionId: VersionId}}"
            )
            yield (
                f"while {listed} --output json --query {_expanded(query)} > markers.json; grep -q VersionId "
                f"markers.json; do aws s3api delete-objects --region {region} --bucket {bucket} --delete "
                "file://markers.json > refused.json && ! grep Message refused.json || break; done"
            )
            return
        query = "Versions[].[VersionId,LastModified,IsLatest,StorageClass,Key]"
        yield (
            f"{listed} --output text --query {shlex.quote(query)} | while IFS=$'\\t' read -r version modified latest "
            'class key; do if [ "$latest" = True ]; then bad=; [[ "${modified:0:19}" < "${SINCE:0:19}" ]] || bad=$key; '
            'elif [ -n "$bad" ] && [ "$key" = "$bad" ] && [[ "${modified:0:19}" < "${SINCE:0:19}" ]]; then bad=; '
            f'aws s3api copy-object --region {region} --bucket {bucket} --key "$key" --copy-source '
            f'{bucket}/"$key?versionId=$version" --storage-class "$class" > copied.json < /dev/null; fi; done'
        )


_OPTIONAL = frozenset(
    {
        "latest",
        "moment",
        "option_group",
        "recovery_access_log_bucket",
        "recovery_option_group",
        "recovery_insights_key",
        "recovery_password_key",
    }
)
"""Names without which a call is made all the same."""


def variable(key: str) -> str:
    """Return what a name that nobody knows is called in a shell."""
    return _NOT_A_NAME.sub("_", key).upper()


def _expanded(text: str) -> str:
    """Return *text* in double quotes, with its variables left to the shell and its back quotes taken as they stand."""
    return '"' + text.replace("`", "\\`") + '"'


def _names_of(value: Any) -> tuple[str, ...]:
    from constructs_lib.procedures.value import Name

    return (value.key,) if isinstance(value, Name) else ()
