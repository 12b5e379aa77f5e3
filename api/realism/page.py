"""The verdict as one self-contained HTML page: no script, nothing from elsewhere."""

from collections.abc import Iterable, Sequence
from html import escape

from api.realism.limitations import limits_of
from api.realism.lines import Line
from api.realism.panels import panels
from api.realism.verdict import Alone, Trial, Verdict
from api.realism.words import number, percent

FAMILIES = {
    "months": "月平均 · Monthly means",
    "hours": "日变化 · Hour of day",
    "quantiles": "分位数 · Quantiles",
    "memory": "自相关 · Autocorrelation",
    "days": "日际变化 · Day to day",
    "rain": "降雨 · Rain",
    "cross": "互相关 · Cross-correlations",
    "profile": "时段×星期 · Hour × weekday",
    "texture": "分钟纹理 · Minute texture",
}
_TRIAL_TITLES = (
    "检验 test",
    "模拟 simulated",
    "真实间 real : real",
    "随机游走 random walk",
    "窗口 windows",
    "露馅之处 what gives it away (AUC lost)",
)
_FEATURE_TITLES = (
    "单个特征 one feature of a window",
    "模拟均值 simulated mean",
    "真实均值 real mean",
    "模拟 simulated AUC",
    "真实间 real : real AUC",
)
_LINE_TITLES = (
    "",
    "项目 statistic",
    "模拟 simulated",
    "真实 real",
    "距离 distance",
    "真实间 real : real",
    "限值 limit",
    "原因 reason",
)
_STYLE = """
body{font:15px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC",sans-serif;color:#1d2733;
background:#fff;max-width:1120px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2rem 0 .4rem;
border-bottom:1px solid #d5dce4}p{margin:.3rem 0}
table{border-collapse:collapse;width:100%;font-size:13px;margin:.4rem 0}
th{text-align:left;font-weight:600;color:#56657a}td,th{padding:.2rem .5rem;
border-bottom:1px solid #edf0f4;vertical-align:top}td.n{text-align:right;white-space:nowrap;
font-variant-numeric:tabular-nums}th.n{text-align:right}
tr.bad td:first-child{color:#b3261e}tr.good td:first-child{color:#1f7a3d}
td.name{min-width:17rem}.sum{font-size:1.05rem;font-weight:600}.bad .why{color:#7a2a25}
svg{margin:.2rem .3rem .2rem 0}svg text{font:10px system-ui,sans-serif;fill:#56657a}
svg .title{font-size:11px;font-weight:600;fill:#1d2733}svg .y{text-anchor:end;
dominant-baseline:middle}svg .x{text-anchor:middle}svg .end{text-anchor:end}svg path{fill:none}
.grid{stroke:#edf0f4}.axis{stroke:#9aa7b7}.fit{stroke:#a9b8c9;stroke-width:1.6}
.check{stroke:#1f4e8c;stroke-width:1.6}.sim{stroke:#d2691e;stroke-width:1.6}
.key span{display:inline-block;margin-right:1.2rem}.key svg{margin:0 .3rem -.1rem 0}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def page(verdict: Verdict, about: dict[str, object]) -> str:
    """The whole document."""
    body = [
        _head(verdict, about),
        _classifier(verdict),
        _failures(verdict.lines),
        *(_family(name, verdict.lines) for name in FAMILIES),
        _limits(verdict),
        _plots(verdict),
    ]
    return (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>真实度报告 · Realism report</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )


def _head(verdict: Verdict, about: dict[str, object]) -> str:
    passed = sum(line.passed for line in verdict.lines)
    facts = "".join(f"<p>{escape(key)}: {escape(str(value))}</p>" for key, value in about.items())
    return (
        "<h1>真实度报告 · Realism report</h1>"
        f'<p class="sum">{passed} / {len(verdict.lines)} 项达标 · lines passed</p>'
        f"{facts}"
        f"<p>real to fit: {verdict.split.fit_name} · real to check: {verdict.split.check_name}</p>"
        f"<p>{_criterion(verdict)}</p>"
        f"{_control(verdict)}"
    )


def _criterion(verdict: Verdict) -> str:
    if verdict.shapes:
        return (
            "判据：时段×星期形状与同类真实站点的相关系数不低于 0.97，日总量方差相差不超过 25%。"
            "The hour × weekday profile must correlate with 0.97 or more with that of real sites "
            "of the same kind, the variance of the days must be within 25 %."
        )
    return (
        "判据：模拟与待检验年份的距离不超过真实年份之间距离的 1.25 倍（或下限）。"
        "A line passes when the simulated span is no farther from the real part to check than "
        "1.25 times what one real part is from the next, or than the floor."
    )


def _control(verdict: Verdict) -> str:
    real, simulated, told = verdict.control
    if not told:
        return ""
    years = verdict.split.spare_name
    return (
        f"<p>对照：把真实的 {years} 年放在模拟的位置上，{told} 项中通过 {real} 项，模拟通过 "
        f"{simulated} 项。Control: the real years {years} in the place of the simulated ones pass "
        f"{real} of {told} lines, the simulated span passes {simulated}; ° marks lines that the "
        "real years do not pass either.</p>"
    )


def _table(titles: Sequence[str], rows: Iterable[str]) -> str:
    head = "".join(f"<th>{title}</th>" for title in titles)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _cells(*values: str) -> str:
    return "".join(f'<td class="n">{value}</td>' for value in values)


def _classifier(verdict: Verdict) -> str:
    if not verdict.trials:
        return ""
    window = "an hour" if verdict.kind == "sound" else "a day"
    text = (
        "<p>0.5 不可区分，1 必可区分。0.5 cannot be told apart, 1 always: gradient boosting on "
        f"windows of {window}, cross-validated, folds grouped by time.</p>"
    )
    trials = _table(_TRIAL_TITLES, [_trial(trial) for trial in verdict.trials])
    rows = [_row(line) for line in verdict.lines if line.family == "classifier"]
    lines = _table(_LINE_TITLES, rows)
    details = _alone(verdict.alone) + _telling(verdict)
    return f"<h2>双样本检验 · Two-sample classifier</h2>{text}{trials}{lines}{details}"


def _trial(trial: Trial) -> str:
    aucs = (trial.simulated.auc, trial.real.auc, trial.random_walk_auc)
    windows = f"{trial.simulated.windows[0]} : {trial.simulated.windows[1]}"
    return (
        f"<tr><td>{trial.name_zh} · {trial.name_en}</td>"
        f"{_cells(*(number(auc) for auc in aucs), windows)}"
        f"<td>{escape(_blocks(trial))}</td></tr>"
    )


def _blocks(trial: Trial, count: int = 5) -> str:
    blocks = trial.simulated.gives_away[:count]
    return ", ".join(f"{name} {loss:+.3f}" for name, loss in blocks)


def _alone(alone: Sequence[Alone]) -> str:
    if not alone:
        return ""
    rows = [
        f"<tr><td>{one.column}</td>{_cells(number(one.simulated_auc), number(one.real_auc))}</tr>"
        for one in alone
    ]
    return _table(("单列 one column alone", "模拟 simulated AUC", "真实 real : real AUC"), rows)


def _telling(verdict: Verdict) -> str:
    rows = [
        f"<tr><td>{escape(one.feature)}</td>"
        + _cells(
            number(one.simulated_mean),
            number(one.real_mean),
            number(one.simulated_auc),
            number(one.real_auc),
        )
        + "</tr>"
        for one in verdict.telling
    ]
    return _table(_FEATURE_TITLES, rows)


def _failures(lines: Sequence[Line]) -> str:
    failed = [line for line in lines if not line.passed]
    if not failed:
        return "<h2>未达标 · Not reached</h2><p>无 · none</p>"
    items = "".join(f"<li>{escape(line.name_en)}: {escape(line.reason)}</li>" for line in failed)
    return f"<h2>未达标 · Not reached, and why</h2><ul>{items}</ul>"


def _family(name: str, lines: Sequence[Line]) -> str:
    rows = [_row(line) for line in lines if line.family == name]
    if not rows:
        return ""
    return f"<h2>{FAMILIES[name]}</h2>{_table(_LINE_TITLES, rows)}"


def _row(line: Line) -> str:
    shown = percent if line.relative else number
    usual = "" if line.yardstick is None else shown(line.yardstick)
    single = len(line.simulated) == 1
    return (
        f'<tr class="{"good" if line.passed else "bad"}"><td>{"✓" if line.passed else "✗"}</td>'
        f'<td class="name">{escape(line.name_zh)} · {escape(line.name_en)}{_unit(line)}'
        f"{' °' if line.control is False else ''}</td>"
        + _cells(
            number(line.simulated[0]) if single else "",
            number(line.real[0]) if single else "",
            shown(line.distance),
            usual,
            shown(line.limit),
        )
        + f'<td class="why">{escape(line.reason)}</td></tr>'
    )


def _unit(line: Line) -> str:
    return f" ({escape(line.unit)})" if line.unit else ""


def _limits(verdict: Verdict) -> str:
    items = "".join(f"<li>{escape(zh)} {escape(en)}</li>" for zh, en in limits_of(verdict.kind))
    return f"<h2>已知局限 · Known limits</h2><ul>{items}</ul>"


def _plots(verdict: Verdict) -> str:
    key = "".join(
        f'<span><svg width="26" height="10"><path class="{style}" d="M0 5H26"/></svg>{text}</span>'
        for style, text in (
            ("sim", "模拟 simulated"),
            ("check", f"真实 real {verdict.split.check_name}"),
            ("fit", f"真实 real {verdict.split.fit_name}"),
        )
    )
    shown = "".join(
        f"<h2>{escape(heading)}</h2>{''.join(charts)}" for heading, charts in panels(verdict)
    )
    return f'<h2>图 · Plots</h2><p class="key">{key}</p>{shown}'
