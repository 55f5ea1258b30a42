import { Elysia } from "elysia";
import type { ScopeGroup } from "../../../views/keys/key-form.tsx";
import { KeyPage, KeySecretPage, NewKeyPage, RevokeKeyPage } from "../../../views/keys/key-page.tsx";
import { KeysPage } from "../../../views/keys/keys-page.tsx";
import type { Page } from "../../../views/page.ts";
import { eitherPages } from "../../http/either.ts";
import { chosenOf, refusalOf, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { keyFormInput, keyFormState } from "../../http/key-form.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { Services } from "../../tenancy/services.ts";
import { type EitherContext, type Side, sideOf } from "../either-side.ts";
import { authorize, hospitalPermissions, ownerScopes } from "../permissions.ts";
import type { ApiKey } from "./key-rows.ts";
import { maySetScope } from "./key-scopes.ts";
import { keySides } from "./key-sides.ts";
import { changeKeyInput, createKeyInput, rotateKeyInput } from "./keys.input.ts";
import {
  createKey,
  getKey,
  getKeyPolicy,
  listKeys,
  mayEditKeys,
  revokeKey,
  rotateKey,
  setKeyPolicy,
  updateKey,
} from "./keys.ts";

const hidden = { detail: { hide: true } };

/** The rights that a key may hold: a hospital's as its roles show them, the owner plane's in one group. */
function groupsOf(ctx: EitherContext, page: Page): readonly ScopeGroup[] {
  const mine = (scope: string) => maySetScope(ctx, scope);
  if (sideOf(ctx) === "owner") {
    const { ownerRights, ownerGroup } = page.t.keys;
    const scopes = ownerScopes.map((value) => ({ value, label: ownerRights[value], mine: mine(value) }));
    return [{ key: "owner", label: ownerGroup, scopes }];
  }
  const { groups, permissionNames } = page.t.staff;
  return Object.entries(hospitalPermissions)
    .map(([key, permissions]) => ({
      key,
      label: groups[key as keyof typeof groups],
      scopes: permissions
        .filter(keySides.hospital.isScope)
        .map((value) => ({ value, label: permissionNames[value], mine: mine(value) })),
    }))
    .filter(({ scopes }) => scopes.length > 0);
}

const editingOf = ({ id, version, kind }: ApiKey) => ({ id, version, kind });

/** The keys of programs: list, making, changing, a new secret, the end. The same on both sides. */
export const keysPages = (services: Services, side: Side) =>
  new Elysia({ prefix: "/keys" })
    .use(eitherPages(services, side))
    .get(
      "",
      async ({ ctx, page }) => {
        const [keys, policy] = await Promise.all([listKeys(ctx), getKeyPolicy(ctx)]);
        return html(KeysPage({ page, keys, policy, mayEdit: mayEditKeys(ctx) }));
      },
      hidden,
    )
    .get(
      "/new",
      ({ ctx, page }) => {
        authorize(ctx.actor, "keys:edit");
        const form = { values: { kind: "api" }, errors: [] };
        return html(NewKeyPage({ page, form, editing: null, groups: groupsOf(ctx, page), chosen: [] }));
      },
      hidden,
    )
    .post(
      "",
      async ({ ctx, page, body }) => {
        authorize(ctx.actor, "keys:edit");
        try {
          const input = refuseInvalid(parseForm(createKeyInput, keyFormInput(page, body)));
          const { key, secret } = await createKey(ctx, input);
          return html(KeySecretPage({ page, apiKey: key, secret }));
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          const chosen = chosenOf(body, "scopes");
          const groups = groupsOf(ctx, page);
          return html(NewKeyPage({ page, ...refused, editing: null, groups, chosen }), status);
        }
      },
      hidden,
    )
    .post(
      "/policy",
      async ({ ctx, page, body, request }) => {
        await setKeyPolicy(ctx, { requireAppKey: valuesOf(body)["requireAppKey"] === "true" });
        return goTo(request, "/keys", { tone: "success", text: page.t.keys.policySaved });
      },
      hidden,
    )
    .get(
      "/:id",
      async ({ ctx, page, params }) => {
        const apiKey = await getKey(ctx, params.id);
        const form = keyFormState(page, apiKey);
        const rest = { groups: groupsOf(ctx, page), chosen: apiKey.scopes, mayEdit: mayEditKeys(ctx) };
        return html(KeyPage({ page, form, apiKey, editing: editingOf(apiKey), ...rest }));
      },
      hidden,
    )
    .post(
      "/:id",
      async ({ ctx, page, params, body, request }) => {
        authorize(ctx.actor, "keys:edit");
        const apiKey = await getKey(ctx, params.id);
        try {
          const { scopes, ...rest } = refuseInvalid(parseForm(changeKeyInput, keyFormInput(page, body)));
          // A right that who saves may not set comes with no box that could be sent: it stays as it was.
          const fixed = apiKey.scopes.filter((scope) => !maySetScope(ctx, scope));
          const wanted = apiKey.kind === "app" ? {} : { scopes: [...(scopes ?? []), ...fixed] };
          await updateKey(ctx, apiKey.id, { ...rest, ...wanted }, versionOf(body));
          return goTo(request, `/keys/${apiKey.id}`, { tone: "success", text: page.t.keys.saved });
        } catch (error) {
          const { status, ...refused } = refusalOf(page, body, error);
          const rest = { groups: groupsOf(ctx, page), chosen: chosenOf(body, "scopes"), mayEdit: true };
          return html(KeyPage({ page, ...refused, apiKey, editing: editingOf(apiKey), ...rest }), status);
        }
      },
      hidden,
    )
    .post(
      "/:id/rotation",
      async ({ ctx, page, params, body }) => {
        const overlapHours = Number(valuesOf(body)["overlapHours"] ?? "24");
        const input = refuseInvalid(parseForm(rotateKeyInput, { overlapHours }));
        const { key, secret } = await rotateKey(ctx, params.id, input);
        return html(KeySecretPage({ page, apiKey: key, secret }));
      },
      hidden,
    )
    .get(
      "/:id/revocation",
      async ({ ctx, page, params }) => {
        authorize(ctx.actor, "keys:edit");
        return html(RevokeKeyPage({ page, apiKey: await getKey(ctx, params.id) }));
      },
      hidden,
    )
    .post(
      "/:id/revocation",
      async ({ ctx, page, params, request }) => {
        await revokeKey(ctx, params.id);
        return goTo(request, `/keys/${params.id}`, { tone: "success", text: page.t.keys.revokedToast });
      },
      hidden,
    );
