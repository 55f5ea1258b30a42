import { Value } from "@sinclair/typebox/value";
import { UnrecoverableError, WaitingError } from "bullmq";
import type { SystemActor } from "../server/auth/permissions.ts";
import { AppError, type ErrorKind } from "../server/errors.ts";
import type { Log } from "../server/log.ts";
import type { Counts, QueuedJob } from "./backend.ts";
import { catalogue, isJobName, type JobData, type JobDefinition, type JobName } from "./catalogue.ts";
import { abortable } from "./within.ts";

/** What a handler knows of its own run. */
export interface JobRun {
  readonly id: string;
  /** 1 at the first try. */
  readonly attempt: number;
  /** Named for the audit, e.g. `job:sync.push`. */
  readonly actor: SystemActor;
  /** Set when the time is up or the process is closing. */
  readonly signal: AbortSignal;
  /** For the dashboard's bar: 0 to 100. */
  progress(percent: number): Promise<void>;
}

/** Does one kind of job. Numbers in the result are kept with the job; all else is dropped. */
export type JobHandler<Name extends JobName, Services> = (
  data: JobData<Name>,
  services: Services,
  run: JobRun,
) => Promise<unknown>;

/** The code behind the catalogue's names. */
export type Handlers<Services> = { readonly [Name in JobName]: JobHandler<Name, Services> };

/** Refusals that another try may overcome. Any other is final; a conflict means that somebody else has the work. */
const passing: ReadonlySet<ErrorKind> = new Set(["too-many", "internal", "unavailable"]);

export interface RunContext<Services> {
  readonly handlers: Handlers<Services>;
  readonly services: Services;
  readonly log: Log;
  /** Set when the process closes. */
  readonly closing: AbortSignal;
  /** Names of jobs of which one at a time may run, and one does. */
  readonly running: Set<JobName>;
}

/**
 * Runs one job:
 * 1. reads its data by the catalogue; a name or data that isn't in it is never tried again;
 * 2. skips a sweep whose former turn still runs here;
 * 3. calls the handler as the system actor of that name, with a time limit;
 * 4. logs name, id, hospital and milliseconds, and no word of what was in the rows;
 * 5. a refusal that another try can't change ends the job; anything else is tried again, later each time;
 * 6. where the process is closing, the job goes back to the queue, with none of its tries used up.
 */
export async function runJob<Services>(
  job: QueuedJob,
  context: RunContext<Services>,
  token?: string,
): Promise<Counts> {
  const { name } = job;
  if (!isJobName(name)) throw new UnrecoverableError("jobs.unknown-name");
  const definition: JobDefinition = catalogue[name];
  if (!Value.Check(definition.data, job.data)) throw new UnrecoverableError("jobs.invalid-data");
  if (definition.alone && context.running.has(name)) return { skipped: true };

  const started = performance.now();
  const facts = { job: name, jobId: job.id, ...job.data, attempt: job.attemptsMade + 1 };
  const ms = () => Math.round(performance.now() - started);
  const stop = new AbortController();
  const closed = () => stop.abort(context.closing.reason);
  const timer = setTimeout(() => stop.abort(timedOut(definition)), definition.timeoutMs);
  context.closing.addEventListener("abort", closed, { once: true });
  context.running.add(name);
  try {
    const counts = countsOf(await abortable(call(name, job, context, stop.signal), stop.signal));
    const level = definition.alone ? "debug" : "info";
    context.log[level]({ ...facts, ms: ms(), ...counts }, "job done");
    return counts;
  } catch (error) {
    if (context.closing.aborted) {
      context.log.info({ ...facts, ms: ms() }, "job given back");
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const failure = describe(error);
    context.log[failure.retry ? "error" : "warn"]({ ...facts, ms: ms(), ...failure }, "job failed");
    throw failure.retry ? storedError(failure) : new UnrecoverableError(failure.code);
  } finally {
    clearTimeout(timer);
    context.closing.removeEventListener("abort", closed);
    context.running.delete(name);
  }
}

/** Data was checked against the catalogue's schema of this very name. */
function call<Services>(
  name: JobName,
  job: QueuedJob,
  context: RunContext<Services>,
  signal: AbortSignal,
): Promise<unknown> {
  const handler = context.handlers[name] as (
    data: unknown,
    services: Services,
    run: JobRun,
  ) => Promise<unknown>;
  return handler(job.data, context.services, {
    id: String(job.id),
    attempt: job.attemptsMade + 1,
    actor: { kind: "system", name: `job:${name}` },
    signal,
    progress: (percent) => job.updateProgress(Math.max(0, Math.min(100, Math.round(percent)))),
  });
}

function timedOut(definition: JobDefinition): AppError {
  return new AppError(
    "unavailable",
    "jobs.timed-out",
    `The job did not end within ${definition.timeoutMs / 1_000} seconds.`,
  );
}

interface Failure {
  readonly code: string;
  readonly retry: boolean;
  /** Where it was thrown; the text of the error stays out, since a database quotes the value it refused. */
  readonly at: readonly string[];
}

function describe(error: unknown): Failure {
  const retry = error instanceof AppError ? passing.has(error.kind) : true;
  const cause = error instanceof AppError ? error.cause : undefined;
  const code = error instanceof AppError ? error.code : nameOf(error);
  const at = framesOf(cause ?? error);
  return { code: cause === undefined ? code : `${code} (${nameOf(cause)})`, retry, at };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^[A-Za-z0-9_.-]{1,60}$/.test(code)
    ? `${error.name} ${code}`
    : error.name;
}

function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  return error.stack
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "))
    .slice(0, 8);
}

function storedError({ code, at }: Failure): Error {
  const error = new Error(code);
  error.stack = [`Error: ${code}`, ...at.map((frame) => `    ${frame}`)].join("\n");
  return error;
}

function countsOf(result: unknown): Counts {
  if (typeof result !== "object" || result === null) return {};
  return Object.fromEntries(
    Object.entries(result).filter((entry): entry is [string, number | boolean] =>
      ["number", "boolean"].includes(typeof entry[1]),
    ),
  );
}
