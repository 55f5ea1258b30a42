import { Elysia, t } from "elysia";
import { describe, listOf } from "../../http/docs.ts";
import { ownerApi } from "../../http/owner.ts";
import type { Services } from "../../tenancy/services.ts";
import { listServers } from "./servers.ts";

const serverAnswer = t.Object(
  {
    id: t.String({ format: "uuid" }),
    name: t.String(),
    region: t.String(),
    purpose: t.String({ description: "primary: hospitals' working databases; copy: their online copies." }),
    address: t.String(),
    hospitals: t.Integer(),
    maxHospitals: t.Nullable(t.Integer()),
    createdAt: t.String({ format: "date-time" }),
  },
  { title: "Database server" },
);

/** The database servers, without credentials. */
export const serversApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/owner/servers" })
    .use(ownerApi(services))
    .get("", async ({ ctx }) => ({ items: await listServers(ctx), nextCursor: null }), {
      detail: describe({
        summary: "List database servers",
        tag: "Servers",
        answers: { 200: listOf(serverAnswer) },
      }),
    });
