import { Elysia } from "elysia";
import { saveHospitalSettings } from "../../bridge/hospital-settings.ts";
import { describe } from "../../http/docs.ts";
import { etagOf, expectedVersion } from "../../http/etag.ts";
import { hospitalApi } from "../../http/hospital.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { settingsInput, settingsRow } from "./settings.input.ts";
import { getSettings } from "./settings.ts";

const tag = "Settings";

/** The hospital's own facts. */
export const settingsApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/settings" })
    .use(hospitalApi(services))
    .get(
      "",
      async ({ ctx }) => {
        const settings = await getSettings(ctx);
        return json(settings, 200, { etag: etagOf(settings) });
      },
      { detail: describe({ summary: "Read the hospital's settings", tag, answers: { 200: settingsRow } }) },
    )
    .patch(
      "",
      async ({ ctx, body, request }) => {
        const settings = await saveHospitalSettings(services, ctx, body, expectedVersion(request));
        return json(settings, 200, { etag: etagOf(settings) });
      },
      {
        body: settingsInput,
        detail: describe({
          summary: "Change the hospital's settings",
          ...{ tag, answers: { 200: settingsRow }, errors: ["precondition-failed"] },
        }),
      },
    );
