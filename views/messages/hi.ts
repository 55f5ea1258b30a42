import type { Messages } from "./en.ts";
import { common } from "./hi/common.ts";
import { docs } from "./hi/docs.ts";
import { errors } from "./hi/errors.ts";
import { signIn } from "./hi/sign-in.ts";

/** Every text of the product in Hindi. */
export const hi: Messages = {
  ...common,
  ...errors,
  docs,
  signIn,
};
