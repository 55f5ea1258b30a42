import { expect, test } from "bun:test";
import { ownerFor } from "../../server/bridge/on-site.ts";
import { getNode, listNodes, revokeNode } from "../../server/owner/nodes/nodes.ts";
import { createNodeToken } from "../../server/owner/nodes/tokens.ts";
import type { OwnerContext } from "../../server/tenancy/context.ts";
import { testApp } from "../support/app.ts";

test("the owner makes a token at the hospital's page, told once", async () => {
  const app = await testApp();
  const owner = await app.owner();
  const path = `/hospitals/${app.ramzan.id}/servers`;
  expect(await owner.page(path)).toContain("Make a token");
  const made = await owner.submit(path, path);
  expect(made.status).toBe(201);
  expect(await made.text()).toMatch(/node:join --owner \S+ --token wln_/);
  expect(await owner.page(path)).not.toContain("wln_");
}, 120_000);

test("an operator of other hospitals makes no token for this one, sees no server of it and takes none off", async () => {
  const app = await testApp();
  const operatorId = Bun.randomUUIDv7();
  const group: OwnerContext = {
    ...ownerFor(app.services, "tests"),
    actor: {
      ...{
        kind: "operator",
        operatorId,
        sessionId: operatorId,
        name: "Gita",
        email: "gita@wardline.example",
      },
      ...{ role: "group-admin", permissions: new Set(["tenants:read", "tenants:edit"]) },
      tenantIds: new Set([app.abdullah.id]),
    },
  };
  const { id } = app.ramzan;
  for (const asked of [
    createNodeToken(group, id),
    listNodes(group, id),
    getNode(group, id, Bun.randomUUIDv7()),
    revokeNode(group, id, Bun.randomUUIDv7()),
  ])
    expect(await asked.catch((error: unknown) => error)).toMatchObject({ kind: "not-found" });
}, 120_000);
