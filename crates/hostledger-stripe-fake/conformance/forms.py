"""Checks calls against Stripe's published OpenAPI description.

    forms.py path/to/stripe.com.json < calls

Each line of the input is a JSON object with "method", "path", and optionally "query" and "form"
(pairs of name and value, in order), "status" and "answer" (the body as text). The parameters must
satisfy the endpoint's form schema: unknown fields are forbidden, required ones are there, types,
enums and lengths are right. The answer must satisfy the schema of the object or of errors.

A call that was refused because of its parameters' names or types must be refused here too. Prints
each problem, and how much was checked; exits with 1 where there was one.
"""

import json
import re
import sys

REFUSED_BY_SCHEMA = ("parameter_unknown", "parameter_missing")


class Description:
    def __init__(self, file):
        with open(file, encoding="utf-8") as opened:
            self.whole = json.load(opened)
        self.paths = []
        for template, methods in self.whole["paths"].items():
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
            self.paths.append((template.count("{"), re.compile(pattern + r"\Z"), methods))
        # The plainest path first: /v1/accounts/{id} must not swallow a fixed name.
        self.paths.sort(key=lambda it: it[0])

    def operation(self, method, path):
        for _, pattern, methods in self.paths:
            if pattern.match(path) and method.lower() in methods:
                return methods[method.lower()]
        return None

    def resolve(self, schema):
        while "$ref" in schema:
            target = self.whole
            for part in schema["$ref"].lstrip("#/").split("/"):
                target = target[part]
            schema = target
        return schema


def tree(pairs):
    """Nested names as nested objects; `a[]` counts up."""
    root = {}
    for name, value in pairs:
        head, _, rest = name.partition("[")
        parts = [head] + (rest.rstrip("]").split("][") if rest or name.endswith("[]") else [])
        at = root
        for part in parts[:-1]:
            at = at.setdefault(part, {})
            if not isinstance(at, dict):
                return {name: "both a value and an object"}
        last = parts[-1] if parts[-1] or len(parts) == 1 else str(len(at))
        at[last] = value
    return root


def form_problems(description, schema, value, at):
    """Problems of a form value, where every leaf is a text."""
    schema = description.resolve(schema)
    if "anyOf" in schema:
        tried = [form_problems(description, one, value, at) for one in schema["anyOf"]]
        return min(tried, key=len)
    kind = schema.get("type")
    if kind == "object":
        if not isinstance(value, dict):
            return [f"{at}: an object is wanted"]
        known = schema.get("properties", {})
        more = schema.get("additionalProperties", False)
        problems = [
            f"{at}: {name} is required" for name in schema.get("required", []) if name not in value
        ]
        for name, inner in value.items():
            if name in known:
                problems += form_problems(description, known[name], inner, f"{at}.{name}")
            elif isinstance(more, dict):
                problems += form_problems(description, more, inner, f"{at}.{name}")
            elif not more:
                problems.append(f"{at}: {name} is unknown")
        return problems
    if kind == "array":
        if not isinstance(value, dict):
            return [f"{at}: a list is wanted"]
        return [
            problem
            for name, inner in value.items()
            for problem in form_problems(description, schema["items"], inner, f"{at}.{name}")
        ]
    if not isinstance(value, str):
        return [f"{at}: a plain value is wanted"]
    pattern = {"integer": r"-?\d+", "number": r"-?\d+(\.\d+)?", "boolean": "true|false"}.get(kind)
    if pattern and not re.fullmatch(pattern, value):
        return [f"{at}: {value!r} is no {kind}"]
    return word_problems(schema, value, at)


def word_problems(schema, value, at):
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is none of {schema['enum']}"]
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        return [f"{at}: longer than {schema['maxLength']}"]
    return []


def object_problems(description, schema, value, at):
    """Problems of a JSON value."""
    schema = description.resolve(schema)
    if value is None:
        return [] if schema.get("nullable") else [f"{at}: may not be null"]
    if "anyOf" in schema:
        tried = [object_problems(description, one, value, at) for one in schema["anyOf"]]
        return min(tried, key=len)
    kind = schema.get("type")
    python = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
    }.get(kind)
    # In Python a truth value is an int as well.
    if python and (not isinstance(value, python) or isinstance(value, bool) != (kind == "boolean")):
        return [f"{at}: {value!r} is no {kind}"]
    if kind == "array":
        return [
            problem
            for index, inner in enumerate(value)
            for problem in object_problems(description, schema["items"], inner, f"{at}[{index}]")
        ]
    if kind != "object":
        return word_problems(schema, value, at)
    problems = [
        f"{at}: {name} is required" for name in schema.get("required", []) if name not in value
    ]
    known = schema.get("properties", {})
    more = schema.get("additionalProperties")
    for name, inner in value.items():
        if name in known:
            problems += object_problems(description, known[name], inner, f"{at}.{name}")
        elif isinstance(more, dict):
            problems += object_problems(description, more, inner, f"{at}.{name}")
    return problems


def parameters_schema(operation):
    body = operation.get("requestBody", {}).get("content", {})
    body = body.get("application/x-www-form-urlencoded", {}).get("schema")
    query = {
        "type": "object",
        "additionalProperties": False,
        "properties": {},
        "required": [],
    }
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query":
            query["properties"][parameter["name"]] = parameter["schema"]
            if parameter.get("required"):
                query["required"].append(parameter["name"])
    nothing = {"type": "object", "additionalProperties": False}
    return query, body or nothing


def call_problems(description, call):
    operation = description.operation(call["method"], call["path"])
    answer = json.loads(call["answer"]) if call.get("answer") else None
    # The answer's own status decides: a fault may have sent another one.
    failed = isinstance(answer, dict) and "error" in answer
    code = answer["error"].get("code") if failed else None
    if operation is None:
        return [] if failed else ["the description has no such endpoint"]
    query, form = parameters_schema(operation)
    problems = form_problems(description, query, tree(call.get("query", [])), "query")
    problems += form_problems(description, form, tree(call.get("form", [])), "form")
    if code == "parameter_invalid_integer":
        problems = []  # A bound that was passed over isn't in the description.
    if code in REFUSED_BY_SCHEMA:
        problems = [] if problems else [f"answered {code}, but the description allows it"]
    if answer is not None:
        wanted = operation["responses"]["default" if failed else "200"]
        schema = wanted["content"]["application/json"]["schema"]
        problems += object_problems(description, schema, answer, "answer")
    return problems


def main():
    description = Description(sys.argv[1])
    calls = answers = bad = 0
    for text in sys.stdin:
        if not text.strip():
            continue
        call = json.loads(text)
        calls += 1
        answers += 1 if call.get("answer") else 0
        for problem in call_problems(description, call):
            bad += 1
            print(f"{call['method']} {call['path']}: {problem}")
    print(f"{calls} calls and {answers} answers checked, {bad} problems")
    sys.exit(1 if bad or not calls else 0)


if __name__ == "__main__":
    main()
