"""Texts on which a quantised graph is compared with the plain one: questions, prose, code, several scripts, lengths."""

from inference.inputs import Input

QUERIES = (
    "How do I add a service?",
    "Where are the passwords kept?",
    "Wie lange werden Sicherungen aufbewahrt?",
)
PASSAGES = (
    "Create one file in the catalogue with image, port and health check, then name it in the environment's file.",
    "The database is dumped every night, and each dump is kept for thirty days on another machine.",
    "Passwords are generated once, kept in the encrypted state, and reach a container only as files.",
    "An idle machine with a graphics card is stopped after thirty minutes, because it costs money by the hour.",
    "Bananas are rich in potassium.",
    "A kitten is resting on a rug near the fire.",
    "Quarterly revenue grew by nine percent, while costs stayed where they had been a year before.",
    "def add(left: int, right: int) -> int:\n    return left + right",
    "SELECT name, count(*) FROM visits GROUP BY name HAVING count(*) > 3;",
    "Die Sicherungen werden dreißig Tage lang aufbewahrt und danach gelöscht.",
    "Le chat dort sur le tapis.",
    "El servicio se reinicia por sí mismo cuando deja de responder.",
    "数据库每天晚上备份一次。保留三十天。",
    "サービスを追加するには、カタログにファイルを一つ作ります。",
    "كيف أضيف خدمة جديدة إلى المنصة؟",
    "Как добавить новую службу?",
    "2026-11-21T06:10:40Z ERROR connection refused 10.0.0.13:5432 retrying in 5 s",
    "yes",
    "a b c d e f g",
    "The tunnel connects the machines at home with the public names, and every name stands behind a login. " * 6,
)


def probes(*, cross_encoder: bool) -> list[Input]:
    """What the model reads: each passage, for a cross-encoder after each query."""
    if cross_encoder:
        return [Input(query, pair=passage) for query in QUERIES for passage in PASSAGES]
    return [Input(passage) for passage in PASSAGES]
