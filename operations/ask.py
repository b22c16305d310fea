"""Asks the platform a question about this project's documents, or about the files named.

Exit codes: 0 answered, or, where only a stand-in with random weights is there, the passages found; 1 a service failed;
2 the sources do not hold the answer, or wrong usage. Files are split, embedded and kept in Postgres; asking again
embeds only what changed. EMBED_SERVICE_URL, RERANK_SERVICE_URL, OLLAMA_BASE_URL, DATABASE_URL and CHAT_MODEL each
take the place of what the stack's outputs say.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from operations.ask_report import Report
from operations.databases.connection import address_of
from operations.databases.planned import database_of
from operations.failure import USAGE, Failure, guarded
from operations.outputs import stack_outputs
from operations.project import ROOT
from operations.retrieval.answer import ChatModel, is_answer
from operations.retrieval.connections import Connections
from operations.retrieval.documents import load
from operations.retrieval.search import KnowledgeSource, Search
from operations.stack_plan import stack_plan

COULD_NOT_TELL = 2
STAND_IN_TOKENS = 8


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The parsed command line; ends the process with 2 when it is wrong."""
    description, _, epilog = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser("scripts/ask", description=description, epilog=epilog)
    parser.add_argument("question", help="in quotes")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="text, Markdown, or a folder of Markdown")
    parser.add_argument("-s", "--stack", default="dev", help="environment to ask (default: dev)")
    parser.add_argument("--database", metavar="NAME", help="ask a database of the knowledge schema, in place of files")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of text")
    parser.add_argument("--top-k", type=int, default=5, metavar="N", help="passages to answer from (default: 5)")
    parser.add_argument("--chunk-size", type=int, default=1000, metavar="CHARACTERS", help="(default: 1000)")
    parser.add_argument("--overlap", type=int, default=200, metavar="CHARACTERS", help="(default: 200)")
    parser.add_argument("--rebuild", action="store_true", help="drop what was embedded before, of all files")
    options = parser.parse_args(argv)
    if not options.question.strip():
        parser.error("the question is empty")
    if options.database and (options.files or options.rebuild):
        parser.error("--database is asked in place of files")
    if not 1 <= options.top_k <= 50:
        parser.error("--top-k must be 1 to 50")
    if not 0 <= options.overlap < options.chunk_size // 2 or options.chunk_size < 100:
        parser.error("--chunk-size must be 100 or more, --overlap less than half of it")
    return options


def ask(options: argparse.Namespace) -> int:
    """Searches, answers, reports. What was found is shown even if the answer fails. Raises Failure."""
    report = Report(options.question, as_json=options.json)
    with Connections.reaching(options.stack) as connections:
        return _answered(options, connections, report)


def _answered(options: argparse.Namespace, connections: Connections, report: Report) -> int:
    try:
        search = Search(options.top_k, options.chunk_size, options.overlap, options.rebuild)
        if options.database:
            ranking = search.in_knowledge(connections, _knowledge(options.stack, options.database), options.question)
        else:
            documents = load(ROOT, options.files)
            ranking, report.synced = search.run(connections, documents, options.question, report.say)
        report.passages = ranking.passages
        if ranking.warning:
            report.warn(ranking.warning)
        return _answer(connections, report) if ranking.passages else COULD_NOT_TELL
    except Failure as failure:
        report.error = str(failure)
        raise
    finally:
        report.close()


def _knowledge(stack: str, name: str) -> KnowledgeSource:
    plan = stack_plan(stack)
    database = database_of(plan, name)
    if database.schema != "knowledge":
        raise Failure(f"database {name} of {stack} has not the knowledge schema", "ask one that has", USAGE)
    return KnowledgeSource(address_of(plan, database, "read", stack_outputs(stack)).conninfo, database.tables)


def _answer(connections: Connections, report: Report) -> int:
    chat = ChatModel.choose(connections.ollama, connections.chat_model)
    report.model = chat.name
    if chat.is_stand_in:
        # Run all the same, on a short prompt: a question must prove that every part of the platform works.
        for _ in chat.stream(report.question, report.passages[:1], STAND_IN_TOKENS):
            pass
        report.stand_in()
        return 0
    answer = report.stream(chat.stream(report.question, report.passages))
    return 0 if is_answer(answer) else COULD_NOT_TELL


def main() -> int:
    options = arguments()
    return guarded(lambda: ask(options))


if __name__ == "__main__":
    sys.exit(main())
