"""Mistakes in the right file: a text replaced, and what is said of it."""

from audit_pipeline_tests.audits.files import SHA256

KINDS = "csv, delta, http_json, iceberg, json_lines, parquet, spark_table, sql"
"""Every kind of source, as a message lists them."""

MISTAKES: dict[str, tuple[tuple[str, str], str]] = {
    "an unknown key": (
        ("limits:", "limit:"),
        "28: limit: unknown key 'limit' (did you mean 'limits'?); take it out or correct it",
    ),
    "an unknown key further in": (
        ("  id: id\n", "  id: id\n  identifier: id\n"),
        "13: columns.identifier: unknown key 'identifier'; take it out or correct it",
    ),
    "a misspelt key further in": (
        ("  every: day\n", "  every: day\n  timezon: UTC\n"),
        (
            "20: window.timezon: unknown key 'timezon' (did you mean 'timezone'?); take it out or"
            " correct it"
        ),
    ),
    "a missing key": (
        ("owner: Credit risk team\n", ""),
        "1: owner: the key 'owner' is missing; add it",
    ),
    "a missing key further in": (
        ("  every: day\n", ""),
        "18: window.every: the key 'every' is missing; add it",
    ),
    "a word that is none of a few": (
        ("risk: high", "risk: huge"),
        "5: risk: found 'huge'; write 'low', 'medium' or 'high'",
    ),
    "another format of file": (("format: 1\n", "format: 2\n"), "1: format: found 2; write 1"),
    "a word where a number is due": (
        ("warn: 0.01", "warn: low"),
        (
            "29: limits.roc_auc.warn: found 'low'; write a valid number, unable to parse string as"
            " a number"
        ),
    ),
    "a key that stands twice": (
        ("risk: high", "risk: high\nrisk: low"),
        "6: is no valid YAML: the key 'risk' stands twice",
    ),
    "a tab": (
        ("  every: day", "\tevery: day"),
        "19: is no valid YAML: found character '\\t' that cannot start any token",
    ),
    "a bracket left open": (
        ("[age, income]", "[age, income"),
        "15: is no valid YAML: expected ',' or ']', but got ':'",
    ),
    "a placeholder left in": (
        ("owner: Credit risk team", "owner: {{ owner }}"),
        "4: is no valid YAML: a key must be a word or a number; put text with braces in quotes",
    ),
    "a Python object": (
        ("owner: Credit risk team", "owner: !!python/name:os.system"),
        (
            "4: is no valid YAML: could not determine a constructor for the tag"
            " 'tag:yaml.org,2002:python/name:os.system'"
        ),
    ),
    "a name unlike the file's": (
        ("name: credit", "name: credits"),
        "2: name: found 'credits' in a file named credit.yaml; name both alike",
    ),
    "a name that is no name": (
        ("name: credit", "name: Credit!"),
        "2: name: found 'Credit!'; String should match pattern '^[a-z][a-z0-9_]{0,62}$'",
    ),
    "an unknown metric": (
        ("roc_auc: {", "roc_acu: {"),
        "29: limits.roc_acu: there is no metric 'roc_acu' (did you mean 'roc_auc'?)",
    ),
    "an unknown kind of source": (
        ("kind: parquet", "kind: parkay"),
        f"8: current.table: found kind 'parkay'; write one of {KINDS}",
    ),
    "a misspelt kind of source": (
        ("kind: parquet", "kind: parquett"),
        (
            f"8: current.table: found kind 'parquett'; write one of {KINDS} (did you mean"
            " 'parquet'?)"
        ),
    ),
    "no kind of source": (
        ("kind: parquet, ", ""),
        f"8: current.table: the key 'kind' is missing; write one of {KINDS}",
    ),
    "an unknown setting of a source": (
        ("delimiter:", "delimeter:"),
        (
            "10: baseline.table.delimeter: unknown key 'delimeter' (did you mean 'delimiter'?);"
            " take it out or correct it"
        ),
    ),
    "a source without its path": (
        (", path: data/now.parquet", ""),
        "8: current.table.path: the key 'path' is missing; add it",
    ),
    "an unknown format of model": (
        ("xgboost_json", "pickle"),
        "23: model.format: found 'pickle'; write one of xgboost_json",
    ),
    "a digest that is none": (
        (SHA256, "abc"),
        "24: model.sha256: found 'abc'; String should match pattern '^[0-9a-f]{64}$'",
    ),
    "an unknown time zone": (
        ("  every: day\n", "  every: day\n  timezone: Europe/Atlantis\n"),
        "20: window.timezone: 'Europe/Atlantis' is no IANA time zone; write one like Europe/Berlin",
    ),
    "hours that are not whole": (
        ("  every: day\n", "  every: hour\n  timezone: Australia/Lord_Howe\n"),
        (
            "18: window: the clocks of Australia/Lord_Howe change by part of an hour, so its hours"
            " are not whole; write `timezone: UTC` or longer windows"
        ),
    ),
    "a date that does not exist": (
        ("2016-01-01", "2016-02-30"),
        "20: is no valid YAML: found '2016-02-30': day is out of range for month",
    ),
    "a word where a date is due": (
        ("2016-01-01", "yesterday"),
        "20: window.start: found 'yesterday'; write a valid date",
    ),
    "an end before the start": (
        ("2016-01-01", "2016-01-01\n  end: 2015-01-01"),
        "18: window: no whole day lies between `start` and `end`; set `end` later, or leave it out",
    ),
    "a target among the features": (
        ("[age, income]", "[age, repaid]"),
        (
            "11: columns: the target 'repaid' is also a feature: the model would be told the"
            " answer; take it out of `features`"
        ),
    ),
    "no features": (
        ("[age, income]", "[]"),
        "14: columns.features: found {}; Dictionary should have at least 1 item",
    ),
    "two rules of one name": (
        (
            "    kwargs: {column: id}\n",
            (
                "    kwargs: {column: id}\n  - {expect: expect_column_values_to_be_unique, kwargs:"
                " {column: id}}\n"
            ),
        ),
        "1: two rules are named 'column_values_to_be_unique_id'; give one of them another `name`",
    ),
    "a rule named like a metric": (
        ("    kwargs: {column: id}\n", "    kwargs: {column: id}\n    name: roc_auc\n"),
        "25: rules: a rule is named 'roc_auc', which is a metric's name",
    ),
    "an expectation that is none": (
        ("expect: expect_column_values_to_be_unique", "expect: unique"),
        "26: rules.0.expect: found 'unique'; String should match pattern '^(expect_[a-z0-9_]+|",
    ),
    "a skip without a reason": (
        ("{against: change, warn: 0.01, fail: 0.03}", "{skip: true}"),
        "29: limits.roc_auc: a metric that is skipped needs a `reason`: the report shows it",
    ),
    "two classes that are one": (
        ("{column: repaid}", "{column: repaid, positive: 1, negative: 1}"),
        (
            "16: columns.target: `positive` is 1 and `negative` is 1; write two different values of"
            " one type"
        ),
    ),
}
