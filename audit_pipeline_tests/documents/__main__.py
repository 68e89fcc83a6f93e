"""Write every reference page that is made from code."""

from audit_pipeline_tests.documents import REFERENCE, documents

if __name__ == "__main__":
    for file, content in documents().items():
        (REFERENCE / file).write_bytes(content)
