"""Audits of machine-learning models: validate, measure drift, explain, report, prove."""

__version__ = "0.1.0"
