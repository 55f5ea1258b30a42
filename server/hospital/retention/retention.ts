import { desc, sql } from "drizzle-orm";
import type { HospitalTx } from "../../../db/planes.ts";
import { erasures, retentionPolicies, retentionRuns } from "../../../db/schema/hospital/retention.ts";
import { audit } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError, invalidField } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import {
  patientTables,
  type RetentionClass,
  type RetentionClassName,
  retentionClasses,
  retentionClassNames,
} from "./classes.ts";

/** How long one kind of rows is kept, and how many would go now. */
export interface RetentionPolicy {
  readonly recordClass: RetentionClassName;
  readonly keepDays: number | null;
  readonly leastDays: number;
  /** Null: this kind is never shortened. */
  readonly due: number | null;
  readonly changedByName: string | null;
}

const batch = 500;
const dayMs = 86_400_000;
const classOf = (name: RetentionClassName): RetentionClass => retentionClasses[name];
const cutOff = (now: Date, days: number) => new Date(now.getTime() - days * dayMs).toISOString();

async function kept(context: HospitalContext) {
  const rows = await context.db.select().from(retentionPolicies);
  return new Map(rows.map((row) => [row.recordClass, row]));
}

async function countDue({ db, clock }: HospitalContext, name: RetentionClassName, days: number | null) {
  const { due } = classOf(name);
  if (due === null) return null;
  if (days === null) return 0;
  const { table, where } = due(cutOff(clock.now(), days));
  const rows = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from ${sql.identifier(table)} where ${where}`,
  );
  return Array.from(rows as Iterable<{ n: number }>)[0]?.n ?? 0;
}

/** Every kind of rows: how long it is kept, what the law asks for at least, and what would go now. @throws AppError forbidden (403). */
export async function listRetention(context: HospitalContext): Promise<readonly RetentionPolicy[]> {
  authorize(context.actor, "retention:read");
  const chosen = await kept(context);
  return Promise.all(
    retentionClassNames.map(async (recordClass) => {
      const policy = chosen.get(recordClass);
      const { keepDays: usual, leastDays } = classOf(recordClass);
      const keepDays = policy === undefined ? usual : policy.keepDays;
      const due = await countDue(context, recordClass, keepDays);
      return { recordClass, keepDays, leastDays, due, changedByName: policy?.changedByName ?? null };
    }),
  );
}

/**
 * Says how long a kind of rows is kept; null: for ever. It counts from the next clean-up.
 * @throws AppError invalid (422) below the legal minimum; conflict (409) for what is never shortened; forbidden (403).
 */
export async function setRetention(
  context: HospitalContext,
  recordClass: RetentionClassName,
  keepDays: number | null,
): Promise<readonly RetentionPolicy[]> {
  authorize(context.actor, "retention:edit");
  const { leastDays, due } = classOf(recordClass);
  if (due === null && keepDays !== null)
    throw new AppError("conflict", "retention.not-shortened", "This kind of record is never shortened.");
  if (keepDays !== null && keepDays < leastDays)
    throw invalidField("keepDays", "too-small", `The law asks for at least ${leastDays} days.`);
  const now = context.clock.now();
  await context.write(async (tx) => {
    const values = { keepDays, changedByName: context.actor.name, updatedAt: now };
    await tx
      .insert(retentionPolicies)
      .values({ recordClass, createdAt: now, ...values })
      .onConflictDoUpdate({
        target: retentionPolicies.recordClass,
        set: { ...values, version: sql`${retentionPolicies.version} + 1` },
      });
    await audit(tx, context, {
      ...{ event: "retention.changed", entity: "retention", entityId: recordClass, details: { keepDays } },
    });
  });
  return listRetention(context);
}

export interface CleanUp {
  readonly id: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly actorName: string;
  readonly counts: unknown;
}

/** The latest clean-ups. @throws AppError forbidden (403). */
export async function listCleanUps(context: HospitalContext): Promise<readonly CleanUp[]> {
  authorize(context.actor, "retention:read");
  return context.db.select().from(retentionRuns).orderBy(desc(retentionRuns.startedAt)).limit(20);
}

/**
 * Takes away what is older than its policy says, some hundred rows at a time, each batch by itself; a patient in a
 * transaction of their own, leaving a record of the erasure. Cut off half-way, the next clean-up goes on.
 * @returns how many rows went, kind by kind. @throws AppError forbidden (403).
 */
export async function cleanUp(
  context: HospitalContext,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  authorize(context.actor, "retention:edit");
  const startedAt = context.clock.now();
  const counts: Record<string, number> = {};
  const chosen = await kept(context);
  for (const name of retentionClassNames) {
    const policy = chosen.get(name);
    const days = policy === undefined ? classOf(name).keepDays : policy.keepDays;
    const { due } = classOf(name);
    if (due === null || days === null) continue;
    const old = due(cutOff(startedAt, days));
    let gone = 0;
    for (let more = true; more && signal?.aborted !== true; ) {
      const went = await context.write((tx) =>
        name === "deleted-patients" ? eraseOne(tx, context, old, days) : removeBatch(tx, old),
      );
      gone += went;
      more = name === "deleted-patients" ? went > 0 : went === batch;
    }
    if (gone > 0) counts[name] = gone;
  }
  await context.write(async (tx) => {
    const id = Bun.randomUUIDv7();
    await tx.insert(retentionRuns).values({
      ...{ id, startedAt, finishedAt: context.clock.now(), actorName: context.actor.name, counts },
    });
    await audit(tx, context, {
      ...{ event: "retention.applied", entity: "retention", entityId: id, details: counts },
    });
  });
  return counts;
}

type Old = ReturnType<NonNullable<RetentionClass["due"]>>;

async function removeBatch(tx: HospitalTx, { table, where }: Old): Promise<number> {
  const name = sql.identifier(table);
  const rows = await tx.execute(
    sql`delete from ${name} where ctid = any(array(select ctid from ${name} where ${where} limit ${batch})) returning 1`,
  );
  return Array.from(rows as Iterable<unknown>).length;
}

/** Erases one deleted patient with all that is recorded of them. What the audit has of it stays. */
async function eraseOne(
  tx: HospitalTx,
  context: HospitalContext,
  { where }: Old,
  keptDays: number,
): Promise<number> {
  const found = await tx.execute<Record<string, string>>(
    sql`select id, mrn, deleted_at::text as "deletedAt" from patients where ${where} limit 1 for update skip locked`,
  );
  const [patient] = Array.from(found as Iterable<{ id: string; mrn: string; deletedAt: string }>);
  if (patient === undefined) return 0;
  const counts: Record<string, number> = {};
  const remove = async (table: string, which: ReturnType<typeof sql>) => {
    const rows = await tx.execute(sql`delete from ${sql.identifier(table)} where ${which} returning 1`);
    const n = Array.from(rows as Iterable<unknown>).length;
    if (n > 0) counts[table] = (counts[table] ?? 0) + n;
  };
  // Contents that only this patient's documents name; what lies on disk goes with the next turn of the files' channel.
  const contents = sql`select file_sha256 from documents where patient_id = ${patient.id}::uuid`;
  const alone = await tx.execute<{ sha256: string }>(sql`
    select sha256 from files where sha256 in (${contents}) and not exists (select from documents d
      where d.file_sha256 = files.sha256 and d.patient_id <> ${patient.id}::uuid) for update`);
  await remove(
    "observation_components",
    sql`observation_id in (select id from observations where patient_id = ${patient.id}::uuid)`,
  );
  for (const table of patientTables) await remove(table, sql`patient_id = ${patient.id}::uuid`);
  for (const { sha256 } of Array.from(alone as Iterable<{ sha256: string }>))
    await remove(
      "files",
      sql`sha256 = ${sha256} and not exists (select from documents d where d.file_sha256 = ${sha256})`,
    );
  await remove("patients", sql`id = ${patient.id}::uuid`);
  const now = context.clock.now();
  await tx.insert(erasures).values({
    ...{ patientId: patient.id, mrn: patient.mrn, deletedAt: new Date(patient.deletedAt), erasedAt: now },
    ...{ keptDays, actorName: context.actor.name, counts },
  });
  await audit(tx, context, {
    ...{ event: "patient.erased", entity: "patient", entityId: patient.id, patientId: patient.id },
    details: { keptDays, ...counts },
  });
  return 1;
}
