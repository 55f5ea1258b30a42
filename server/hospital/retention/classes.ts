import { type SQL, sql } from "drizzle-orm";

/** A kind of rows that goes when it is old. Nothing clinical is in it but by the last, which is off by default. */
export interface RetentionClass {
  /** Days kept unless the hospital says otherwise; null: for ever. */
  readonly keepDays: number | null;
  /** Days that may not be gone below. */
  readonly leastDays: number;
  /** The table, and which of its rows have been over since before an instant; null: never shortened. */
  readonly due: ((before: string) => { readonly table: string; readonly where: SQL }) | null;
}

const years = (n: number) => Math.ceil(n * 365.25);

export const retentionClasses = {
  sessions: {
    ...{ keepDays: 90, leastDays: 7 },
    due: (before) => ({
      table: "sessions",
      where: sql`least(expires_at, coalesce(revoked_at, expires_at)) < ${before}::timestamptz`,
    }),
  },
  "import-files": {
    ...{ keepDays: 30, leastDays: 1 },
    due: (before) => ({
      table: "import_uploads",
      where: sql`file_id in (select f.id from import_run_files f join import_runs r on r.id = f.run_id
        where r.finished_at < ${before}::timestamptz)`,
    }),
  },
  "support-sessions": {
    ...{ keepDays: 365, leastDays: 90 },
    due: (before) => ({
      table: "support_sessions",
      where: sql`coalesce(ended_at, created_at + interval '8 hours') < ${before}::timestamptz`,
    }),
  },
  "clean-ups": {
    ...{ keepDays: years(3), leastDays: 365 },
    due: (before) => ({ table: "retention_runs", where: sql`started_at < ${before}::timestamptz` }),
  },
  audit: { keepDays: null, leastDays: years(6), due: null },
  "deleted-patients": {
    ...{ keepDays: null, leastDays: years(8) },
    due: (before) => ({
      table: "patients",
      where: sql`deleted_at < ${before}::timestamptz and updated_at < ${before}::timestamptz
        and not exists (select from legal_holds h where h.patient_id = patients.id and h.lifted_at is null)
        and not exists (select from encounters e where e.patient_id = patients.id and e.at >= ${before}::timestamptz)
        and not exists (select from observations o where o.patient_id = patients.id and o.at >= ${before}::timestamptz)`,
    }),
  },
} satisfies Record<string, RetentionClass>;

export type RetentionClassName = keyof typeof retentionClasses;
export const retentionClassNames = Object.keys(retentionClasses) as readonly RetentionClassName[];

/** What is recorded of a patient, in the order in which it can be erased. The audit says what was done and stays. */
export const patientTables = [
  "documents",
  "observations",
  "conditions",
  "procedures",
  "immunizations",
  "medications",
  "allergies",
  "encounters",
  "patient_identifiers",
  "consents",
  "glass_breaks",
  "patient_access",
  "patient_restrictions",
  "legal_holds",
] as const;
