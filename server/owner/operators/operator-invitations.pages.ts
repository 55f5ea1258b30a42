import { Elysia } from "elysia";
import { showInvitation, takeInvitation } from "../../http/accept.ts";
import { ownerOpen } from "../../http/owner.ts";
import type { Services } from "../../tenancy/services.ts";
import { acceptOperatorInvitation, readOperatorInvitation } from "./operator-invitations.ts";

const hidden = { detail: { hide: true } };

/** Where the link of an operator's invitation leads; open to strangers, the link's secret is the proof. */
export const operatorInvitationPages = (services: Services) =>
  new Elysia({ prefix: "/invitations" })
    .use(ownerOpen(services))
    .get(
      "/:token",
      ({ gate, page, params }) =>
        showInvitation(page, params.token, () => readOperatorInvitation(gate, params.token)),
      hidden,
    )
    .post(
      "/:token",
      ({ gate, page, params, body, request }) =>
        takeInvitation(
          request,
          page,
          params.token,
          body,
          () => readOperatorInvitation(gate, params.token),
          (input) => acceptOperatorInvitation(gate, input),
        ),
      hidden,
    );
