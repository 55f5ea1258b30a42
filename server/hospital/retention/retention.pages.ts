import { Elysia } from "elysia";
import { RetentionPage } from "../../../views/hospital/retention/retention-page.tsx";
import type { Page } from "../../../views/page.ts";
import { emptyForm, type FormState } from "../../../views/ui/form-state.ts";
import { authorize, may } from "../../auth/permissions.ts";
import { refusalOf, refuseInvalid } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { privacyRooms } from "../privacy/rooms.ts";
import { retentionForm, retentionParams } from "./retention.input.ts";
import { cleanUp, listCleanUps, listRetention, setRetention } from "./retention.ts";

const hidden = { detail: { hide: true } };
const at = "/privacy/retention";

/** How long records are kept, and what clean-ups took away. */
export const retentionPages = (services: Services) =>
  new Elysia({ prefix: at })
    .use(hospitalPages(services))
    .get("", ({ ctx, page }) => show(ctx, page), hidden)
    .post(
      "/clean-ups",
      async ({ ctx, page, request }) => {
        const counts = Object.values(await cleanUp(ctx));
        const rows = counts.reduce((sum, n) => sum + n, 0);
        return goTo(request, at, { tone: "success", text: page.t.privacy.retention.ranNow(rows) });
      },
      hidden,
    )
    .post(
      "/:recordClass",
      async ({ ctx, page, params, body, request }) => {
        authorize(ctx.actor, "retention:edit");
        try {
          const { keepDays = null } = refuseInvalid(parseForm(retentionForm, body));
          await setRetention(ctx, params.recordClass, keepDays);
          return goTo(request, at, { tone: "success", text: page.t.privacy.retention.saved });
        } catch (error) {
          const { status, form, whole } = refusalOf(page, body, error);
          const idPrefix = params.recordClass;
          return show(ctx, page, {
            status,
            form: { ...form, idPrefix },
            ...(whole === undefined ? {} : { whole }),
          });
        }
      },
      { params: retentionParams, ...hidden },
    );

async function show(
  ctx: HospitalContext,
  page: Page,
  refused: { readonly status?: number; readonly form?: FormState; readonly whole?: string } = {},
): Promise<Response> {
  const [policies, runs] = await Promise.all([listRetention(ctx), listCleanUps(ctx)]);
  return html(
    RetentionPage({
      ...{ page, policies, runs, rooms: privacyRooms(ctx.actor) },
      mayEdit: may(ctx.actor, "retention:edit"),
      refused: refused.form ?? emptyForm,
      ...(refused.whole === undefined ? {} : { whole: refused.whole }),
    }),
    refused.status,
  );
}
