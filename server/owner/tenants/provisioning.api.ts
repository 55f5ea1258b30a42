import { Elysia, t } from "elysia";
import { getProvisioning, retryProvisioning, tellFirstPassword } from "../../bridge/provision.ts";
import type { ProvisioningState } from "../../bridge/provision-record.ts";
import { watchProvisioning } from "../../bridge/provision-watch.ts";
import { AppError } from "../../errors.ts";
import { describe } from "../../http/docs.ts";
import { eventStream } from "../../http/event-stream.ts";
import { ownerApi } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import { uuid } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { provisioningAnswer } from "./tenants.input.ts";

const tag = "Hospitals";
const params = t.Object({ id: uuid() });

/** How a hospital's creation goes on. */
export const provisioningApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/tenants/:id" })
    .use(ownerApi(services))
    .get("/provisioning", async ({ ctx, params: { id } }) => answerOf(await getProvisioning(ctx, id)), {
      params,
      detail: describe({
        summary: "Read the steps of a hospital's creation",
        ...{ tag, answers: { 200: provisioningAnswer }, errors: ["not-found"] },
      }),
    })
    .post(
      "/provisioning",
      async ({ ctx, params: { id } }) => {
        await retryProvisioning(services, ctx, id);
        return json(answerOf(await getProvisioning(ctx, id)), 202);
      },
      {
        params,
        detail: describe({
          summary: "Try a failed creation again from the step that failed",
          ...{ tag, answers: { 202: provisioningAnswer }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .get(
      "/provisioning/events",
      async ({ ctx, params: { id }, request }) => {
        await getProvisioning(ctx, id);
        return eventStream(request, async function* (signal) {
          for await (const state of watchProvisioning(ctx, id, signal))
            yield { event: "provisioning", data: JSON.stringify(answerOf(state)) };
        });
      },
      {
        params,
        detail: describe({
          summary: "Watch a hospital's creation: an event for each change, until it ends",
          ...{ tag, answers: { 200: t.String() }, errors: ["not-found"], media: "text/event-stream" },
        }),
      },
    )
    .post(
      "/first-password",
      async ({ ctx, params: { id } }) => {
        const password = await tellFirstPassword(services, ctx, id);
        if (password === null)
          throw new AppError(
            "gone",
            "first-password.told",
            "The first password was chosen by somebody, or has been told.",
          );
        return json({ password }, 200, { "cache-control": "no-store" });
      },
      {
        params,
        detail: describe({
          summary: "Tell the first admin's password, once, where it was made here",
          ...{ tag, answers: { 200: t.Object({ password: t.String() }) }, errors: ["not-found", "gone"] },
        }),
      },
    );

/** What was asked for stays here: it holds people's names. */
function answerOf({ status, attempts, createdAt, finishedAt, steps }: ProvisioningState) {
  return { status, attempts, createdAt, finishedAt, steps };
}
