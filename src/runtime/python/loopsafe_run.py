"""One run of the host: from a plan to an application that is served until SIGTERM."""
import asyncio
import json
import os
import platform
import sys
import traceback

import loopsafe_company
import loopsafe_frameworks
import loopsafe_load
import loopsafe_paths
import loopsafe_serve
import loopsafe_stubs
import loopsafe_watch
from loopsafe_control import control_open
from loopsafe_trouble import Trouble, explain

OWN_FOLDER = os.path.dirname(os.path.abspath(__file__))


def run_plan(path):
    """The process's exit code."""
    control = control_open()
    with open(path, encoding="utf-8") as file:
        plan = json.load(file)
    stage = ["import"]
    try:
        _run(plan, control, stage)
        return 0
    except BaseException as error:  # also SystemExit: an application may end itself
        if not isinstance(error, Trouble):
            traceback.print_exc()
        trouble = explain(stage[0], error, plan["app"], plan["tree"])
        control.tell("failed", stage=trouble.stage, message=trouble.message, file=trouble.file, row=trouble.row)
        return 1


def _run(plan, control, stage):
    if plan.get("probe"):
        _arm(control)
    finder = loopsafe_stubs.install(plan.get("stubs"), control)
    reference = loopsafe_paths.allow_reference(plan.get("reference"))
    loopsafe_paths.prepare(plan["tree"], plan.get("origin"), OWN_FOLDER)
    sys.argv = ["loopsafe", plan["app"]]
    loopsafe_company.watch(control)
    loop, server = loopsafe_serve.loop_new(plan)
    asyncio.set_event_loop(loop)
    loop.set_debug(bool(plan.get("asyncio_debug")))
    if plan.get("watch"):
        loopsafe_watch.start(plan["watch"], plan["tree"], control)
    app = loopsafe_load.load(plan["app"], plan["tree"])
    stage[0] = "start"
    loop, server, app = loopsafe_serve.settle(loop, server, app)
    _tell_loaded(control, app, loop, server, finder, reference)
    listener = loopsafe_serve.listener_new()
    loopsafe_serve.serve(loop, server, app, listener,
                         lambda: _ready(control, stage, app, listener.getsockname()[1]))


def _arm(control):
    import loopsafe_probe

    try:
        said = loopsafe_probe.arm()
    except Exception as error:
        raise Trouble("start", "the probe cannot watch this interpreter: %s" % error) from error
    if said:
        control.notice(said)


def _ready(control, stage, app, port):
    loopsafe_company.look(control)
    _tell_described(control, app)
    stage[0] = "serve"
    control.tell("ready", port=port)


def _tell_loaded(control, app, loop, server, finder, reference):
    if reference.used:
        control.notice("'fastapi' is not installed: loopsafe's own reference runtime stands in for it")
    for module in finder.unknown():
        control.notice("the rules say nothing of '%s': calls of its stub take no time" % module)
    framework = "loopsafe's reference runtime" if reference.used else loopsafe_frameworks.framework(app)
    control.tell("loaded", python=platform.python_version(), framework=framework, server=server.version,
                 loop=loopsafe_serve.loop_name(loop), stubs=finder.used())


def _tell_described(control, app):
    """Once it has started: routes may be added by its start-up, and a schema that is made before is kept without them."""
    described = loopsafe_frameworks.describe(app)
    for notice in described.notices:
        control.notice(notice)
    control.tell("described", routes=described.routes, openapi=described.openapi)
