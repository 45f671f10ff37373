/**
 * The mutants: small faults, each of which some test must notice. Diff, plan, machines, executor, managed node, bridge and what is
 * around them, one place each. `from` occurs exactly once in its file; mutants.test.ts says when it does not any more.
 *
 * test/long/mutants.test.ts plants them one by one and looks who dies of it.
 */

/** One fault: what it would mean, and where it is planted. */
export interface Mutant {
  readonly name: string;
  /** Below src. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const mutantsOf = (
  file: string,
  places: Readonly<Record<string, readonly [from: string, to: string]>>,
): Mutant[] => Object.entries(places).map(([name, [from, to]]) => ({ name, file, from, to }));

/** See the file header. */
export const mutants: readonly Mutant[] = [
  ...mutantsOf("modes/diff.ts", {
    "an unwanted node goes on": ["(!wanted || doomed.has(node)", "(doomed.has(node)"],
    "restart_nodes are not restarted": ["entering ? mode.restartNodes : []", "[]"],
    "restart_nodes are restarted without entering": [
      "(entering ? mode.restartNodes : [])",
      "mode.restartNodes",
    ],
    "stop_nodes are not stopped": ["...mode.stopNodes, ", ""],
    "a stuck node counts as fit": [' || node?.state === "stuck"', ""],
    "a stopping node counts as fit": ['node?.state === "stopping" || ', ""],
    "a node in backoff is left to its policy": [' || seen?.state === "backoff"', ""],
    "leftovers are forgotten": ["[...leftovers, ...catalogue.nodes.keys()]", "catalogue.nodes.keys()"],
  }),
  ...mutantsOf("modes/plan.ts", {
    "a node is stopped before its dependents": ["after: dependents.get(node) ?? []", "after: []"],
    "a node is started before its dependencies": [
      "after: dependencies(node).filter((other) => comesUp.has(other))",
      "after: []",
    ],
    "a kept node is not waited for": ["diff.keep.filter((node) => !isUp(observed.get(node)))", "[]"],
    "a kept dependency is not waited for": ["new Set([...diff.start, ...awaited])", "new Set(diff.start)"],
  }),
  ...mutantsOf("supervisor/plan-run.ts", {
    "starts do not wait for stops": ["this.#barrierPassed || !this.#stops.areEnded()", "this.#barrierPassed"],
    "a failed dependency is no obstacle": ["const blockedBy = failed ?? down;", "const blockedBy = null;"],
    "a dependency's restart is not waited for": ["blockedBy === null && starting.length > 0", "false"],
    "a plan ends before its starts": [
      "this.#stops.areEnded() && this.#starts.areEnded()",
      "this.#stops.areEnded()",
    ],
  }),
  ...mutantsOf("supervisor/executor.ts", {
    "a long plan takes no break": [
      "if (clock.now() - since < longestBurstMs) return false;",
      "return false;",
    ],
    "a plan goes on after its successor has begun": [
      "if (this.#run !== run || this.#needsBreak(since)) return;\n    }\n  }\n\n  #issueStarts",
      "if (this.#needsBreak(since)) return;\n    }\n  }\n\n  #issueStarts",
    ],
    "a new plan waits for the break": ["this.#endBreak();\n    this.#killing", "this.#killing"],
    "a start in flight is not taken over": [
      'run.adopt((node) => this.#inFlight.get(node)?.kind === "start");',
      "",
    ],
    "an overtaken operation's end counts": ["if (this.#inFlight.get(node) !== operation) return;", ""],
    "an ended operation counts as in flight": ["this.#forgetEnded();", ""],
    "a transition may take for ever": [
      "this.#timeout = clock.setTimeout(() => this.#giveUp(run), plan.timeoutMs);",
      "",
    ],
    "a late stop is not forced": ['this.#launch(node, "stop", true)', 'this.#launch(node, "stop", false)'],
    "a late start is left alone": ['else if (inFlight) this.#launch(node, "stop", false);', ""],
    "an urgent mode kills once": ['if (fault !== null && kind === "stop") this.#killAgain(node);', ""],
    "any mode kills again": ["if (!this.#killing) return;", ""],
    "kills go on in the next mode": ["this.#dropKills();\n    const run", "const run"],
    "a kill strikes what runs by right": ['if (state !== "stuck" && state !== "stopping") return;', ""],
    "a start fails silently": ["if (run.end(kind, node, fault !== null))", "if (run.end(kind, node, false))"],
  }),
  ...mutantsOf("supervisor/operation.ts", {
    "a supervisor that throws is not survived": ["return Promise.reject(error);", "throw error;"],
    "a stop that is never answered is waited for": ["end(silentFault(node, limitMs))", "undefined"],
  }),
  ...mutantsOf("supervisor/managed-node.ts", {
    "who starts on being told of the end is given the end": [
      "[this.#starts.drain(), this.#stops.drain()]",
      "[this.#starts, this.#stops]",
    ],
    "what seems late is not looked at once more": [
      'if (ready) this.#life.send({ type: "ready", generation }, "ready");\n      else otherwise();',
      "otherwise();",
    ],
  }),
  ...mutantsOf("supervisor/supervisor-from.ts", {
    "every manager on three functions is the first": ["epoch: Date.now()", "epoch: 1"],
    "what is foreign is not shown": ["this.#nodes.get(name) === undefined);", "false);"],
  }),
  ...mutantsOf("machines/node-machine.ts", {
    "the policy restarts what was never ready": ["  wasUp &&\n", ""],
    "a stop leaves the policy on": ["assign({ stopAsked: true })", "assign({ stopAsked: false })"],
    "restarts of long ago count": [
      "context.recentRestarts.filter((time) => at - time < context.spec.restart.windowMs)",
      "context.recentRestarts",
    ],
    "the pause before a restart does not grow": [
      "Math.min(maxBackoffMs, backoffMs * 2 ** recent.length)",
      "backoffMs",
    ],
    "the pause before a restart grows without end": [
      "Math.min(maxBackoffMs, backoffMs * 2 ** recent.length)",
      "backoffMs * 2 ** recent.length",
    ],
  }),
  ...mutantsOf("machines/mode-rules.ts", {
    "an old plan's events count": ["event.plan !== context.plan?.number", "false"],
    "any node's end makes it fall back": ["mode.nodes.includes(event.node) &&", ""],
    "it falls back amid a transition": [
      "context.transition !== null || context.shuttingDown",
      "context.shuttingDown",
    ],
  }),
  ...mutantsOf("machines/moves.ts", {
    "what waited too long is begun when its timer is late": [
      "request.deadline !== undefined && request.deadline <= at",
      "false",
    ],
    "who joined gets no answer": [
      "[transition.request, ...transition.joined].map(",
      "[transition.request].map(",
    ],
    "who was preempted gets no answer": ["...supersedeAll(context, superseded(by), superseded(by))", "...[]"],
    "who waited is told of a shutdown": [
      "...supersedeAll(context, superseded(by), superseded(by))",
      "...supersedeAll(context, superseded(by), shuttingDown)",
    ],
    "shutdown answers nobody": ["...supersedeAll(context, shutDown, shuttingDown)", "...[]"],
    "the queue is a stack": ["[...context.waiting, request]", "[request, ...context.waiting]"],
    "who waits may begin beside an urgent rollback": [
      "verdict: urgentRefusal(catalogue, during, request),",
      "verdict: null,",
    ],
    "who waits is not asked where from": [
      "mode === undefined ? null : fromRefusal(mode, [context.current])",
      "null",
    ],
    "every request enters": ["modeName !== context.current)", "true)"],
    "what was completed is told backwards": ["[...transition[list], node]", "[node, ...transition[list]]"],
    "an expired request waits on": ["waiting: context.waiting.filter((request) => request !== late)", ""],
  }),
  ...mutantsOf("machines/admission.ts", {
    "an urgent transition is disturbed": ["if (running !== undefined) {", "if (running === null) {"],
    "what is older than an urgent settling begins": [
      "(request.enqueuedAt ?? Infinity) >= urgentSettledAt",
      "true",
    ],
    "an urgent request queues": ['mode?.urgent === true ? "preempt" : onBusyOf', "onBusyOf"],
    "where it goes is not asked": ["[context.current, context.transition.to]", "[context.current]"],
    "the queue has no end": ["context.waiting.length < queueLimit", "true"],
    "a fourth begin is tried": [">= attemptLimit", "> attemptLimit"],
    "a late request begins": ["if (request.expired === true && !mode.urgent) return expired(request);", ""],
    "an urgent request can be late": ["request.expired === true && !mode.urgent", "request.expired === true"],
    "an interrupted request is called expired": ["if (attempts === 0) {", "if (attempts >= 0) {"],
    "a rollback is joined": [' && transition.cause !== "rollback" && transition.cause !== "fallback"', ""],
  }),
  ...mutantsOf("machines/settlement.ts", {
    "a crash amid the transition is not seen": [", ...crashes(catalogue, context, transition)]", "]"],
    "nothing is rolled back": ['policy === "rollback" && ', "false && "],
    "nothing falls back": ['if (policy === "fallback") return fallback();', ""],
    "errors before the rollback make it fail": [
      "errors.length > transition.earlierErrors",
      "errors.length > 0",
    ],
    "a rollback that fails is called degraded": [
      "verdict: rollbackFailed(transition), errors }",
      "verdict: degraded, errors }",
    ],
    "before the first settling it rolls back": ["transition.from !== null && ", ""],
    "a rollback that fails does not fall back": [
      ": fallback();\n  }",
      ': { kind: "answer", verdict: rollbackFailed(transition), errors };\n  }',
    ],
    "unchanged is called changed": [
      'idle && transition.to === context.current ? "unchanged" : "changed"',
      '"changed"',
    ],
  }),
  ...mutantsOf("bus/bridge.ts", {
    "a request is planned amid an event": ["requests$.pipe(observeOn(asapScheduler))", "requests$"],
    "a waiting request has no deadline": ["if (position > 0) deadlines.set(request);", ""],
    "a known id gets no answer": ["if (known?.result !== undefined) onRepeat?.(known.result);", ""],
    "a known id is executed again": ["if (known === undefined) admit(request);", "admit(request);"],
  }),
  ...mutantsOf("bus/collapse.ts", {
    "in a batch a later request replaces an urgent one": [
      "if (next !== undefined && isUrgent(request.mode) && !isUrgent(next.mode)) next = undefined;",
      "",
    ],
  }),
  ...mutantsOf("bus/redis-admission.ts", {
    "an urgent request waits until a backlog is handed over": ["await immediate();", ""],
  }),
  ...mutantsOf("bus/known-ids.ts", {
    "an answer is remembered for ever": ["if (answeredAt > oldest) return;", "if (answeredAt > -1) return;"],
    "answers are remembered without end": ["this.#answered.size > keptAnswers", "false"],
  }),
  ...mutantsOf("bus/requests-in-time.ts", {
    "what nobody has read for long may still begin": [
      "serverNow - enqueuedAt > defaultMaxAgeMs ? enqueuedAt + defaultMaxAgeMs : undefined",
      "undefined",
    ],
    "an urgent request has a deadline": ["if (isUrgentMode(catalogue, mode)) return undefined;", ""],
    "age is told by the manager's clock": ["now + (serverTime - serverNow)", "serverTime"],
  }),
  ...mutantsOf("modes/request.ts", {
    "the manager's own ids can be asked for": ["(?!(?:boot-\\d+|auto-\\d+-\\d+|shutdown-\\d+)$)", ""],
  }),
  ...mutantsOf("lifecycle/take-over.ts", {
    "two managers share a supervisor": ["taken.has(supervisor)", "false"],
  }),
  ...mutantsOf("lifecycle/intake.ts", {
    "who had given up before is heard": ["options.signal?.aborted === true", "false"],
    "the answer of another mode's request is given": ["if (result.requestedMode === mode) ", ""],
  }),
  ...mutantsOf("lifecycle/manager-state.ts", {
    "after a crash an urgent mode is forgotten": [
      "return urgent ?? catalogue.defaultMode;",
      "return catalogue.defaultMode;",
    ],
    "after a crash only the target counts": [
      "[interrupted?.target, interrupted?.settled]",
      "[interrupted?.target]",
    ],
    "a rollback looks like a start": ['return "rolling_back";', 'return "starting";'],
    "the boot looks like any start": ['booting ? "booting" : work', "work"],
  }),
  ...mutantsOf("lifecycle/mode-plan.ts", {
    "plan() shows what entering anew would do": ["modeName !== context.current", "true"],
  }),
  ...mutantsOf("lifecycle/progress-teller.ts", {
    "progress is told at every change": ["if (dueInMs <= 0) now();", "if (dueInMs <= intervalMs) now();"],
  }),
];
