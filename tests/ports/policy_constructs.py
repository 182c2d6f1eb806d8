"""Every construct and builtin of the profile in small pieces of Rego, with the edges where engines part."""

# Each gives values to report; `c` is a contract of the view, `n` the column names, `o` an object of texts.
EXPRESSIONS = {
    "abs": "[abs(-1), abs(0), abs(25)]",
    "array.concat": 'array.concat(n, ["x"])',
    "array.slice": "array.concat(array.slice(n, 1, 2), array.concat(array.slice(n, -1, 1), array.slice(n, 2, 99)))",
    "concat": 'concat(", ", n)',
    "concat of a set": 'concat(",", {"b", "a", "é"})',
    "contains": '[x | some y in n; contains(y, "i"); x := y]',
    "count": '[count(n), count(split("größe😀", "")), count({1, 1, 2}), count({}), count(o)]',
    "endswith": '[x | some y in n; endswith(y, "il"); x := y]',
    "glob.match": '[x | some y in n; glob.match("*_id", [], y); x := y]',
    "glob.match with a delimiter": '[x | some y in ["a.b", "a.b.c", "ab"]; glob.match("a.*", ["."], y); x := y]',
    "intersection": "intersection({{1, 2}, {2, 3}}) == {2}",
    "is_array": "[is_array(n), is_array(o)]",
    "is_boolean": "[is_boolean(true), is_boolean(1)]",
    "is_number": '[is_number(15), is_number("1")]',
    "is_object": "[is_object(o), is_object(n)]",
    "is_set": "[is_set({1}), is_set([1])]",
    "is_string": '[is_string(""), is_string(1)]',
    "lower": '[lower("GRÖSSE"), lower("É"), lower("ẞ")]',
    "max": "[max([3, 1, 2]), max({2, 1})]",
    "max of texts": 'max(["a", "b", "B"])',
    "min": "[min([3, 1, 2]), min({2, 1})]",
    "object.get": '[object.get(o, "a", "none"), object.get(o, "z", "none"), object.get({}, "a", 1)]',
    "object.get of null": '[object.get({"a": null}, "a", 1) == null]',
    "object.keys": "[x | some x in object.keys(o)]",
    "regex.match": r'[x | some y in n; regex.match("^[a-z]+_(id|code)$", y); x := y]',
    "regex.match of classes": r'[regex.match(`^[0-9]{2} [a-z]+$`, "12 ab"), regex.match("(?i)ABC", "xabcx"), regex.match("^$", "")]',
    "replace": '[replace("aaa", "a", "b"), replace("abc", "", "-"), replace("abc", "x", "y")]',
    "sort": 'sort(["b", "a", "B", "é", "z"])',
    "sort of numbers": "sort([3, 1, -2])",
    "split": '[split("a,b,,c", ",") == ["a", "b", "", "c"], count(split("", ",")), count(split("abc", ""))]',
    "startswith": '[x | some y in n; startswith(y, "e"); x := y]',
    "strings.any_prefix_match": '[strings.any_prefix_match("abc", {"x", "ab"}), strings.any_prefix_match(["q", "w"], "x")]',
    "strings.any_suffix_match": '[strings.any_suffix_match("abc", {"x", "bc"}), strings.any_suffix_match(["q", "w"], "x")]',
    "substring": '[substring("größe", 1, 2), substring("abc", 1, -1), substring("abc", 5, 1)]',
    "sum": "[sum([1, 25, -1]), sum([]), sum({1, 1, 2})]",
    "time.parse_rfc3339_ns": '[time.parse_rfc3339_ns("2026-11-21T00:00:00Z") > time.parse_rfc3339_ns("2026-11-21T00:30:00+01:00")]',
    "trim": '[trim("xxaxx", "x"), trim("  a ", " ")]',
    "trim_prefix": '[trim_prefix("abab", "ab"), trim_prefix("abc", "x")]',
    "trim_space": '[trim_space("\\t a b \\n")]',
    "trim_suffix": '[trim_suffix("abab", "ab")]',
    "type_name": '[type_name(1), type_name("a"), type_name([]), type_name({}), type_name({1}), type_name(null), type_name(true)]',
    "union": "union({{1, 2}, {2, 3}}) == {1, 2, 3}",
    "addition": "[1 + 2, 0 + -1]",
    "subtraction": "[5 - 7, 2 - -5]",
    "subtraction of sets": "{1, 2, 3} - {2} == {1, 3}",
    "multiplication": "[3 * 4, -2 * 3]",
    "remainder": "[7 % 3, 6 % 3, -7 % 3]",
    "precedence": "[1 + 2 * 3, (1 + 2) * 3, 10 - 4 - 3]",
    "comparison of numbers": "[1 < 2, 2 <= 2, 3 > 4, 1 >= 1, 1 == 1, 1 != 2]",
    "comparison of texts": '["a" < "b", "B" < "a", "é" > "z", "" < "a", "a" == "a"]',
    "comparison across types": '[1 == "1", true == 1, [] == {}, "a" != 1]',
    "equality of structures": '[[1, [2]] == [1, [2]], {"a": 1, "b": 2} == {"b": 2, "a": 1}, {1, 2} == {2, 1}]',
    "membership in an array": '["a" in ["a", "b"], "z" in ["a"], 1 in [1]]',
    "membership in a set": '["a" in {"a"}, "z" in {"a"}]',
    "membership in an object": '["1" in {"a": "1"}, "a" in {"a": "1"}]',
    "union of sets": "({1} | {2}) == {1, 2}",
    "intersection of sets": "({1, 2} & {2, 3}) == {2}",
    "array comprehension": "[x | some y in c.columns; x := y.name]",
    "array comprehension with two conditions": '[x | some y in c.columns; y.required; y.name != "email"; x := y.name]',
    "set comprehension": "count({x | some y in c.columns; x := y.logicalType})",
    "object comprehension": 'object.get({y.name: y.logicalType | some y in c.columns}, "email", "")',
    "comprehension of nothing": "[x | some x in []]",
    "comprehension within another": "[count([z | some z in c.columns; z.logicalType == y.logicalType]) | some y in c.columns]",
    "texts with escapes": r'["\u00e9", "a\tb", "\"", "\\", "\/"]',
    "raw text": r"[`a\n\z`]",
    "text over lines": "[`a\nb`]",
    "numbers": "[0, -1, 123456789012, 9007199254740992]",
    "constants": "[true, false, null == null]",
    "trailing commas": '[1, 2, count({"a": 1, "b": 2,}),]',
    "index by number": "[n[0], n[1]]",
    "index by name": '[o["a"], o.b]',
    "index by variable": "[x | some i in [0, 1]; x := n[i]]",
    "index beyond the end": "[x | some i in [0, 99]; x := n[i]]",
    "unicode": '["größe", "日本", "😀", "e\\u0301"]',
}

# Bodies that bind `seen`, once for each thing that is reported.
BODIES = {
    "some with a value": "some y in c.columns\n\tseen := y.name",
    "some with a key and a value": "some i, y in c.columns\n\ty.critical == false\n\tseen := i",
    "some with an object's key": 'some k, y in o\n\tseen := concat("=", [k, y])',
    "some in a set": 'some y in {"b", "a"}\n\tseen := y',
    "some in an empty list": "some y in []\n\tseen := y",
    "some without a collection": 'some i\n\tn[i] == "email"\n\tseen := i',
    "two somes": "some y in c.columns\n\tsome t in y.tags\n\tseen := [y.name, t]",
    "every": 'every y in c.columns { y.name != "" }\n\tseen := "all"',
    "every with an index": 'every i, y in n { i < size(y) + 99 }\n\tseen := "all"',
    "every that fails": 'every y in c.columns { y.name == "email" }\n\tseen := "all"',
    "every over nothing": 'every y in [] { y == 1 }\n\tseen := "vacuous"',
    "every over lines": 'every y in c.columns {\n\t\tlimit := 0\n\t\tcount(y.tags) >= limit\n\t}\n\tseen := "all"',
    "not of a membership": 'some y in n\n\tnot y in ["email", "zip_code"]\n\tseen := y',
    "not of a call": 'some y in n\n\tnot startswith(y, "e")\n\tseen := y',
    "not of a flag": "some y in c.columns\n\tnot y.critical\n\tseen := y.name",
    "not of an own function": "some y in n\n\tnot short(y)\n\tseen := y",
    "not of a comparison": 'not c.status == "retired"\n\tseen := c.id',
    "unification": "[x, y] = [1, 2]\n\tseen := [x, y]",
    "assignment of a list": "[x, y] := [1, 2]\n\tseen := [x, y]",
    "an own function": "some y in n\n\tseen := shown(y)",
    "an own function of one line": "some y in n\n\tshort(y)\n\tseen := y",
    "an own function with else": "some y in n\n\tseen := graded(y)",
    "an own function by its argument": 'some y in ["a", "b", "c"]\n\tseen := named(y)',
    "an own rule": "seen := limit",
    "an own rule with a default": "seen := fallback",
    "an own set": "some seen in long",
    "a condition that is false": 'c.id == ""\n\tseen := 1',
    "semicolons": 'some y in n; y != "email"; seen := y',
    "a value over lines": "x := [\n\t\t1,\n\t\t2,\n\t]\n\tseen := x",
    "an operator at the end of a line": "x := 1 +\n\t\t2\n\tseen := x",
    "comments": 'some y in n # all of them\n\t# one only: }\n\ty == "email"\n\tseen := y # the end',
    "the instant": "seen := [time.parse_rfc3339_ns(input.now) > 0, input.today]",
    "a custom property": 'some y in c.columns\n\tseen := object.get(y.custom, "masking", "none")',
    "a parameter": "some seen in data.org.params.limits.names",
    "a parameter by a value": 'some k in ["a", "z"]\n\tseen := data.org.params.limits.by_name[k]',
    "what other assets serve": 'some y in object.get(input.mesh.columns, "zip_code", [])\n\tseen := y.logicalType',
}
HELPERS = """
shown(x) := concat("", ["<", x, ">"]) if x != "email"

shown(x) := "mail" if x == "email"

short(x) if size(x) < 6

graded(x) := "short" if size(x) < 6

else := "middle" if size(x) < 9

else := "long"

named("a") := 1

named("b") := 2

limit := 5

size(x) := count(split(x, ""))

default fallback := "none"

fallback := "some" if limit > 9

long contains x if {
	some x in ["email", "zip_code", "a"]
	size(x) > limit
}
"""
PARAMETERS = {"limits": {"names": ["x", "y"], "by_name": {"a": "first", "b": "second"}}}


def module_of(body: str) -> str:
    """A rule that reports what `seen` is."""
    return (
        "violation contains v if {\n\tsome c in input.contracts\n"
        "\tn := [column.name | some column in c.columns]\n"
        '\to := {"a": "1", "b": "2"}\n'
        "\tn != [c.id]\n\to != {}\n"
        f"\t{body}\n"
        '\tv := {"id": "ORG-TST-001", "path": "/asset", "args": {"what": seen}}\n}\n' + HELPERS
    )


CASES = {name: module_of(f"seen := {text}") for name, text in EXPRESSIONS.items()} | {
    name: module_of(text) for name, text in BODIES.items()
}
