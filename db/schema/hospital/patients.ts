import { sql } from "drizzle-orm";
import { boolean, check, date, index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { history, id, instant } from "../columns.ts";

export const sexes = ["female", "male", "other", "unknown"] as const;
export const patientStatuses = ["active", "inactive", "deceased"] as const;
export const bloodGroups = ["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"] as const;
export const maritalStatuses = ["single", "married", "divorced", "widowed", "separated", "unknown"] as const;

/**
 * People who are or were treated here. A deleted patient stays, with `deletedAt`. `firstName` and `lastName`
 * are null only for an unknown patient. `search` (SQL, generated) holds what a search looks through.
 */
export const patients = pgTable(
  "patients",
  {
    id: id(),
    mrn: text().notNull().unique(),
    firstName: text(),
    middleName: text(),
    lastName: text(),
    sex: text({ enum: sexes }).notNull(),
    bornOn: date({ mode: "string" }),
    /** Whether `bornOn` was worked out from an age that someone guessed. */
    bornOnEstimated: boolean().notNull().default(false),
    deceasedAt: instant(),
    status: text({ enum: patientStatuses }).notNull().default("active"),
    phone: text(),
    email: text(),
    nationalId: text(),
    addressLine: text(),
    city: text(),
    state: text(),
    postalCode: text(),
    country: text(),
    language: text(),
    bloodGroup: text({ enum: bloodGroups }),
    maritalStatus: text({ enum: maritalStatuses }),
    emergencyContactName: text(),
    emergencyContactPhone: text(),
    emergencyContactRelation: text(),
    notes: text(),
    /** Registered in an emergency beyond the plan's limit: counted and shown to the owner, never refused. */
    overLimit: boolean().notNull().default(false),
    /** Where an imported record came from, so that importing it again adds nothing. */
    importSource: text(),
    importId: text(),
    createdBy: uuid(),
    deletedAt: instant(),
    deletedBy: uuid(),
    deleteReason: text(),
    /** Opened only by those named for it, or by breaking the glass (`server/hospital/privacy`). */
    restricted: boolean().notNull().default(false),
    ...history(),
  },
  (table) => [
    uniqueIndex("patients_import").on(table.importSource, table.importId),
    index("patients_recent")
      .on(table.createdAt.desc(), table.id.desc())
      .where(sql`${table.deletedAt} is null`),
    index("patients_by_name")
      .on(table.lastName, table.firstName, table.id)
      .where(sql`${table.deletedAt} is null`),
    index("patients_by_phone").on(table.phone),
    check(
      "patients_named_or_unknown",
      sql`${table.firstName} is not null or ${table.lastName} is not null or ${table.bornOnEstimated}`,
    ),
    check("patients_version_positive", sql`${table.version} > 0`),
  ],
);
