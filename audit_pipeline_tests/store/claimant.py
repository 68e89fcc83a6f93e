"""A process that claims a window's content, says what it was answered, and lives on until told.

Arguments: store URL, run id, content. It claims when a line comes in, and ends when the input does.
"""

import json
import sys

from audit_pipeline.store.claims import Wanted
from audit_pipeline.store.owner import this_process
from audit_pipeline.store.store import Store


def main() -> None:
    url, run_id, content = sys.argv[1:]
    store = Store(url)
    print("ready", flush=True)  # noqa: T201 (to the test)
    for _ in sys.stdin:
        wanted = Wanted(audit="credit", window="2016-01-01", content=content)
        answer = store.claim(wanted, this_process(run_id))
        print(json.dumps([answer.state, answer.revision, answer.run_id]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
