import { Elysia, t } from "elysia";
import { describe } from "../../http/docs.ts";
import { hospitalOpen } from "../../http/hospital.ts";
import { json } from "../../http/reply.ts";
import type { Services } from "../../tenancy/services.ts";
import { acceptInvitation } from "./invitations.ts";
import { acceptInput } from "./users.input.ts";

/** Coming in by invitation; there is no other way to sign up. */
export const signUpApi = (services: Services) =>
  new Elysia({ prefix: "/api/v1/tenant/auth" })
    .use(hospitalOpen(services))
    .post("/signup", async ({ gate, body }) => json(await acceptInvitation(gate, body), 201), {
      body: acceptInput,
      detail: describe({
        summary: "Come in by an invitation: choose a name and a password",
        description: "What the person may do was said by who invited them; nothing of it is taken from here.",
        tag: "Sign-in (hospital)",
        answers: {
          201: t.Object({ id: t.String({ format: "uuid" }), name: t.String(), email: t.String() }),
        },
        errors: ["gone"],
        open: true,
      }),
    });
