import { Elysia, t } from "elysia";
import { askOnSite, tellCommandPassword } from "../../bridge/ask-on-site.ts";
import { takeBackHospital } from "../../bridge/take-back.ts";
import { AppError } from "../../errors.ts";
import { describe } from "../../http/docs.ts";
import { ownerApi } from "../../http/owner.ts";
import { json } from "../../http/reply.ts";
import { uuid } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { getTenant } from "../tenants/tenants.ts";
import { asked, toldOfCommand } from "./asked.api.ts";
import { readCommandInput } from "./command-input.ts";
import { listCommands } from "./commands.ts";
import {
  commandAnswer,
  commandInput,
  nodeAnswer,
  takeBackInput,
  takenBackAnswer,
  tokenAnswer,
} from "./nodes.input.ts";
import { listNodes, revokeNode } from "./nodes.ts";
import { createNodeToken, type Node } from "./tokens.ts";

const tag = "Hospitals";
const params = t.Object({ id: uuid() });
const ofNode = t.Object({ id: uuid(), nodeId: uuid() });

const toldOf = ({ id, name, address, status, joinedAt, lastSeenAt, asOf }: Node) => ({
  ...{ id, name, address, status, joinedAt, lastSeenAt, asOf },
});

/** Servers that hospitals run on by themselves: tokens to join, what is known of them, and what they are asked. */
export const nodesApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/tenants/:id" })
    .use(ownerApi(services))
    .post(
      "/node-tokens",
      async ({ ctx, params: { id } }) =>
        json(await createNodeToken(ctx, id), 201, {
          location: `/api/v1/owner/tenants/${id}/nodes`,
          "cache-control": "no-store",
        }),
      {
        params,
        detail: describe({
          summary: "Make a token with which a server becomes the hospital's own",
          ...{ tag, answers: { 201: tokenAnswer }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .get(
      "/nodes",
      async ({ ctx, params: { id } }) => {
        await getTenant(ctx, id);
        return { items: (await listNodes(ctx, id)).map(toldOf) };
      },
      {
        params,
        detail: describe({
          summary: "List the servers of a hospital's own",
          ...{ tag, answers: { 200: t.Object({ items: t.Array(nodeAnswer) }) }, errors: ["not-found"] },
        }),
      },
    )
    .put(
      "/nodes/:nodeId/revocation",
      async ({ ctx, params: { id, nodeId } }) => toldOf(await revokeNode(ctx, id, nodeId)),
      {
        params: ofNode,
        detail: describe({
          summary: "Take nothing more from a server; its unsent rows stay on it",
          ...{ tag, answers: { 200: nodeAnswer }, errors: ["not-found"] },
        }),
      },
    )
    .get(
      "/node-commands",
      async ({ ctx, params: { id } }) => {
        await getTenant(ctx, id);
        return { items: (await listCommands(ctx, id)).map(toldOfCommand) };
      },
      {
        params,
        detail: describe({
          summary: "List what a hospital's own server was asked, and its answers",
          ...{ tag, answers: { 200: t.Object({ items: t.Array(commandAnswer) }) }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/node-commands",
      async ({ ctx, params: { id }, body }) => {
        await getTenant(ctx, id);
        const command = await askOnSite(
          services,
          ctx,
          id,
          body.kind,
          readCommandInput(body.kind, body.input),
        );
        if (command === null)
          throw new AppError(
            "conflict",
            "hospital.hosted",
            "This hospital does not run on a server of its own.",
          );
        return asked(command);
      },
      {
        ...{ params, body: commandInput },
        detail: describe({
          summary: "Ask something of a hospital's own server",
          description: "It is done there once, as soon as the server hears of it.",
          ...{ tag, answers: { 202: commandAnswer }, errors: ["not-found", "conflict"] },
        }),
      },
    )
    .post(
      "/node-commands/:commandId/password",
      async ({ ctx, params: { id, commandId } }) =>
        json({ password: await tellCommandPassword(services, ctx, id, commandId) }, 200, {
          "cache-control": "no-store",
        }),
      {
        params: t.Object({ id: uuid(), commandId: uuid() }),
        detail: describe({
          summary: "Read the password that a hospital's own server made, once",
          ...{ tag, answers: { 200: t.Object({ password: t.String() }) }, errors: ["not-found"] },
        }),
      },
    )
    .post(
      "/take-back",
      async ({ ctx, params: { id }, body }) =>
        json(await takeBackHospital(services, ctx, id, body.confirmation)),
      {
        ...{ params, body: takeBackInput },
        detail: describe({
          summary: "Work here again, after a hospital's own server was lost and taken off",
          description:
            "The database here becomes the hospital's own as of the last rows that the server sent; the online copy is filled anew.",
          ...{ tag, answers: { 200: takenBackAnswer }, errors: ["not-found", "conflict"] },
        }),
      },
    );
