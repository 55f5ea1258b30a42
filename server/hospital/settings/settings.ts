import { sql } from "drizzle-orm";
import type { HospitalDb } from "../../../db/planes.ts";
import { hospitalSettings } from "../../../db/schema/hospital/settings.ts";
import { audit } from "../../audit/audit.ts";
import { authorize } from "../../auth/permissions.ts";
import { AppError, type FieldError, rowChanged } from "../../errors.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { SettingsInput } from "./settings.input.ts";

const select = (db: HospitalDb) =>
  db
    .select({
      name: hospitalSettings.name,
      timeZone: hospitalSettings.timeZone,
      currency: hospitalSettings.currency,
      language: hospitalSettings.language,
      contactEmail: hospitalSettings.contactEmail,
      contactPhone: hospitalSettings.contactPhone,
      address: hospitalSettings.address,
      updatedAt: hospitalSettings.updatedAt,
      version: hospitalSettings.version,
    })
    .from(hospitalSettings);

export type Settings = Awaited<ReturnType<typeof select>>[number];

/** Every time zone and currency that a hospital may choose. */
export const timeZones: readonly string[] = ["UTC", ...Intl.supportedValuesOf("timeZone")];
export const currencies: readonly string[] = Intl.supportedValuesOf("currency");

/** The hospital's own facts. @throws AppError forbidden (403). */
export async function getSettings(context: HospitalContext): Promise<Settings> {
  authorize(context.actor, "settings:read");
  return readSettings(context.db);
}

async function readSettings(db: HospitalDb): Promise<Settings> {
  const [row] = await select(db);
  if (row === undefined) throw new Error("The hospital's database is not seeded.");
  return row;
}

/** What is to be written, in one form. @throws AppError invalid (422) naming the fields. */
export function checkSettings(input: SettingsInput): SettingsInput {
  const fields: FieldError[] = [];
  const refuse = (field: string, code: string, message: string) => fields.push({ field, code, message });
  const name = input.name?.normalize("NFC").replace(/\s+/gu, " ").trim();
  if (name !== undefined && name.length < 2) refuse("name", "required", "Enter this.");
  if (input.timeZone !== undefined && !timeZones.includes(input.timeZone))
    refuse("timeZone", "not-one-of", "There is no such time zone.");
  if (input.currency !== undefined && !currencies.includes(input.currency))
    refuse("currency", "not-one-of", "There is no such currency.");
  if (fields.length > 0)
    throw new AppError("invalid", "input.invalid", "Some fields need correcting.", { fields });
  return { ...input, ...(name === undefined ? {} : { name }) };
}

/** @throws AppError precondition-failed (412) where the settings moved on since they were seen. */
export function refuseStaleSettings(current: Settings, version: number | undefined): void {
  if (version !== undefined && current.version !== version) throw rowChanged();
}

/**
 * Changes the hospital's own facts; what is left out stays, null clears.
 * @throws AppError precondition-failed (412); invalid (422); forbidden (403).
 */
export async function updateSettings(
  context: HospitalContext,
  input: SettingsInput,
  version?: number,
): Promise<Settings> {
  authorize(context.actor, "settings:edit");
  const values = checkSettings(input);
  const now = context.clock.now();
  return context.write(async (tx) => {
    await tx.select({ id: hospitalSettings.id }).from(hospitalSettings).for("update");
    const current = await readSettings(tx);
    refuseStaleSettings(current, version);
    const fields = Object.entries(values)
      .filter(([field, value]) => Reflect.get(current, field) !== value)
      .map(([field]) => field);
    if (fields.length === 0) return current;
    await tx
      .update(hospitalSettings)
      .set({ ...values, updatedAt: now, version: sql`${hospitalSettings.version} + 1` });
    await audit(tx, context, {
      event: "settings.updated",
      entity: "settings",
      entityId: "1",
      details: { fields },
    });
    return readSettings(tx);
  });
}
