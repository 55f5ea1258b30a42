export const docs = {
  title: "API guide",
  intro:
    "The same rules stand behind the pages and this API. Lists are paged by cursor, rows carry an ETag, and a POST may carry an Idempotency-Key.",
  hosts:
    "Paths that begin with /api/v1/owner are served on the owner portal's host; paths that begin with /api/v1/tenant on each hospital's own host.",
  signIn: "Sign in by POST at auth/login and send the access token as Authorization: Bearer.",
  download: "OpenAPI document (JSON)",
  contents: "Contents",
  open: "no sign-in needed",
  parameters: "Parameters",
  body: "Body",
  answers: "Answers",
  field: "Field",
  place: "In",
  type: "Type",
  note: "Note",
  required: "required",
  status: "Status",
  meaning: "Meaning",
};
