import { Elysia } from "elysia";
import type { ScopeGroup } from "../../../views/keys/key-form.tsx";
import { KeyPage, KeySecretPage, NewKeyPage, RevokeKeyPage } from "../../../views/keys/key-page.tsx";
import { KeysPage } from "../../../views/keys/keys-page.tsx";
import type { Page } from "../../../views/page.ts";
import { changeKeyInput, createKeyInput, rotateKeyInput } from "../../auth/api-keys.input.ts";
import type { ApiKey } from "../../auth/api-keys.ts";
import { authorize, hospitalPermissions } from "../../auth/permissions.ts";
import { chosenOf, refusalOf, refuseInvalid, valuesOf, versionOf } from "../../http/form.ts";
import { hospitalPages } from "../../http/hospital.ts";
import { keyFormInput, keyFormState } from "../../http/key-form.ts";
import { goTo, html } from "../../http/reply.ts";
import { parseForm } from "../../input.ts";
import type { HospitalContext } from "../../tenancy/context.ts";
import type { Services } from "../../tenancy/services.ts";
import {
  createKey,
  getKey,
  getKeyPolicy,
  isHospitalScope,
  listKeys,
  mayEditKeys,
  maySetScope,
  revokeKey,
  rotateKey,
  setKeyPolicy,
  updateKey,
} from "./keys.ts";

const hidden = { detail: { hide: true } };

function groupsOf(ctx: HospitalContext, page: Page): readonly ScopeGroup[] {
  const { groups, permissionNames } = page.t.staff;
  return Object.entries(hospitalPermissions)
    .map(([key, permissions]) => ({
      key,
      label: groups[key as keyof typeof groups],
      scopes: permissions.filter(isHospitalScope).map((value) => ({
        ...{ value, label: permissionNames[value], mine: maySetScope(ctx, value) },
      })),
    }))
    .filter(({ scopes }) => scopes.length > 0);
}

const editingOf = ({ id, version, kind }: ApiKey) => ({ id, version, kind });

/** The keys of the hospital's programs: list, making, changing, a new secret, the end. */
export const keysPages = (services: Services) =>
  new Elysia({ prefix: "/keys" })
    .use(hospitalPages(services))
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
