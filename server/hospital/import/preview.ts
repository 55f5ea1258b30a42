import { eq } from "drizzle-orm";
import { limits } from "../../../db/schema/hospital/settings.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import { keyText } from "./kept-types.ts";
import { type FileOutcome, judge, refuseFile } from "./outcome.ts";
import { type FilePlan, planFile } from "./plan.ts";
import { readBundle } from "./read-bundle.ts";
import { type Assumed, resolvePlan } from "./resolve.ts";

/** A file as it was given: its name and its bytes. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ImportOptions {
  /** The system that the files come from, for records that do not name one; `fhir` where nobody said. */
  readonly source: string;
  /** Whether good records of a file are taken although others of it are refused. */
  readonly keepGood: boolean;
}

/** Reads a file, or says why it cannot be read at all. Touches no database. */
// open: reads only what it was given
export function readFile(
  context: HospitalContext,
  bytes: Uint8Array,
  source: string,
): FilePlan | FileOutcome {
  const { timeZone } = context.hospital;
  const today = new Intl.DateTimeFormat("en-CA", { timeZone }).format(context.clock.now());
  try {
    return planFile(readBundle(bytes), { source, timeZone, today });
  } catch (error) {
    if (error instanceof AppError && error.kind === "invalid")
      return refuseFile(null, error.code.replace(/^import\./, ""), error.message);
    throw error;
  }
}

/**
 * What an import of these files, in this order, would do. Nothing is written.
 * @throws AppError forbidden (403).
 */
export async function previewImport(
  context: HospitalContext,
  files: readonly GivenFile[],
  options: ImportOptions,
): Promise<readonly FileOutcome[]> {
  authorize(context.actor, "patients:import");
  const [limit] = await context.db.select().from(limits).where(eq(limits.resource, "patients"));
  let room =
    limit === undefined || limit.allowed === null ? Number.POSITIVE_INFINITY : limit.allowed - limit.used;
  const assumed: Assumed = new Map();
  const outcomes: FileOutcome[] = [];
  for (const file of files) {
    const plan = readFile(context, file.bytes, options.source);
    if ("errors" in plan && !("records" in plan)) {
      outcomes.push(plan);
      continue;
    }
    const { write, outcome } = judge(plan, await resolvePlan(context.db, plan, assumed), options.keepGood);
    const newPatients = outcome.created["Patient"] ?? 0;
    if (newPatients > room) {
      outcomes.push(
        refuseFile(plan, "limit.patients", `The plan has room for ${Math.max(room, 0)} more patients.`),
      );
      continue;
    }
    room -= newPatients;
    for (const { planned, id } of write) assumed.set(keyText(planned.type, planned.key), id);
    outcomes.push(outcome);
  }
  return outcomes;
}
