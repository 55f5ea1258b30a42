import { Elysia, t } from "elysia";
import { getRestore, startRestore } from "../../bridge/restore.ts";
import { planRestore } from "../../bridge/restore-plan.ts";
import type { RestoreState } from "../../bridge/restore-record.ts";
import { watchRestore } from "../../bridge/restore-watch.ts";
import { notifySync, reseedConfirmed } from "../../bridge/sync-acts.ts";
import { notFound } from "../../errors.ts";
import { describe } from "../../http/docs.ts";
import { eventStream } from "../../http/event-stream.ts";
import { ownerApi } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import { uuid } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { askedAnswer, confirmedInput, planAnswer, restoreAnswer, restoreInput } from "./tenant-sync.input.ts";

const tag = "Hospitals";
const params = t.Object({ id: uuid() });

/** A hospital's copying as its owner steers it, and its restore from the copy. */
export const tenantSyncApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/tenants/:id" })
    .use(ownerApi(services))
    .post("/notify-sync", async ({ ctx, params: { id } }) => json(await notifySync(services, ctx, id), 202), {
      params,
      detail: describe({
        summary: "Say that a hospital's changes are wanted now, and wait for nothing",
        ...{ tag, answers: { 202: askedAnswer }, errors: ["not-found"] },
      }),
    })
    .post(
      "/reseed",
      async ({ ctx, params: { id }, body }) =>
        json(await reseedConfirmed(services, ctx, id, body.confirmation), 202),
      {
        ...{ params, body: confirmedInput },
        detail: describe({
          summary: "Ship every table of a hospital to its online copy again",
          ...{ tag, answers: { 202: askedAnswer }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/restore",
      async ({ ctx, params: { id }, body }) => {
        if (body.dryRun === true) return json(await planRestore(services, ctx, id, body.server));
        const { confirmation = "", server, reason, anyway } = body;
        const plan = await startRestore(services, ctx, id, { confirmation, server, reason, anyway });
        return json(plan, 202, { location: `/api/v1/owner/tenants/${id}/restore` });
      },
      {
        ...{ params, body: restoreInput },
        detail: describe({
          summary: "Rebuild a hospital's lost database from its online copy",
          description:
            "Answers when the restore has begun; its steps are read at the same address and its `/events`. " +
            "With `dryRun` it tells what would be done and what may be lost. A person's fresh proof is needed.",
          ...{ tag, answers: { 200: planAnswer, 202: planAnswer }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .get(
      "/restore",
      async ({ ctx, params: { id } }) => {
        const state = await getRestore(ctx, id);
        if (state === null) throw notFound("restore");
        return json(toldOf(state));
      },
      {
        params,
        detail: describe({
          summary: "Read the newest restore of a hospital",
          ...{ tag, answers: { 200: restoreAnswer }, errors: ["not-found"] },
        }),
      },
    )
    .get(
      "/restore/events",
      async ({ ctx, params: { id }, request }) => {
        if ((await getRestore(ctx, id)) === null) throw notFound("restore");
        return eventStream(request, async function* (signal) {
          for await (const state of watchRestore(ctx, id, signal))
            yield { event: "restore", data: JSON.stringify(toldOf(state)) };
        });
      },
      {
        params,
        detail: describe({
          summary: "Watch a restore: an event for each change, until it ends",
          ...{ tag, answers: { 200: t.String() }, errors: ["not-found"], media: "text/event-stream" },
        }),
      },
    );

function toldOf({ run, steps }: RestoreState) {
  const { status, targetDatabase, lastTick, lastTickAt, lostSeconds, waitingRows, tables, files } = run;
  return {
    ...{ status, steps, database: targetDatabase, tables, files },
    lost: { lastTick, lastTickAt, seconds: lostSeconds, waitingRows },
    ...{ createdAt: run.createdAt, finishedAt: run.finishedAt },
  };
}
