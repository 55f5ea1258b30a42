import type { Page } from "../../views/page.ts";
import type { FormState } from "../../views/ui/form-state.ts";
import type { ApiKey } from "../auth/keys/key-rows.ts";
import { invalidField } from "../errors.ts";
import { chosenOf, valuesOf } from "./form.ts";

/** What the form of a key sent, as the JSON route would have it. @throws AppError invalid (422). */
export function keyFormInput(page: Page, body: unknown): Record<string, unknown> {
  const sent = valuesOf(body);
  const perMinute = (sent["callsPerMinute"] ?? "").trim();
  if (!/^(?:[1-9]\d{0,5})?$/.test(perMinute))
    throw invalidField("callsPerMinute", "not-a-whole-number", "Enter a whole number.");
  return {
    name: sent["name"] ?? "",
    ...(sent["kind"] === undefined ? {} : { kind: sent["kind"] }),
    scopes: sent["kind"] === "app" ? [] : [...chosenOf(body, "scopes")],
    networks: (sent["networks"] ?? "").split(/[\s,;]+/).filter((text) => text !== ""),
    callsPerMinute: perMinute === "" ? null : Number(perMinute),
    expiresAt: endOfDay(page.zone, (sent["expiresAt"] ?? "").trim()),
  };
}

/** A key that ends on a day works for all of it, as the hospital's clock has it. */
function endOfDay(zone: string, day: string): string | null {
  if (day === "") return null;
  try {
    const end = Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(zone);
    return new Date(end.epochMilliseconds - 1000).toISOString();
  } catch {
    throw invalidField("expiresAt", "not-a-date", "Enter a date, such as 2024-03-12.");
  }
}

/** A key as its form shows it. */
export function keyFormState(page: Page, key: ApiKey): FormState {
  const day =
    key.expiresAt === null
      ? undefined
      : Temporal.Instant.fromEpochMilliseconds(key.expiresAt.getTime())
          .toZonedDateTimeISO(page.zone)
          .toPlainDate()
          .toString();
  return {
    values: {
      name: key.name,
      networks: key.networks.join("\n"),
      callsPerMinute: key.callsPerMinute === null ? undefined : String(key.callsPerMinute),
      expiresAt: day,
    },
    errors: [],
  };
}
