import { Elysia } from "elysia";
import { BreakGlassPage } from "../../../views/hospital/privacy/break-glass-page.tsx";
import { AppError } from "../../errors.ts";
import { refusalOf, refuseInvalid, valuesOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { goTo, html, safeReturn } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { breakGlass, closeGlass, readGlass } from "./break-glass.ts";
import { breakInput } from "./privacy.input.ts";
import { forgetWaiting } from "./waiting.ts";

const hidden = { detail: { hide: true } };

/** Opening a restricted record in need, and closing it again. */
export const emergencyPages = (services: Services) =>
  new Elysia({ prefix: "/patients/:id/emergency-access" })
    .use(hospitalPages(services))
    .get(
      "",
      async ({ ctx, page, params, query, request }) => {
        const { open, ...asked } = await readGlass(ctx, params.id);
        const returnTo = safeReturn(query["returnTo"] ?? `/patients/${asked.patientId}`);
        if (open) return goTo(request, returnTo);
        return html(BreakGlassPage({ page, ...asked, form: { values: { returnTo }, errors: [] } }));
      },
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, params, body, request }) => {
        const { open: _, ...asked } = await readGlass(ctx, params.id);
        const back = valuesOf(body)["returnTo"];
        const at = back ? safeReturn(back) : `/patients/${asked.patientId}`;
        try {
          const { isNew } = await breakGlass(
            ctx,
            asked.patientId,
            refuseInvalid(parseForm(breakInput, body)),
          );
          forgetWaiting();
          return goTo(
            request,
            at,
            isNew ? { tone: "warning", text: page.t.privacy.glass.opened } : undefined,
          );
        } catch (error) {
          if (error instanceof AppError && error.code === "glass.not-needed") return goTo(request, at);
          const { status, ...refused } = refusalOf(page, body, error);
          return html(BreakGlassPage({ page, ...asked, ...refused }), status);
        }
      },
      hidden,
    )
    .post(
      "/end",
      async ({ ctx, page, params, request }) => {
        await closeGlass(ctx, params.id);
        return goTo(request, "/patients", { tone: "success", text: page.t.privacy.glass.closed });
      },
      hidden,
    );
