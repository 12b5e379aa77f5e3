"""The list of commands and the one place where errors become one line."""

import sys

import typer

from api.cli import (
    backtest,
    bench,
    calibrate,
    check,
    doctor,
    fault,
    generate,
    ingest,
    inject,
    keys,
    realism,
    runs,
    serve,
    simulate,
    up,
    watch,
)
from api.cli.console import complain
from api.cli.errors import one_line

app = typer.Typer(
    name="hengfu",
    help="A living digital twin of the quarter around Wukang Mansion (武康大楼), Shanghai.",
    epilog="Start with `hengfu up`, then `hengfu watch` and `hengfu inject crowd_surge`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("up")(up.up)
app.command("simulate")(simulate.simulate)
app.command("ingest")(ingest.ingest)
app.command("serve")(serve.serve)
app.command("inject")(inject.inject)
app.command("fault")(fault.fault)
app.command("generate")(generate.generate)
app.command("watch")(watch.watch)
app.add_typer(runs.app, name="runs")
app.add_typer(keys.app, name="keys")
app.command("check-config")(check.check_config)
app.command("doctor")(doctor.doctor)
app.command("calibrate")(calibrate.calibrate)
app.command("backtest")(backtest.backtest)
app.command("realism")(realism.realism)
app.command("bench")(bench.bench)


def main() -> None:
    """Run a command; a known mistake ends as one line on stderr and exit code 2."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        line = one_line(error)
        if line is None:
            raise
        complain(line)
        sys.exit(2)
