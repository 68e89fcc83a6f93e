"""A small example for each part of an audit file; the tests read every one of them."""

EXAMPLES = {
    "file": """
format: 1
name: loans
purpose: Decides which loan applications are granted without a human.
owner: credit-models@example.com
risk: high
task: binary
""",
    "current": """
current:
  table: {kind: parquet, path: "/data/loans/day=%Y-%m-%d/part-*.parquet"}
  predictions: {kind: csv, path: /data/loans/scored.csv}
  labels: {kind: csv, path: /data/loans/repaid.csv}
""",
    "baseline": """
baseline:
  table: {kind: parquet, path: /data/loans/approved_on.parquet}
""",
    "columns": """
columns:
  id: application
  timestamp: {column: asked_at, format: "%d.%m.%Y"}     # or just the name
  features:
    income: {kind: numeric, title: Yearly income (EUR)}
    purpose: categorical
    children:
  prediction: {label: granted, score: probability, threshold: 0.6}
  target: {column: repaid, positive: "yes", negative: "no"}
  groups:
    sex: {labels: {1: male, 2: female}}
  version: model_version
  weight: weight
""",
    "window": """
window: {every: day, start: 2026-01-01, timezone: Europe/Berlin}
""",
    "model": """
model:
  path: ../../models/loans.json
  format: xgboost_json
  sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
""",
    "rules": """
rules:
  - expect: expect_column_values_to_be_between
    kwargs: {column: income, min_value: 0, max_value: 10000000, mostly: 0.999}
    on_failure: warn
    set_by: Credit risk
    reason: Incomes outside this range were always typing errors.
""",
    "limits": """
limits:
  population_stability_index:
    warn: 0.1
    fail: 0.2
    set_by: Model risk committee
    subjects:
      income: {fail: 0.3, reason: Moves with the season.}
  roc_auc: {against: change, fail: 0.03}
  wasserstein_distance: {skip: true, reason: Nobody here reads it.}
""",
    "engine": """
engine:                                # left out: DuckDB
  kind: spark
  master: spark://spark.example.org:7077
  options: {spark.executor.memory: 4g}
""",
    "schedule": """
schedule: {cron: "30 4 * * *", stable_seconds: 300, deadline_hours: 8}
""",
    "explain": """
explain: {sample: 2000, seed: 7}
""",
    "report": """
report: {title: Small loans, features_shown: 10}
""",
    "findings": """
findings:
  due_days: {critical: 1, high: 5}     # the others as they are
""",
}
