import { authorize } from "../auth/permissions.ts";
import type { SettingsInput } from "../hospital/settings/settings.input.ts";
import {
  checkSettings,
  getSettings,
  refuseStaleSettings,
  type Settings,
  updateSettings,
} from "../hospital/settings/settings.ts";
import type { HospitalContext } from "../tenancy/context.ts";
import type { Services } from "../tenancy/services.ts";

/**
 * Changes a hospital's own facts where both planes keep them: the owner's row, from which every page of the hospital
 * takes its name, zone, currency and language, and the hospital's own. The owner's goes first: should the second fail,
 * the hospital is told of it by the next sweep (`pushConfigurations`).
 * @throws AppError precondition-failed (412); invalid (422); forbidden (403); unavailable (503).
 */
export async function saveHospitalSettings(
  services: Services,
  context: HospitalContext,
  input: SettingsInput,
  version?: number,
): Promise<Settings> {
  authorize(context.actor, "settings:edit");
  const values = checkSettings(input);
  const current = await getSettings(context);
  refuseStaleSettings(current, version);
  const { name = current.name, timeZone = current.timeZone } = values;
  const { currency = current.currency, language = current.language } = values;
  const shared = { companyName: name, timeZone, currency, language };
  const fields = ["name", "timeZone", "currency", "language"] as const;
  if (fields.some((field) => values[field] !== undefined && values[field] !== current[field])) {
    await services.directory.keepFacts(context.hospital.id, shared, context.clock);
    services.resolver.forget();
  }
  return updateSettings(context, values, version);
}
