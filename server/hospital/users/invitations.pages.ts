import { Elysia } from "elysia";
import { showInvitation, takeInvitation } from "../../http/accept.ts";
import { hospitalOpen } from "../../http/hospital.ts";
import type { Services } from "../../tenancy/services.ts";
import { acceptInvitation, invitedBy } from "./invitations.ts";

const hidden = { detail: { hide: true } };

/** Where the link of an invitation leads; open to strangers, the link's secret is the proof. */
export const invitationPages = (services: Services) =>
  new Elysia({ prefix: "/invitations" })
    .use(hospitalOpen(services))
    .get(
      "/:token",
      ({ gate, page, params }) => showInvitation(page, params.token, () => invitedBy(gate, params.token)),
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
          () => invitedBy(gate, params.token),
          (input) => acceptInvitation(gate, input),
        ),
      hidden,
    );
