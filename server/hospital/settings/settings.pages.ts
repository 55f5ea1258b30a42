import { Elysia } from "elysia";
import { SettingsPage } from "../../../views/hospital/settings/settings-page.tsx";
import type { Page } from "../../../views/page.ts";
import { may } from "../../auth/permissions.ts";
import { saveHospitalSettings } from "../../bridge/hospital-settings.ts";
import { type Refusal, refusalOf, refuseBlank, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { type SettingsInput, settingsInput } from "./settings.input.ts";
import { currencies, getSettings, timeZones } from "./settings.ts";

const hidden = { detail: { hide: true } };

async function show(ctx: HospitalContext, page: Page, refused?: Refusal): Promise<Response> {
  const { version, updatedAt: _, ...settings } = await getSettings(ctx);
  const values: Record<string, string | undefined> = {};
  for (const [field, value] of Object.entries(settings)) values[field] = value ?? undefined;
  const mayEdit = may(ctx.actor, "settings:edit");
  const whole = refused?.whole === undefined ? {} : { whole: refused.whole };
  const form = refused?.form ?? { values, errors: [] };
  return html(
    SettingsPage({ page, form, ...whole, version, timeZones, currencies, mayEdit }),
    refused?.status ?? 200,
  );
}

/** A field left blank is cleared. */
function withBlanks(input: SettingsInput, body: unknown): SettingsInput {
  const sent = valuesOf(body);
  const whole: SettingsInput = { ...input };
  for (const field of ["contactEmail", "contactPhone", "address"] as const)
    if (sent[field]?.trim() === "") whole[field] = null;
  return whole;
}

/** The hospital's settings. */
export const settingsPages = (services: Services) =>
  new Elysia({ prefix: "/settings" })
    .use(hospitalPages(services))
    .get("", ({ ctx, page }) => show(ctx, page), hidden)
    .post(
      "",
      async ({ ctx, page, body, request }) => {
        try {
          refuseBlank(body, ["name"]);
          const input = refuseInvalid(parseForm(settingsInput, body));
          await saveHospitalSettings(services, ctx, withBlanks(input, body), versionOf(body));
          return goTo(request, "/settings", { tone: "success", text: page.t.staff.settings.saved });
        } catch (error) {
          const refused = refusalOf(page, body, error);
          if (refused.status === 403) throw error;
          return show(ctx, page, refused);
        }
      },
      hidden,
    );
