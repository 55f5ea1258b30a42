import { Elysia } from "elysia";
import { TakeBackPage, TakeOffPage } from "../../../views/owner/nodes/ask-pages.tsx";
import type { CommandRow } from "../../../views/owner/nodes/commands-table.tsx";
import { ServersPage } from "../../../views/owner/nodes/servers-page.tsx";
import type { Page } from "../../../views/page.ts";
import { emptyForm } from "../../../views/ui/form-state.ts";
import { may } from "../../auth/permissions.ts";
import { tellCommandPassword } from "../../bridge/ask-on-site.ts";
import { takeBackHospital } from "../../bridge/take-back.ts";
import { AppError } from "../../errors.ts";
import { factsOf } from "../../http/facts.ts";
import { refusalOf, valuesOf } from "../../http/form.ts";
import { ownerPages } from "../../http/owner.ts";
import { goTo, html } from "../../http/reply.ts";
import type { OwnerContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import { getTenant } from "../tenants/tenants.ts";
import { listCommands, type NodeCommand, nodeCommandKinds } from "./commands.ts";
import { getNode, listNodes, revokeNode, writingNodeOf } from "./nodes.ts";
import { createNodeToken } from "./tokens.ts";

const hidden = { detail: { hide: true } };

function rowOf({ id, kind, createdBy, createdAt, outcome, result }: NodeCommand): CommandRow {
  const message = result?.["message"];
  const known = nodeCommandKinds.find((one) => one === kind) ?? "push-now";
  return {
    ...{ id, kind: known, createdBy, createdAt, outcome },
    reason: typeof message === "string" ? message : null,
    hasPassword: result?.["sealedPassword"] !== undefined,
  };
}

async function propsOf(ctx: OwnerContext, page: Page, id: string) {
  const { companyName: name } = await getTenant(ctx, id);
  const [servers, commands, writing] = await Promise.all([
    listNodes(ctx, id),
    listCommands(ctx, id),
    writingNodeOf(ctx.db, id),
  ]);
  return {
    page,
    hospital: { id, name },
    servers,
    commands: commands.map(rowOf),
    mayAdd: may(ctx.actor, "tenants:edit"),
    lost:
      writing?.status === "revoked"
        ? { asOf: writing.asOf, mayTakeBack: may(ctx.actor, "tenants:restore") }
        : null,
  };
}

/** What the question before taking back needs. @throws AppError conflict (409) where there is nothing to take back. */
async function lostServerOf(ctx: OwnerContext, id: string) {
  const { companyName: name } = await getTenant(ctx, id);
  const node = await writingNodeOf(ctx.db, id);
  if (node?.status !== "revoked")
    throw new AppError(
      "conflict",
      "hospital.not-taken-off",
      "No server of this hospital's was taken off: there is nothing to take back.",
    );
  return { hospital: { id, name }, asOf: node.asOf };
}

/** The servers of a hospital's own, for the owner. */
export const nodesPages = (services: Services) =>
  new Elysia({ prefix: "/hospitals/:id" })
    .use(ownerPages(services))
    .get(
      "/servers",
      async ({ ctx, page, params: { id } }) => html(ServersPage(await propsOf(ctx, page, id))),
      hidden,
    )
    .post(
      "/servers",
      async ({ ctx, page, params: { id }, request }) => {
        const { token } = await createNodeToken(ctx, id);
        const { url, secure } = factsOf(request);
        const origin = secure ? url.origin.replace(/^http:/, "https:") : url.origin;
        const command = `bin/wardline node:join --owner ${origin} --token ${token}`;
        const props = await propsOf(ctx, page, id);
        const response = await html(ServersPage({ ...props, made: { token, command } }), 201);
        response.headers.set("cache-control", "no-store");
        return response;
      },
      hidden,
    )
    .get(
      "/servers/:nodeId/revocation",
      async ({ ctx, page, params: { id, nodeId } }) => {
        const { companyName: name } = await getTenant(ctx, id);
        const server = await getNode(ctx, id, nodeId);
        return html(TakeOffPage({ page, hospital: { id, name }, server }));
      },
      hidden,
    )
    .post(
      "/servers/:nodeId/revocation",
      async ({ ctx, page, params: { id, nodeId }, request }) => {
        await revokeNode(ctx, id, nodeId);
        return goTo(request, `/hospitals/${id}/servers`, {
          tone: "success",
          text: page.t.onSite.takenOffDone,
        });
      },
      hidden,
    )
    .get(
      "/servers/take-back",
      async ({ ctx, page, params: { id } }) =>
        html(TakeBackPage({ page, ...(await lostServerOf(ctx, id)), form: emptyForm })),
      hidden,
    )
    .post(
      "/servers/take-back",
      async ({ ctx, page, params: { id }, body, request }) => {
        try {
          await takeBackHospital(services, ctx, id, valuesOf(body)["confirm"] ?? "");
          return goTo(request, `/hospitals/${id}/servers`, {
            tone: "success",
            text: page.t.onSite.takenBack,
          });
        } catch (error) {
          if (!(error instanceof AppError) || error.kind !== "invalid") throw error;
          const { form, status } = refusalOf(page, body, error);
          // The rule's field is the confirmation; the form's is called as the page calls it.
          const errors = form.errors.map((wrong) => ({ ...wrong, field: "confirm" }));
          return html(
            TakeBackPage({ page, ...(await lostServerOf(ctx, id)), form: { ...form, errors } }),
            status,
          );
        }
      },
      hidden,
    )
    .post(
      "/servers/commands/:commandId/password",
      async ({ ctx, page, params: { id, commandId } }) => {
        const password = await tellCommandPassword(services, ctx, id, commandId);
        const response = await html(ServersPage({ ...(await propsOf(ctx, page, id)), password }));
        response.headers.set("cache-control", "no-store");
        return response;
      },
      hidden,
    );
